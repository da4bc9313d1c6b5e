import { afterEach, expect, test, vi } from 'vitest';
import * as keras from '../index.ts';

const { applications, layers } = keras;
afterEach(() => vi.restoreAllMocks());

test('options that do not fit are refused with advice', () => {
  const { ResNet50, MobileNet, MobileNetV2, MobileNetV3Small, NASNetMobile, Xception, VGG16 } = applications;
  const tensor = keras.tensor([1]) as never;
  const wrong: readonly [() => unknown, RegExp][] = [
    [() => ResNet50({ classes: 10 }), /tell 1000 classes apart, not 10\n {2}Fix: .*weights: null/],
    [() => ResNet50({ classifierActivation: 'relu' }), /classifierActivation is "relu"/],
    [() => ResNet50({ inputShape: [64, 64, 3] }), /weights of ImageNet classify images of shape \(224, 224, 3\)/],
    [() => ResNet50({ includeTop: false, inputShape: [64, 64, 4] }), /inputShape has 4 channels/],
    [() => ResNet50({ weights: null, inputShape: [31, 64, 3] }), /at least 32x32/],
    [() => ResNet50({ weights: null, inputShape: [64, null, 3] }), /leaves a size open/],
    [() => ResNet50({ weights: null, inputShape: [64, 64] }), /give three sizes/],
    [() => ResNet50({ weights: null, pooling: 'mean' as never }), /pooling is "mean"/],
    [() => ResNet50({ weights: null, classes: 0 }), /classes is 0/],
    [() => ResNet50({ weights: null, inputTensor: tensor }), /inputTensor is a Tensor/],
    [() => ResNet50({ weights: null, inputshape: [64, 64, 3] } as never), /did you mean "inputShape"/],
    [() => VGG16({ weights: null, alpha: 1 } as never), /unknown option "alpha"/],
    [() => Xception({ weights: null, inputShape: [70, 80, 3] }), /at least 71x71/],
    [() => MobileNet({ depthMultiplier: 2 }), /depthMultiplier is 2/],
    [() => MobileNet({ alpha: 0.3 }), /0\.25, 0\.5, 0\.75 or 1/],
    [() => MobileNetV2({ alpha: 0.25 }), /1\.3 or 1\.4/],
    [() => MobileNetV3Small({ alpha: 0.5 }), /alpha is 0\.5/],
    [() => MobileNetV3Small({ weights: null, inputShape: [16, 64, 3] }), /at least 32x32/],
    [() => NASNetMobile({ includeTop: false, inputShape: [null, null, 3] }), /leaves a size open/],
  ];
  for (const [call, message] of wrong) expect(call).toThrow(message);
});

test('families whose blocks have the channels last say so', () => {
  keras.config.setImageDataFormat('channels_first');
  try {
    expect(() => applications.DenseNet121({ weights: null })).toThrow(/setImageDataFormat/);
    const model = applications.MobileNetV2({ weights: null, alpha: 0.35, inputShape: [3, 32, 64], classes: 4 });
    expect(model.getLayer('block_1_project_BN').output).toMatchObject({ shape: [null, 8, 8, 16] });
    expect(applications.ResNet50({ weights: null, includeTop: false }).outputShape).toEqual([null, 2048, null, null]);
  } finally {
    keras.config.setImageDataFormat('channels_last');
  }
});

test('an application goes on from a tensor of another graph', async () => {
  const inputs = keras.Input({ shape: [48, 64, 3], name: 'photograph' });
  const pixels = applications.mobilenetV2.preprocessInput(inputs);
  const base = applications.MobileNetV2({ weights: null, alpha: 0.35, inputTensor: pixels, classes: 3, name: 'mine' });
  expect(base.name).toBe('mine');
  expect(base.inputs!.map((t) => t.name)).toEqual(['photograph']);
  expect(base.outputShape).toEqual([null, 3]);
  const y = await base.predict(keras.ops.ones([2, 48, 64, 3]), { verbose: 0 });
  expect(y.shape).toEqual([2, 3]);
});

