import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Where the options of a class or function are declared: an interface of options, or an object of fields. */
const opening = /^(?:export )?(?:interface \w+Options\b.*|type \w+Options\b.*|const \w*[fF]ields = (?:.*=> \()?)\{$/;
const option = /^ {2}(?:readonly )?(\w+)\??[:,]/;

function* optionsOf(file: string): Generator<{ readonly name: string; readonly isDocumented: boolean }> {
  let isInside = false;
  const lines = readFileSync(file, 'utf8').split('\n');
  for (const [k, line] of lines.entries()) {
    if (opening.test(line)) isInside = true;
    else if (/^\}/.test(line)) isInside = false;
    const name = isInside ? option.exec(line)?.[1] : undefined;
    if (name !== undefined) yield { name: `${file}: ${name}`, isDocumented: lines[k - 1]!.endsWith('*/') };
  }
}

// Options that are declared in place, and all types, are looked at where the reference is made: website/reference/reference.test.ts.
test('each option has its documentation', () => {
  const options = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => [...optionsOf(`src/${name}`)]);
  expect(options.length).toBeGreaterThan(800);
  expect(options.filter(({ isDocumented }) => !isDocumented).map(({ name }) => name)).toEqual([]);
});
