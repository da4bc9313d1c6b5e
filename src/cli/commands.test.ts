import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { hornbeam } from '../../test/run-command.ts';
import { readNpy, writeNpy, writeNpz } from '../formats/npy.ts';
import * as keras from '../index.ts';

const { layers, ops } = keras;
const folder = mkdtempSync(join(tmpdir(), 'hornbeam-cli-'));
const at = (name: string): string => join(folder, name);
/** What a command answers that has to succeed. */
async function answer(...args: string[]): Promise<string> {
  const { code, out, err } = await hornbeam(...args);
  expect([code, err]).toEqual([0, '']);
  return out.trimEnd();
}
function made(units = 2): keras.Model {
  const inputs = keras.Input({ shape: [3], name: 'numbers' });
  const x = new layers.Dense({ units: 4, activation: 'relu', name: 'hidden' })(inputs);
  const model = new keras.Model({ inputs, outputs: new layers.Dense({ units, name: 'out' })(x), name: 'small' });
  model.compile({ optimizer: 'sgd', loss: 'mse', metrics: ['mae'] });
  return model;
}
const x = [
  [1, 2, 3],
  [4, 5, 6],
];
let model: keras.Model;
beforeAll(async () => {
  keras.utils.setRandomSeed(1);
  model = made();
  await model.save(at('model.keras'));
  writeFileSync(at('x.npy'), writeNpy({ shape: [2, 3], dtype: 'float32', data: Float32Array.from(x.flat()) }));
});

test('summary prints what Keras prints, within the width of the terminal', async () => {
  const out = await answer('summary', at('model.keras'));
  expect(out).toContain('Model: "small"');
  expect(out).toContain('hidden (Dense)');
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(await answer('summary', at('model.keras'), '--line-length', '60', '--show-trainable')).toContain('Trainable');
});

test('plot writes a picture and prints its name', async () => {
  expect(await answer('plot', at('model.keras'), '--to', at('model.svg'), '--show-shapes')).toBe(at('model.svg'));
  expect(readFileSync(at('model.svg'), 'utf8')).toContain('<svg');
  expect(await hornbeam('plot', at('model.keras'), '--to', at('model.gif'))).toMatchObject({ code: 1, out: '' });
});

test('inspect shows config, weights as a tree and sizes, without making the model', async () => {
  const out = await answer('inspect', at('model.keras'));
  for (const part of ['keras_version', 'small (Functional)', 'units=4 activation=relu', 'model.weights.h5'])
    expect(out).toContain(part);
  expect(out).toMatch(/dense\b.*"hidden"[\s\S]*0 +\(3, 4\) +float32 +48 B[\s\S]*1 +\(4\) +float32 +16 B/);
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  const all = JSON.parse(await answer('inspect', at('model.keras'), '--json'));
  expect(all.config.config.name).toBe('small');
  expect(all.weights.map(({ bytes }: { bytes: number }) => bytes)).toEqual(expect.arrayContaining([48, 16, 32, 8]));
  expect(JSON.parse(await answer('inspect', at('model.keras'), '--config')).class_name).toBe('Functional');
  await model.save(at('model.h5'));
  expect(await answer('inspect', at('model.h5'))).toMatch(/format +\.h5[\s\S]*kernel +\(3, 4\)/);
  writeFileSync(at('text.keras'), 'no model');
  expect(await hornbeam('inspect', at('text.keras'))).toMatchObject({
    code: 1,
    err: expect.stringContaining('no file of a model'),
  });
});

