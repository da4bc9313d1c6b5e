/** `import { a as b } from 'hornbeam'` as the same in the body of a function that is given the library. */
const withoutImports = (script: string): string =>
  script
    .replaceAll(/^ *import \* as (\w+) from 'hornbeam';/gm, 'const $1 = hornbeam;')
    .replaceAll(
      /^ *import (\{[^}]*\}) from 'hornbeam';/gms,
      (_, names: string) => `const ${names.replaceAll(/\s+as\s+/g, ': ')} = hornbeam;`,
    )
    .replaceAll(
      /^ *import (\{[^}]*\}|\* as \w+) from '(node:[\w/]+)';/gms,
      (_, names: string, module: string) => `const ${names.replace('* as ', '')} = await import('${module}');`,
    )
    .replaceAll(/^ *export (\{\};)?/gm, '');

/** Imports first, wherever they stand, as in a module. */
function importsFirst(script: string): string {
  const imports: string[] = [];
  const rest = script.replaceAll(/^ *import [^;]*;/gms, (statement) => {
    imports.push(statement.trim());
    return '';
  });
  return [...imports, rest].join('\n');
}

/** Runs a compiled program with the library that it imports, and gives what it exports under `result`. */
export function runScript(script: string, hornbeam: object): Promise<unknown> {
  const body = `${withoutImports(importsFirst(script))}\n;return typeof result === 'undefined' ? undefined : result;`;
  return new Function('hornbeam', `return (async () => {${body}\n})();`)(hornbeam) as Promise<unknown>;
}
