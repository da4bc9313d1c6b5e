import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const { layers, ops, visualization } = keras;

/** Tells whether there is more red or more green, by one map of two channels. */
function redOrGreen(): keras.Model {
  const inputs = keras.Input({ shape: [8, 8, 3] });
  const conv = new layers.Conv2D({ filters: 2, kernelSize: 1, useBias: false, name: 'colors' });
  const features = new layers.GlobalAveragePooling2D()(conv(inputs));
  const model = new keras.Model({ inputs, outputs: new layers.Activation({ activation: 'softmax' })(features) });
  conv.setWeights([keras.tensor([1, 0, 0, 1, 0, 0], { shape: [1, 1, 3, 2] })]);
  return model;
}
/** Red above on the left, green below on the right. */
function image(): keras.Tensor {
  const pixels = new Float32Array(8 * 8 * 3);
  for (let y = 0; y < 4; y++) for (let x = 0; x < 4; x++) pixels[(y * 8 + x) * 3] = 2;
  for (let y = 4; y < 8; y++) for (let x = 4; x < 8; x++) pixels[(y * 8 + x) * 3 + 1] = 1;
  return keras.tensor(pixels, { shape: [1, 8, 8, 3] });
}

test('Grad-CAM is warm where the class is', async () => {
  const model = redOrGreen();
  const at = async (options: object) => await visualization.gradCam(model, image(), options).array<3>();
  // Softmax of two scores: the gradient of one class is the opposite of the other's.
  const [red] = await at({});
  expect([red![1]![1], red![6]![6], red![1]![6]]).toEqual([1, 0, 0]);
  const [green] = await at({ classes: [1] });
  expect([green![1]![1], green![6]![6], green![1]![6]]).toEqual([0, 1, 0]);
});

test('Grad-CAM looks into nested models, and gives what a model cut in two gives', async () => {
  keras.utils.setRandomSeed(3);
  const base = keras.applications.MobileNet({ weights: null, alpha: 0.25, inputShape: [64, 32, 3], includeTop: false });
  const inputs = keras.Input({ shape: [64, 32, 3] });
  const y = new layers.GlobalAveragePooling2D()(base(keras.applications.mobilenet.preprocessInput(inputs)));
  const head = new layers.Dense({ units: 3, activation: 'softmax' });
  const model = new keras.Model({ inputs, outputs: head(y) });
  const images = keras.random.uniform([2, 64, 32, 3], { maxval: 255, seed: 1 });
  const found = visualization.gradCam(model, images, { classes: [2, 0] });
  expect(found.shape).toEqual([2, 64, 32]);
  expect(
    visualization.gradCam(model, images, { layer: `${base.name}/conv_pw_13_relu`, classes: [2, 0] }).dataSync(),
  ).toEqual(found.dataSync());

  const map = base(keras.applications.mobilenet.preprocessInput(images));
  const classes = keras.tensor([
    [0, 0, 1],
    [1, 0, 0],
  ]);
  const score = (m: keras.Tensor) => ops.sum(head(ops.mean(m, { axis: [1, 2] })).mul(classes));
  const weights = ops.mean(keras.grad(score)(map), { axis: [1, 2], keepdims: true });
  const heat = ops.relu(ops.sum(map.mul(weights), { axis: -1, keepdims: true }));
  const large = ops.squeeze(ops.image.resize(heat, [64, 32]), { axis: -1 });
  const wanted = ops.divide(large, ops.max(large, { axis: [1, 2], keepdims: true })).dataSync();
  found.dataSync().forEach((v, k) => void expect(v).toBeCloseTo(wanted[k]! || 0, 4)); // where nothing speaks for the class, all is cold
  expect(Math.max(...found.dataSync())).toBe(1);
});

test('activation maps are what layers give', async () => {
  const model = redOrGreen();
  const maps = await visualization.activationMaps(model, image());
  expect(Object.keys(maps)).toEqual(['colors']);
  expect((await maps['colors']!.array())[0]![1]![1]).toEqual([2, 0]);
});

