import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Tensor } from '../tensor/index.ts';
import * as random from './index.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const examples = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .flatMap((file) => [
    ...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/@example (.+?) \/\/ (.+?)\s*(?:\*\/|\n)/g),
  ])
  .map(([, code, result]) => ({ code: code!, result: result! }));

const names = Object.keys(random);
const evaluate = (code: string): unknown =>
  new Function('random', ...names, `return (${code})`)(random, ...Object.values(random));
const plain = async (x: unknown): Promise<unknown> => (x instanceof Tensor ? x.array() : x);

describe('examples in the documentation of random functions', () => {
  for (const { code, result } of examples)
    test(code, async () => expect(await plain(evaluate(code))).toEqual(evaluate(result)));
});
test('every function of keras.random has an example', () => {
  const missing = names.filter((name) => !examples.some(({ code }) => code.includes(`${name}(`)));
  expect(missing).toEqual([]);
});