test('diff says what differs, and how far', async () => {
  const other = made();
  other.setWeights(model.getWeights());
  await other.save(at('same.h5'));
  expect(await answer('diff', at('model.keras'), at('same.h5'))).toBe(
    'The structure is the same.\n\n4 weights are the same.',
  );
  const [kernel, ...rest] = other.getWeights();
  other.setWeights([ops.add(kernel!, 0.5), ...rest]);
  await other.save(at('moved.keras'));
  const moved = await hornbeam('diff', at('model.keras'), at('moved.keras'));
  expect(moved).toMatchObject({ code: 1, err: '' });
  expect(moved.out).toMatch(/hidden\/kernel +\(3, 4\) +\(3, 4\) +0\.500 +0\.500/);
  expect(moved.out).toContain('3 weights are the same, 1 not.');
  expect(await hornbeam('diff', at('model.keras'), at('moved.keras'), '--tolerance', '0.6')).toMatchObject({ code: 0 });
  await made(5).save(at('wide.keras'));
  const { structure, weights } = JSON.parse(
    (await hornbeam('diff', at('model.keras'), at('wide.keras'), '--json')).out,
  );
  expect(structure).toEqual([{ layer: 'out', option: 'units', a: 2, b: 5 }]);
  expect(weights.find(({ path }: { path: string }) => path === 'out/bias')).toEqual({
    path: 'out/bias',
    a: [2],
    b: [5],
  });
  // The optimizer of a model that was trained further has other slots.
  const trained = await keras.models.loadModel<keras.Model>(at('moved.keras'));
  trained.compile({ optimizer: new keras.optimizers.SGD({ learningRate: 0.5 }), loss: 'mse' });
  await trained.save(at('trained.keras'));
  const optimizers = await hornbeam('diff', at('moved.keras'), at('trained.keras'), '--optimizer');
  expect(optimizers.out).toMatch(/optimizer +Adam +SGD|optimizer\.learning_rate/);
  expect(await answer('diff', at('moved.keras'), at('trained.keras'))).toContain('The structure is the same.');
  expect(await hornbeam('diff', at('model.keras'), at('none.keras'))).toMatchObject({ code: 2, out: '' });
});

test('predict takes arrays of NumPy, JSON and images', async () => {
  const expected = await ((await model.predict(x, { verbose: 0 })) as keras.Tensor).array();
  expect(JSON.parse(await answer('predict', at('model.keras'), '--input', at('x.npy')))).toEqual(expected);
  writeFileSync(at('x.json'), JSON.stringify(x));
  expect(JSON.parse(await answer('predict', at('model.keras'), '--input', `numbers=${at('x.json')}`))).toEqual(
    expected,
  );
  writeFileSync(
    at('x.npz'),
    await writeNpz({
      a: { shape: [1], dtype: 'int32', data: Int32Array.of(1) },
      x: readNpy(readFileSync(at('x.npy'))),
    }),
  );
  await answer('predict', at('model.keras'), '--input', `${at('x.npz')}:x`, '--output', at('y.npy'));
  expect(readNpy(readFileSync(at('y.npy')))).toMatchObject({ shape: [2, 2], dtype: 'float32' });
  expect((await hornbeam('predict', at('model.keras'), '--input', at('x.npz'))).err).toContain(
    'it has the arrays a, x',
  );
  const images = keras.Input({ shape: [4, 6, 1] });
  const mean = new keras.Model({ inputs: images, outputs: new layers.GlobalAveragePooling2D()(images) });
  await mean.save(at('mean.keras'));
  await keras.utils.saveImg(at('grey.png'), ops.full([8, 12, 3], 255), { scale: false });
  const args = ['--input', at('grey.png'), '--input', at('grey.png'), '--scale', '0.5'];
  expect(JSON.parse(await answer('predict', at('mean.keras'), ...args))).toEqual([[127.5], [127.5]]);
});

test('several inputs are given by their names', async () => {
  const [a, b] = [keras.Input({ shape: [1], name: 'a' }), keras.Input({ shape: [1], name: 'b' })];
  await new keras.Model({ inputs: [a, b], outputs: ops.subtract(a, b) }).save(at('two.keras'));
  writeFileSync(at('one.json'), '[[1]]');
  writeFileSync(at('three.json'), '[[3]]');
  const inputs = ['--input', `b=${at('one.json')}`, '--input', `a=${at('three.json')}`];
  expect(await answer('predict', at('two.keras'), ...inputs)).toBe('[[2]]');
  expect((await hornbeam('predict', at('two.keras'), '--input', at('one.json'))).err).toContain('--input a=FILE');
});

