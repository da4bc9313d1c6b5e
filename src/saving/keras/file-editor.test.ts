import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as keras from '../../index.ts';
import { layers } from '../../index.ts';

const { KerasFileEditor } = keras.saving;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'editor-'));
});
afterAll(() => rm(folder, { recursive: true }));

function model(units = 2): keras.Model {
  const x = keras.Input({ shape: [4, 3], name: 'x' });
  const rec = new layers.LSTM({ units: 2, name: 'rec' })(x);
  const h = new layers.Dense({ units: 3, name: 'first' })(rec);
  const inner = new keras.Sequential(
    [new layers.Dense({ units, name: 'a' }), new layers.BatchNormalization({ name: 'bn' })],
    { name: 'inner' },
  );
  return new keras.Model({ inputs: x, outputs: new layers.Dense({ units: 1, name: 'last' })(inner(h)), name: 'm' });
}
const quiet = { printFn: (): void => {} };
const lines = (print: (options: { printFn: (text: string) => void }) => void): string[] => {
  const found: string[] = [];
  print({ printFn: (text) => found.push(...text.split('\n')) });
  return found;
};

test('a file’s objects are shown as a tree, those within others too', async () => {
  const m = model();
  await m.saveWeights(`${folder}/a.weights.h5`);
  await m.save(`${folder}/a.keras`);
  const plain = await KerasFileEditor.open(`${folder}/a.weights.h5`);
  // The tree is drawn as Keras 3.15.1 draws it, with what its editor loses: layers within layers without weights of their own.
  const tree = `Weights structure
  > layers
      ├─ lstm ('rec')
      │   └─ cell ('lstm_cell')
      │       ├─ 0: shape=(3, 8), dtype=float32
      │       ├─ 1: shape=(2, 8), dtype=float32
      │       └─ 2: shape=(8,), dtype=float32
      ├─ dense ('first')
      │   ├─ 0: shape=(2, 3), dtype=float32
      │   └─ 1: shape=(3,), dtype=float32
      ├─ sequential ('inner')
      │   └─ layers
      │       ├─ dense ('a')
      │       │   ├─ 0: shape=(3, 2), dtype=float32
      │       │   └─ 1: shape=(2,), dtype=float32
      │       └─ batch_normalization ('bn')
      │           ├─ 0: shape=(2,), dtype=float32
      │           ├─ 1: shape=(2,), dtype=float32
      │           ├─ 2: shape=(2,), dtype=float32
      │           └─ 3: shape=(2,), dtype=float32
      └─ dense_1 ('last')
          ├─ 0: shape=(2, 1), dtype=float32
          └─ 1: shape=(1,), dtype=float32`.split('\n');
  expect(lines((o) => plain.summary(o))).toEqual([`Keras model file '${folder}/a.weights.h5'`, ...tree]);
  expect(plain.metadata).toBe(null);
  expect(plain.objectMetadata['layers/lstm/cell']).toEqual({ name: 'lstm_cell' });
  const whole = await KerasFileEditor.open(`${folder}/a.keras`);
  expect(lines((o) => whole.summary(o)).slice(2)).toEqual(tree);
  expect(whole.metadata!['keras_version']).toBe('3.15.1');
  expect(whole.config!['class_name']).toBe('Functional');
  expect(whole.compare(m, quiet)).toEqual({ status: 'success', errorCount: 0, matchCount: 13 });
});

test('a file is compared with a model', async () => {
  const m = model();
  m.compile({ optimizer: 'sgd', loss: 'mse' });
  await m.fit(keras.ops.ones([2, 4, 3]), keras.ops.ones([2, 1]), { verbose: 0 });
  await m.saveWeights(`${folder}/b.weights.h5`);
  const editor = await KerasFileEditor.open(`${folder}/b.weights.h5`);
  let found: unknown;
  const shown = lines((o) => {
    found = editor.compare(model(5), o);
  });
  expect(found).toEqual({ status: 'error', errorCount: 8, matchCount: 6 });
  expect(shown.join('\n')).toContain(`...Weight shape mismatch for /layers/dense_1/0
    In reference model: shape=(5, 1)
    In saved file: shape=(2, 1)`);
  expect(shown.join('\n')).toContain(`...Object /optimizer present in saved file, missing from reference model
    In saved file, /optimizer contains the following keys: 0, 1`);
  expect(shown.at(-1)).toBe('Found 8 errors: saved file is not compatible with the reference model');
});

test('objects and weights are renamed, taken out and added, and the file loads', async () => {
  const x = keras.Input({ shape: [2] });
  const old = new keras.Model({
    inputs: x,
    outputs: new layers.Dense({ units: 2 })(new layers.Dense({ units: 3 })(x)),
  });
  await old.saveWeights(`${folder}/c.weights.h5`);
  const editor = await KerasFileEditor.open(`${folder}/c.weights.h5`);
  editor.renameObject('dense', 'einsum_dense');
  editor.deleteWeight('layers/dense_1', '1');
  editor.addWeights('dense_1', { 1: [7, 8] });
  editor.renameObject('layers/dense_1', 'dense');
  editor.addObject('layers/p_re_lu', { 0: keras.tensor([0.5, 0.25]) });
  editor.addObject('layers/dense_7', { 0: [[1]] });
  editor.deleteObject('dense_7');
  const h = new layers.EinsumDense({ equation: 'ab,bc->ac', outputShape: 3, biasAxes: 'c' })(x);
  const y = new layers.PReLU()(new layers.Dense({ units: 2 })(h));
  const changed = new keras.Model({ inputs: x, outputs: y });
  expect(editor.compare(changed, quiet)).toEqual({ status: 'success', errorCount: 0, matchCount: 5 });
  await editor.save(`${folder}/d.weights.h5`);
  await changed.loadWeights(`${folder}/d.weights.h5`);
  const [kernel, , , bias, alpha] = changed.getWeights();
  expect(await kernel!.array()).toEqual(await old.getWeights()[0]!.array());
  expect([await bias!.array(), await alpha!.array()]).toEqual([
    [7, 8],
    [0.5, 0.25],
  ]);
});

test('what is not in the file, or not one thing, is refused by name', async () => {
  await model().saveWeights(`${folder}/e.weights.h5`);
  const editor = await KerasFileEditor.open(`${folder}/e.weights.h5`);
  expect(() => editor.deleteObject('dense_9')).toThrow(/no object "dense_9"/);
  expect(() => editor.deleteObject('layers/dense_9')).toThrow(/no object "layers\/dense_9"/);
  expect(() => editor.deleteObject('dense')).toThrow(/"dense" stands in the file 2 times/);
  expect(() => editor.renameObject('lstm', 'a/b')).toThrow(/without "\/"/);
  expect(() => editor.renameObject('layers/dense', 'dense_1')).toThrow(/"dense_1" already/);
  expect(() => editor.deleteWeight('cell', '3')).toThrow(/no weight "3"[\s\S]*it has 0, 1, 2/);
  expect(() => editor.addWeights('layers/dense/0', { 0: 1 })).toThrow(/is a weight/);
  expect(() => editor.addObject('models/dense', {})).toThrow(/no object/);
  expect(() => editor.addObject('dense', [1] as never)).toThrow(/by their names/);
  await expect(editor.save(`${folder}/e.h5`)).rejects.toThrow(/ends in .weights.h5/);
  await expect(KerasFileEditor.open(`${folder}/e.h5`)).rejects.toThrow(/neither in .keras nor/);
  expect(() => new KerasFileEditor('a.keras')).toThrow(/KerasFileEditor.open/);
});
