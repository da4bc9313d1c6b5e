import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from 'hornbeam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { optionFromDisk } from '../src/base/case.ts';
import { run } from '../src/cli/commands.ts';
import { translate } from '../src/cli/translate/program.ts';
import { signatures } from '../src/cli/translate/signatures.ts';
import { signatureOf } from '../src/cli/translate/values.ts';
import { type Compiled, compileStrictly } from './documentation/compile.ts';
import { runScript } from './documentation/run.ts';
import { publicOptions } from './public-options.ts';

const read = (name: string): string => readFileSync(`test/data/translate/${name}.py`, 'utf8');
/** Parameters of the models of each program, as Keras 3.15.1 counts them running the same files. */
const programs: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  residual: { model: 2650 },
  sequential: { model: 4305, small: 81 },
  transfer: { base: 410208, model: 415332, copy: 415332, features: 410208 },
};
/** The pairs of the migration guide: what a block presupposes, and the lines of it that are left. */
const start = 'import keras\nfrom keras import layers, ops\n';
const data = `${start}import numpy as np\nmodel = keras.Sequential([keras.Input((4,)), layers.Dense(3)])\nx_train, y_train = np.random.rand(20, 4), np.random.randint(0, 3, size=(20,))\nx_test, y_test = np.random.rand(8, 4), np.random.randint(0, 3, size=(8,))\n`;
const towers = `${start}title = keras.Input((16,), name="title")\nbody = keras.Input((16,), name="body")\nblock_1_output, block_2_output = layers.Dense(16)(title), layers.Dense(16)(body)\ntitle_features, body_features = block_1_output, block_2_output\np = layers.Dense(1, name="priority")(title)\nd = layers.Dense(4, name="department")(body)\n`;
const pairs: readonly (readonly [begins: RegExp, given: string, left: readonly string[]])[] = [
  [/^import keras/, '', []],
  [/^encoder_input/, start, []],
  [/^x = layers.add/, towers, []],
  [/^model.compile/, data, []],
  [
    /^def compute_loss/,
    start,
    [
      'nothing tells what `trainable` of `compute_loss` is: it is never called',
      '`jax` is not known',
      'decorators are not translated',
    ],
  ],
  [
    /^model.save/,
    data,
    [
      '`Linear` is not known',
      ...Array(3).fill('`model` is of line 8, which was not translated'),
      'Hornbeam has no `keras.Model.from_config()`',
      '`model` is of line 12, which was not translated',
    ],
  ],
  [/^@keras.saving/, start, ['decorators are not translated']],
  [/^class CustomModel/, start, ['classes are written by hand: see the migration guide']],
  [
    /^class Within/,
    start,
    [
      'classes are written by hand: see the migration guide',
      'nothing tells what `y_true` of `huberish` is: it is never called',
      'classes are written by hand: see the migration guide',
    ],
  ],
];
const guide = readFileSync('website/pages/migration/keras.md', 'utf8');
const blocks = [...guide.matchAll(/```python\n(.*?)```/gs)].map(([, text]) => text!);

