import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import * as keras from '../index.ts';
import { type Classes, likeliest } from './decode-predictions.ts';

const { applications } = keras;
const data = new URL('../../test/data/applications/', import.meta.url);
const unzipped = (file: string): Buffer => gunzipSync(readFileSync(new URL(`${file}.gz`, data)));
interface Case {
  readonly file: string;
  readonly outputs: { readonly data: string };
}
const { cases } = JSON.parse(unzipped('weights.json').toString()) as { cases: Case[] };
const shape = [128, 128, 3];
/** What Keras computes with the weights of a file. */
const expected = (file: string): Float32Array => {
  const bytes = Buffer.from(cases.find((c) => c.file === file)!.outputs.data, 'base64');
  return new Float32Array(Uint8Array.from(bytes).buffer);
};
/** Evenly distributed in [-0.5, 0.5): scripts/application-cases.py computes the same. */
function images(): keras.Tensor {
  const start = Math.imul(0x9e3779b9, 1000);
  const pixels = Float32Array.from({ length: 128 * 128 * 3 }, (_, k) => {
    let h = (k + start) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32 - 0.5;
  });
  return keras.tensor(pixels, { shape: [1, ...shape] });
}
async function expectOutputs(model: keras.Model, file: string): Promise<void> {
  const outputs = await (await model.predict(images(), { verbose: 0 })).data();
  const wanted = expected(file);
  wanted.forEach((y, k) => void expect(outputs[k]).toBeCloseTo(y, 5));
}

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hornbeam-applications-'));
  mkdirSync(join(home, 'models'));
  vi.stubEnv('KERAS_HOME', home);
  keras.config.disableInteractiveLogging();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  keras.config.enableInteractiveLogging();
  rmSync(home, { recursive: true });
});

const server = createServer((request, response) => {
  const file = request.url!.split('/').at(-1)!;
  if (cases.some((c) => c.file === file)) response.end(unzipped(file));
  else response.writeHead(404).end();
});
let address: string;
beforeAll(async () => {
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const whole = 'mobilenet_2_5_128_tf.h5';
const features = 'mobilenet_2_5_128_tf_no_top.h5';
const small = { alpha: 0.25, inputShape: shape };

test('weights of ImageNet are taken from the cache of Keras, with the top and without', async () => {
  for (const file of [whole, features]) writeFileSync(join(home, 'models', file), unzipped(file));
  vi.stubGlobal('fetch', () => expect.fail('nothing is to be fetched'));
  await expectOutputs(await applications.MobileNet(small), whole);
  await expectOutputs(await applications.MobileNet({ ...small, includeTop: false, pooling: 'avg' }), features);
});

test('weights of ImageNet are fetched where Keras publishes them, and kept', async () => {
  const asked: string[] = [];
  const real = fetch;
  vi.stubGlobal('fetch', (url: string, options: RequestInit) => {
    asked.push(url);
    return real(url.replace('https://storage.googleapis.com', address), options);
  });
  await expectOutputs(await applications.MobileNet(small), whole);
  await applications.MobileNet(small);
  expect(asked).toEqual([`https://storage.googleapis.com/tensorflow/keras-applications/mobilenet/${whole}`]);
  expect(readFileSync(join(home, 'models', whole)).equals(unzipped(whole))).toBe(true);
});

test('where there is no network, the error names the address and the place for the file', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no route to host')));
  const url = 'https://storage.googleapis.com/keras-applications/efficientnetb0_notop.h5';
  const error = await Promise.resolve(applications.EfficientNetB0({ includeTop: false })).catch((e: Error) => e);
  expect(String(error)).toContain(url);
  expect(String(error)).toContain(join(home, 'models', 'efficientnetb0_notop.h5'));
});

test('a file in the cache that is not the published one is not taken', async () => {
  writeFileSync(join(home, 'models', 'vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5'), 'no weights');
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no route to host')));
  await expect(applications.VGG16({ includeTop: false })).rejects.toThrow(
    'vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5',
  );
});

test.each([features, 'mobilenet.weights.h5'])('weights come from a file, an address or bytes: %s', async (file) => {
  const path = join(home, file);
  writeFileSync(path, unzipped(file));
  const options = { ...small, includeTop: false, pooling: 'avg' } as const;
  await expectOutputs(await applications.MobileNet({ ...options, weights: path }), file);
  await expectOutputs(await applications.MobileNet({ ...options, weights: `${address}/${file}` }), file);
  await expectOutputs(await applications.MobileNet({ ...options, weights: new Uint8Array(unzipped(file)) }), file);
});

test('a file that is missing, or that is of another architecture, is refused', async () => {
  await expect(applications.MobileNet({ ...small, weights: join(home, 'none.h5') })).rejects.toThrow(/none\.h5/);
  writeFileSync(join(home, whole), unzipped(whole));
  await expect(applications.MobileNet({ ...small, classes: 10, weights: join(home, whole) })).rejects.toThrow(/Fix:/);
});

test('predictions are decoded by the list of classes that Keras publishes, and by no other', async () => {
  const classes: Classes = Object.fromEntries(
    Array.from({ length: 1000 }, (_, k) => [k, [`n${k}`, `class ${k}`] as const]),
  );
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(classes))));
  const scores = new Array<number>(1000).fill(0);
  [scores[7], scores[8], scores[500]] = [0.25, 0.125, 0.5];
  expect(likeliest(scores, classes, 2)).toEqual([
    ['n500', 'class 500', 0.5],
    ['n7', 'class 7', 0.25],
  ]);
  const predictions = keras.tensor([scores]);
  const { decodePredictions } = applications.imagenetUtils;
  await expect(decodePredictions(predictions)).rejects.toThrow('c2c37ea517e94d9795004a39431a14cb');
  await expect(decodePredictions(keras.tensor([[1, 2]]))).rejects.toThrow(/\[images, 1000\]/);
  await expect(decodePredictions(predictions, { top: 0 })).rejects.toThrow(/top is 0/);
});