test('evaluate prints the loss and metrics of the file', async () => {
  const labels = [
    [0, 1],
    [1, 0],
  ];
  writeFileSync(at('labels.json'), JSON.stringify(labels));
  const found = JSON.parse(
    await answer('evaluate', at('model.keras'), '--input', at('x.npy'), '--labels', at('labels.json'), '--json'),
  );
  const expected = await model.evaluate(x, labels, { verbose: 0, returnDict: true });
  expect(found).toEqual(expected);
  expect((await hornbeam('evaluate', at('model.keras'), '--input', at('x.npy'))).err).toContain('--labels is missing');
  const seen = keras.Input({ shape: [2, 2, 1] });
  const scores = new layers.Dense({ units: 2 })(new layers.Flatten()(seen));
  const pictures = new keras.Model({ inputs: seen, outputs: scores });
  const loss = new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true });
  pictures.compile({ loss, metrics: ['accuracy'] });
  await pictures.save(at('pictures.keras'));
  const images = [0, 60, 120, 250].map((v) => ops.full([2, 2, 1], v));
  for (const [k, image] of images.entries()) {
    mkdirSync(at(`images/${k % 2 === 0 ? 'cats' : 'dogs'}`), { recursive: true });
    await keras.utils.saveImg(at(`images/${k % 2 === 0 ? 'cats' : 'dogs'}/${k}.png`), image, { scale: false });
  }
  const ofFolder = await answer(
    'evaluate',
    at('pictures.keras'),
    '--images',
    at('images'),
    '--scale',
    '0.01',
    '--json',
  );
  const all = ops.multiply(ops.stack(images), 0.01);
  const whole = (await pictures.evaluate(all, [0, 1, 0, 1], { verbose: 0, returnDict: true })) as Record<
    string,
    number
  >;
  for (const [name, value] of Object.entries(JSON.parse(ofFolder) as Record<string, number>))
    expect(value).toBeCloseTo(whole[name]!, 5);
  expect((await hornbeam('evaluate', at('model.keras'), '--images', at('images'))).err).toContain('no image');
  expect((await hornbeam('evaluate', at('mean.keras'), '--input', at('x.npy'), '--labels', at('x.npy'))).code).toBe(1);
});

test('convert writes every format that it reads', async () => {
  await answer('convert', at('model.keras'), at('again.h5'));
  await answer('convert', at('again.h5'), at('again.weights.h5'));
  await answer('convert', at('again.h5'), at('config.json'));
  const config = ['--model', at('config.json')];
  await answer('convert', at('again.weights.h5'), at('parts.weights.json'), ...config);
  await answer('convert', at('parts.weights.json'), at('again.safetensors'), ...config);
  expect(await answer('convert', at('again.safetensors'), at('again.keras'), ...config)).toBe(at('again.keras'));
  await answer('convert', at('again.keras'), at('folder'), '--folder');
  await answer('convert', at('again.keras'), at('again.onnx'));
  // An ONNX file begins with its version.
  expect(readFileSync(at('again.onnx'))[0]).toBe(8);
  expect(await answer('diff', at('model.keras'), at('folder'))).toContain('4 weights are the same.');
  expect((await hornbeam('convert', at('model.keras'), at('again.h5'))).err).toContain('it is there already');
  expect((await hornbeam('convert', at('again.weights.h5'), at('b.keras'))).err).toContain('--model model.keras');
});

test('convert reads and writes models of TensorFlow.js', async () => {
  const { model, weights } = JSON.parse(
    gunzipSync(readFileSync(new URL('../../test/data/tfjs/graph.json.gz', import.meta.url))).toString(),
  ) as { model: object; weights: string };
  mkdirSync(at('tfjs'));
  writeFileSync(at('tfjs/model.json'), JSON.stringify(model));
  writeFileSync(at('tfjs/weights.bin'), Buffer.from(weights, 'base64'));
  await answer('convert', at('tfjs/model.json'), at('from-tfjs.keras'));
  await answer('convert', at('tfjs'), at('from-tfjs.h5'));
  expect(await answer('diff', at('from-tfjs.keras'), at('from-tfjs.h5'))).toContain('weights are the same.');
  await answer('convert', at('from-tfjs.h5'), at('to-tfjs'), '--format', 'tfjs');
  expect(await answer('diff', at('from-tfjs.h5'), at('to-tfjs'))).toContain('weights are the same.');
});

