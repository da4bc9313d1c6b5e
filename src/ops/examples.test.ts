import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Tensor } from '../tensor/index.ts';
import * as detection from './detection/index.ts';
import * as ops from './index.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => ({ file, text: readFileSync(`${folder}/${file}`, 'utf8') }));

/** The code of an `@example` of one line, and the result written behind it. */
const examples = sources.flatMap(({ file, text }) =>
  [...text.matchAll(/@example (.+?) \/\/ (.+?)\s*(?:\*\/|\n)/g)].map(([, code, result]) => ({
    file,
    code: code!,
    result: result!,
  })),
);

/** Where the names of examples come from: some stand for an op, and for what moves boxes. */
const scopeOf = (file: string): Record<string, unknown> =>
  file.startsWith('detection/') ? { ...ops, ...detection } : { ...detection, ...ops };
const isName = (name: string): boolean => !['switch', 'var'].includes(name);
const evaluate = (code: string, file: string): Promise<unknown> => {
  const scope = Object.entries(scopeOf(file)).filter(([name]) => isName(name));
  const run = new Function('ops', ...scope.map(([name]) => name), `return (async () => (${code}))()`);
  return run(ops, ...scope.map(([, value]) => value)) as Promise<unknown>;
};

/** Results as plain nested numbers, at the precision in which examples are written. */
async function plain(x: unknown): Promise<unknown> {
  if (x instanceof Tensor) return plain(await x.array());
  if (Array.isArray(x)) return Promise.all(x.map(plain));
  return typeof x === 'number' ? Number(x.toFixed(4)) + 0 : x;
}

describe('examples in the documentation of ops', () => {
  for (const { file, code, result } of examples)
    test(`${file}: ${code}`, async () => {
      expect(await plain(await evaluate(code, file))).toEqual(await plain(await evaluate(result, file)));
    });
});

test('every op has an example', () => {
  const spaces: [string, Record<string, unknown>][] = [
    ['', ops],
    ['image.', ops.image],
  ];
  const missing = spaces.flatMap(([space, members]) =>
    Object.entries(members)
      .filter(([name, f]) => typeof f === 'function' && !/^[A-Z]/.test(name) && name !== 'op')
      .map(([name]) => `${space}${name}`)
      .filter(
        (name) =>
          !sources.some(({ text }) => new RegExp(`@example.*?\\b${name.replace('.', '\\.')}\\(`, 's').test(text)),
      ),
  );
  expect(missing).toEqual([]);
});
