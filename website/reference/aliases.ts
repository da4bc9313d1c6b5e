import { readdirSync, readFileSync } from 'node:fs';

/**
 * Short types that have a name in the source and no page of their own, with what they stand for. A name that means several
 * things is left out.
 */
export function readAliases(source: string): ReadonlyMap<string, string> {
  const found = new Map<string, Set<string>>();
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    for (const [, name, meaning] of readFileSync(`${source}/${file}`, 'utf8').matchAll(
      /^(?:export )?type (\w+) =\s*([^;]{1,160});/gm,
    )) {
      const text = meaning!.replace(/\s+/g, ' ').replace(/^\| /, '').trim();
      found.set(name!, (found.get(name!) ?? new Set()).add(text));
    }
  }
  return new Map(
    [...found].flatMap(([name, meanings]) => (meanings.size === 1 ? [[name, [...meanings][0]!] as const] : [])),
  );
}