test('images of any size go through a model without a top', async () => {
  const model = applications.MobileNet({ weights: null, alpha: 0.25, includeTop: false, pooling: 'max' });
  for (const sides of [
    [32, 32],
    [45, 70],
  ] as const)
    expect((await model.predict(keras.ops.ones([1, ...sides, 3]), { verbose: 0 })).shape).toEqual([1, 256]);
});

test('two models from the same constructor share nothing', () => {
  const build = () => applications.MobileNet({ weights: null, alpha: 0.25, inputShape: [32, 32, 3], classes: 2 });
  const [a, b] = [build(), build()];
  expect(new Set([...a.weights, ...b.weights]).size).toBe(a.weights.length + b.weights.length);
  expect(a.layers.slice(1).map((l) => l.name.replace(/_\d+$/, ''))).toEqual(
    b.layers.slice(1).map((l) => l.name.replace(/_\d+$/, '')),
  );
});

test('pixels are prepared as array, tensor and symbolic tensor alike, in whatever dtype they come', async () => {
  const { preprocessInput } = applications.imagenetUtils;
  const image = [[[255, 0, 51]]];
  const ways = { tf: [1, -1, -0.6], caffe: [51 - 103.939, -116.779, 255 - 123.68] } as const;
  for (const [mode, wanted] of Object.entries(ways)) {
    const options = { mode: mode as 'tf' };
    const x = keras.tensor(new Uint8Array([255, 0, 51]), { shape: [1, 1, 1, 3] });
    const input = keras.Input({ shape: [1, 1, 3], dtype: 'uint8' });
    const model = new keras.Model({ inputs: input, outputs: preprocessInput(input, options) });
    const all = [preprocessInput(image, options), preprocessInput(x, options), await model.predict(x, { verbose: 0 })];
    for (const y of all) (await y.data()).forEach((v, k) => void expect(v).toBeCloseTo(wanted[k]!, 4));
  }
  expect(await x255().array()).toEqual([[[255, 0, 51]]]);
  expect(() => preprocessInput(image, { mode: 'keras' as never })).toThrow(/mode is "keras"/);
  expect(() => preprocessInput([[[1, 2]]])).toThrow(/three channels/);
  expect(() => preprocessInput(image, { dataFormat: 'first' as never })).toThrow(/dataFormat is "first"/);
});
/** A tensor that is prepared stays as it was. */
function x255(): keras.Tensor {
  const x = keras.tensor([[[255, 0, 51]]]);
  applications.resnet.preprocessInput(x);
  return x;
}

test('a saved application is read again', async () => {
  const model = applications.MobileNetV3Small({ weights: null, inputShape: [32, 32, 3], classes: 3 });
  const bytes = await keras.saving.modelToKeras(model);
  const again = await keras.saving.modelFromKeras(bytes);
  const x = keras.ops.ones([1, 32, 32, 3]);
  expect(await (await again.predict(x, { verbose: 0 })).array()).toEqual(
    await (await model.predict(x, { verbose: 0 })).array(),
  );
  expect(again.getLayer('expanded_conv_squeeze_excite_mul')).toBeInstanceOf(layers.Multiply);
});

test('names and summaries round ties to the even digit, as Python does', () => {
  const options = { weights: null, alpha: 0.125, inputShape: [32, 32, 3], includeTop: false } as const;
  expect(applications.MobileNet(options).name).toBe('mobilenet_0.12_32');
  const lines: string[] = [];
  // 277.625 KB
  const model = new keras.Sequential([keras.Input({ shape: [71071] }), new keras.layers.Dense({ units: 1 })]);
  model.summary({ printFn: (line) => void lines.push(line) });
  expect(lines.join('\n')).toContain('Total params: 71,072 (277.62 KB)');
});