test('explain prints the kernels, timed if asked', async () => {
  const out = await answer('explain', at('model.keras'), '--batch', '4');
  expect(out).toMatch(/kernel|FLOP/i);
  expect(await answer('explain', at('model.keras'), '--timed')).toMatch(/\bms\b/);
  expect(await answer('explain', at('model.keras'), '--training')).toContain('∂hidden');
});

test('doctor says what is there and how to get what is missing', async () => {
  const found = JSON.parse(await answer('doctor', '--json')) as { what: string; status: string; detail: string }[];
  const of = (what: string) => found.find((finding) => finding.what === what);
  expect(of('Node')?.detail).toContain(process.version);
  expect(of('device wasm')).toMatchObject({ status: 'ok' });
  expect(Number.parseInt(of('threads')?.detail ?? '', 10)).toBeGreaterThan(0);
  for (const { what, status, detail } of found)
    if (what.startsWith('package') && status === 'missing') expect(detail).toContain('npm install');
});

test('names with escape sequences are printed as they stand in JSON', async () => {
  const config = JSON.parse(model.toJson());
  config.config.name = '\u001b[31m<script>\u202e\u0007';
  writeFileSync(at('hostile.json'), JSON.stringify(config));
  for (const args of [
    ['inspect', at('hostile.json')],
    ['inspect', at('hostile.json'), '--json'],
    ['summary', at('hostile.json')],
  ]) {
    const { out, err } = await hornbeam(...args);
    expect(out + err).toContain('\\u001b[31m<script>\\u202e\\u0007');
    for (const character of ['\u001b', '\u0007', '\u202e']) expect(out + err).not.toContain(character);
  }
});

test('damaged files are refused with a reason, and groups that hold themselves end', async () => {
  const whole = readFileSync(at('model.keras'));
  writeFileSync(at('cut.keras'), whole.subarray(0, whole.length - 200));
  expect(await hornbeam('inspect', at('cut.keras'))).toMatchObject({ code: 1, out: '' });
  writeFileSync(at('bad.json'), '{ "class_name": ');
  expect((await hornbeam('inspect', at('bad.json'))).err).toContain('is no JSON');
  writeFileSync(at('list.json'), ' {"a": 1');
  expect(await hornbeam('inspect', at('list.json'), '--json')).toMatchObject({ code: 1, out: '' });
  expect(await hornbeam('inspect', 'test/data/formats/cycle.h5')).toMatchObject({ code: 0, err: '' });
});

test('wrong command lines end with 2 and a way out, on the error stream alone', async () => {
  const wrong = async (...args: string[]) => {
    const { code, out, err } = await hornbeam(...args);
    expect([code, out]).toEqual([2, '']);
    return err;
  };
  expect(await wrong('sumary')).toContain('did you mean "summary"?');
  expect(await wrong('summary')).toContain('MODEL is missing');
  expect(await wrong('diff', 'a', 'b', 'c')).toContain('"c" is one word too many');
  expect(await wrong('summary', 'a', '--expand-nestd')).toContain('did you mean --expand-nested?');
  expect(await wrong('explain', at('model.keras'), '--batch', 'many')).toContain('--batch is "many"');
  expect(await wrong('plot', at('model.keras'), '--rankdir', 'XY')).toContain('use TB, LR, BT, RL');
  expect(await hornbeam('summary', at('none.keras'))).toMatchObject({ code: 1, out: '' });
  for (const name of [
    'summary',
    'plot',
    'inspect',
    'diff',
    'predict',
    'evaluate',
    'convert',
    'explain',
    'translate',
    'coco-eval',
    'doctor',
  ])
    expect(await answer(name, '--help')).toContain(`Usage: hornbeam ${name}`);
  expect(await answer('--version')).toBe(keras.version());
});