test('a nested model that pools is looked into', async () => {
  keras.utils.setRandomSeed(5);
  const own = new keras.Sequential([
    keras.Input({ shape: [32, 32, 3] }),
    new layers.Conv2D({ filters: 4, kernelSize: 3, name: 'conv' }),
    new layers.GlobalAveragePooling2D(),
  ]);
  const options = { alpha: 0.35, weights: null, inputShape: [32, 32, 3], includeTop: false, pooling: 'avg' } as const;
  const images = ops.tile(keras.random.uniform([1, 32, 32, 3], { seed: 1 }), [2, 1, 1, 1]);
  for (const [base, last] of [
    [own, 'conv'],
    [keras.applications.MobileNetV2(options), 'out_relu'],
  ] as const) {
    const head = new layers.Dense({ units: 2 });
    const model = new keras.Sequential([keras.Input({ shape: [32, 32, 3] }), base, head]);
    // What speaks for one class speaks against the other.
    head.setWeights([ops.outer(ops.ones([head.kernel.shape[0]!]), keras.tensor([1, -1])), ops.zeros([2])]);
    const name = `${base.name}/${last}`;
    const heat = visualization.gradCam(model, images, { classes: [0, 1] });
    expect(Math.max(...heat.dataSync())).toBe(1);
    if (base !== own) continue;
    const asked = visualization.gradCam(model, images, { layer: name, classes: [0, 1] });
    expect(heat.dataSync()).toEqual(asked.dataSync());
    const maps = await visualization.activationMaps(model, images, { layers: [name] });
    const inside = await visualization.activationMaps(base, images, { layers: [last] });
    expect(maps[name]!.dataSync()).toEqual(inside[last]!.dataSync());
    expect(Object.keys(await visualization.activationMaps(model, images))).toEqual([name]);
    expect((await visualization.plotActivationMaps(model, images, { channels: 2 })).length).toBeGreaterThan(100);
  }
});

test('filter patterns answer more than noise does', async () => {
  const model = redOrGreen();
  const patterns = visualization.filterPatterns(model, 'colors', { filters: [0, 1], valueRange: [0, 1], steps: 10 });
  expect(patterns.shape).toEqual([2, 8, 8, 3]);
  const [red, green] = await ops.mean(patterns, { axis: [1, 2] }).array<2>();
  // Each rises in its own colour.
  expect(red![0]).toBeGreaterThan(red![1]! + 0.2);
  expect(green![1]).toBeGreaterThan(green![0]! + 0.2);
});

test('what does not fit is refused with advice', async () => {
  const model = redOrGreen();
  const open = keras.applications.MobileNet({ weights: null, alpha: 0.25, includeTop: false });
  expect(() => visualization.gradCam(model, image(), { layer: 'none' })).toThrow(/no layer "none"\n.*colors/s);
  expect(() => visualization.gradCam(model, image(), { classes: [1, 2] })).toThrow(
    /one class for each of the 1 images/,
  );
  expect(() => visualization.gradCam(open, ops.ones([1, 32, 32, 3]))).toThrow(/no scores of classes/);
  expect(() => visualization.filterPatterns(model, 'colors', { filters: [2] })).toThrow(/filters 0 to 1/);
  expect(() => visualization.filterPatterns(open, 'conv1')).toThrow(/size: \[128, 128\]/);
  await expect(visualization.activationMaps(model, image(), { layers: [model.layers[2]!.name] })).rejects.toThrow(
    /gives no map/,
  );
});

test('each is drawn as PNG and SVG', async () => {
  const model = redOrGreen();
  const file = join(tmpdir(), `hornbeam-maps-${process.pid}.svg`);
  const options = { valueRange: [0, 2], labelMap: ['red & more', 'green'] } as const;
  const png = await visualization.plotGradCam(model, image(), options);
  expect([...png.subarray(1, 4)]).toEqual([80, 78, 71]);
  await visualization.plotGradCam(model, image(), { ...options, toFile: file });
  expect(readFileSync(file, 'utf8')).toContain('>red &amp; more</text>');
  await visualization.plotActivationMaps(model, image(), { channels: 3, toFile: file });
  expect(readFileSync(file, 'utf8').split('<image ').length - 1).toBe(3);
  expect(readFileSync(file, 'utf8')).toContain('>colors 1</text>');
  await visualization.plotFilterPatterns(model, 'colors', { filters: 2, steps: 2, valueRange: [0, 1], toFile: file });
  expect(readFileSync(file, 'utf8').split('<image ').length - 1).toBe(2);
  rmSync(file);
});
