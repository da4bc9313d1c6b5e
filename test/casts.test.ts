import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => ({ name, text: readFileSync(`src/${name}`, 'utf8') }));
/** Code without its comments and strings. */
const codeOf = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, ' ');

// Each of these tells the type checker to believe what it cannot see.
test('the library casts around the type checker in few places', () => {
  const found = sources.flatMap(({ name, text }) =>
    [...codeOf(text).matchAll(/\bas (?:unknown as|never)\b/g)].map(() => name),
  );
  expect(found.length).toBeGreaterThan(0);
  expect(found.length, found.join('\n')).toBeLessThan(25);
});