let compiled: Compiled;
const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'hornbeam-translate-'));
beforeAll(() => {
  const modules = new Map(
    Object.keys(programs).map((name) => [
      `${name}.ts`,
      `${translate(read(name)).code}\nexport const result = { ${Object.keys(programs[name]!).join(', ')} };`,
    ]),
  );
  blocks.forEach((text, k) => void modules.set(`guide-${k}.ts`, translate(pairs[k]![1] + text).code));
  modules.set('left.ts', translate(read('left')).code);
  compiled = compileStrictly(modules);
}, 240_000);
afterAll(() => {
  process.chdir(home);
  compiled?.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('what is made is strict TypeScript', () => {
  expect(compiled.problems).toBe('');
});

test.each(Object.entries(programs))(
  '%s.py is translated as a whole, and makes models as large as in Keras',
  async (name, counts) => {
    expect(translate(read(name)).left).toEqual([]);
    const result = (await runScript(
      compiled.script(`${name}.ts`).replace(/^export const result/m, 'const result'),
      keras,
    )) as Record<string, keras.Model>;
    expect(Object.fromEntries(Object.entries(result).map(([key, model]) => [key, model.countParams()]))).toEqual(
      counts,
    );
  },
  120_000,
);

test('blocks of the migration guide are translated and run, and what is left is said', async () => {
  expect(blocks).toHaveLength(pairs.length);
  process.chdir(folder);
  try {
    for (const [k, text] of blocks.entries()) {
      const [begins, given, expected] = pairs[k]!;
      expect(text).toMatch(begins);
      const { left } = translate(given + text);
      expect(left.map(({ reason }) => reason)).toEqual(expected);
      if (expected.length === 0) await runScript(compiled.script(`guide-${k}.ts`), keras);
    }
  } finally {
    process.chdir(home);
  }
}, 120_000);

test('what cannot be translated stays as comments, and so does what depends on it', async () => {
  const { code, left } = translate(read('left'));
  expect(left).toEqual([
    { line: 2, reason: '`matplotlib.pyplot` has no counterpart' },
    { line: 6, reason: 'classes are written by hand: see the migration guide' },
    { line: 12, reason: '`Double` is of line 6, which was not translated' },
    { line: 13, reason: '`keras.layers.Dense` has no argument `wrong`' },
    { line: 14, reason: 'a comprehension is not translated' },
    { line: 18, reason: '`plt` is of line 2, which was not translated' },
    { line: 19, reason: '`with` is not translated' },
    { line: 21, reason: '`outputs` is of line 13, which was not translated' },
  ]);
  expect(code).toContain(
    '// Not translated, line 14: a comprehension is not translated\n//   units = [2 * n for n in range(3)]\nconst hidden = new layers.Dense(',
  );
  await runScript(compiled.script('left.ts'), keras);
});

test('the command prints the module, lists what is left with its lines, and says so by its exit code', async () => {
  const said = { out: '', err: '' };
  const streams = {
    out: (text: string) => void (said.out += `${text}\n`),
    err: (text: string) => void (said.err += `${text}\n`),
    columns: 80,
  };
  expect(await run(['translate', 'test/data/translate/left.py'], streams)).toBe(1);
  expect(said.out).toBe(translate(read('left')).code);
  expect(said.err).toContain('test/data/translate/left.py:13: `keras.layers.Dense` has no argument `wrong`\n');
  expect(said.err).toContain('8 places are left to be written by hand.');
  const to = join(folder, 'made.ts');
  expect(await run(['translate', 'test/data/translate/residual.py', '--to', to], streams)).toBe(0);
  expect(readFileSync(to, 'utf8')).toBe(translate(read('residual')).code);
  expect(await run(['translate', 'test/data/translate/residual.py', '--to', to], streams)).toBe(1);
});

test('no Python at all is left as a whole', () => {
  expect(translate('x = "no end\n').left).toEqual([{ line: 1, reason: 'a string has no end' }]);
  expect(translate('x = $\n').code).toBe('// x = $\n');
});

test('the table of signatures is that of the library', () => {
  const paths = Object.entries(signatures).flatMap(([space, text]) =>
    space === '#'
      ? []
      : text.split('; ').map((each) => [space, each.split(' ')[0]].filter((part) => part !== '').join('.')),
  );
  expect(paths.length).toBeGreaterThan(800);
  const written = (path: string): string[] =>
    path.split('.').map((part) => (/^[A-Z]/.test(part) ? part : optionFromDisk(part)));
  const at = (path: string): unknown =>
    written(path).reduce<unknown>((space, key) => (space as Record<string, unknown> | undefined)?.[key], keras);
  expect(paths.filter((path) => at(path) === undefined)).toEqual([]);
  // Functions take by position what the table says, and the rest as options.
  const options = new Map(
    publicOptions()
      .filter(({ kind }) => kind === 'function')
      .map((each) => [each.path.join('.'), each]),
  );
  const wrong = paths.filter((path) => {
    const [signature, own] = [signatureOf(path)!, options.get(written(path).join('.'))];
    if (signature.isClass || signature.isValue || !own) return false;
    const rest = [...signature.names].slice(signature.positional).filter(([, isHere]) => isHere);
    return (
      rest.length > 0 &&
      (own.position !== signature.positional || rest.some(([name]) => !own.names.includes(optionFromDisk(name))))
    );
  });
  expect(wrong).toEqual([]);
});
