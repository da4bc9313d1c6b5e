import { expect, it } from 'vitest';
import { getH5Text, h5Text, writeHdf5 } from '../../formats/hdf5.ts';
import * as keras from '../../index.ts';
import { modelToH5 } from '../legacy/h5-model.ts';
import { kerasOperations } from './keras-operations.ts';

const x = () => keras.Input({ shape: [4] });
it('writes an activation that is no operation of Keras as the layer that applies it', async () => {
  const inputs = x();
  const model = new keras.Model({ inputs, outputs: keras.ops.mish(inputs) });
  const text = model.toJson();
  expect(text).toContain('"class_name": "Activation"');
  expect(text).not.toContain('hornbeam');
  const again = keras.models.modelFromJson<keras.Model>(text);
  const data = keras.tensor([[-1, 0, 1, 2]]);
  expect(await (await again.predict(data)).array()).toEqual(await (await model.predict(data)).array());
});
it('refuses other ops that Keras does not have, with a cure', () => {
  const inputs = x();
  const model = new keras.Model({ inputs, outputs: keras.ops.boxIou(inputs, inputs) });
  expect(() => model.toJson()).toThrow(/boxIou.*\n.*custom layer/);
});
it('writes the sizes that rearrange is told, under the names of their axes', async () => {
  const inputs = keras.Input({ shape: [6, 2] });
  const outputs = keras.ops.rearrange(inputs, 'b (h head_dim) c -> b h (head_dim c)', { head_dim: 3 });
  const model = new keras.Model({ inputs, outputs });
  expect(model.toJson()).toContain('"kwargs": {"head_dim": 3}');
  const again = keras.models.modelFromJson<keras.Model>(model.toJson());
  expect(again.outputShape).toEqual([null, 2, 6]);
});
it('refuses an op whose arguments are missing, and names one', () => {
  const inputs = x();
  const model = new keras.Model({ inputs, outputs: keras.ops.add(inputs, 1) });
  const config = JSON.parse(model.toJson());
  config.config.layers[1].inbound_nodes[0].args.pop();
  expect(() => keras.models.modelFromJson(JSON.stringify(config))).toThrow(
    /ops\.add "add.*": its config holds nothing for its argument x2/,
  );
});
it('takes ranges without ends', async () => {
  const y = keras.ops.getItem([1, 2, 3], { slice: [] });
  expect(await y.array()).toEqual([1, 2, 3]);
  expect(await keras.ops.getItem([1, 2, 3], { slice: [1] }).array()).toEqual([2, 3]);
});
it('writes keys of x[key] as Keras reads them: alone in a list, and every axis named in an .h5 file', async () => {
  const inputs = keras.Input({ shape: [4, 5] });
  const last = keras.ops.getItem(inputs, ['...', null, 1]);
  const model = new keras.Model({ inputs, outputs: [last, keras.ops.getItem(inputs, { slice: [1, 2] })] });
  const all = { class_name: '__slice__', config: { start: null, stop: null, step: null } };
  const keysIn = (config: string): unknown[] =>
    JSON.parse(config)
      .config.layers.slice(1)
      .map((layer: { inbound_nodes: { args: unknown[] }[] }) => layer.inbound_nodes[0]!.args[1]);
  const some = { class_name: '__slice__', config: { start: 1, stop: 2, step: null } };
  expect(keysIn(model.toJson())).toEqual([[{ class_name: '__ellipsis__', config: {} }, null, 1], [some]]);
  const h5 = await modelToH5(model as never);
  expect(keysIn(getH5Text(h5, 'model_config')!)).toEqual([[all, all, null, 1], [some]]);
});
it('knows ops without a module by their options: a dtype that an op gives is no policy of a layer', async () => {
  const inputs = keras.Input({ shape: [4] });
  const sums = keras.ops.cumsum(new keras.layers.Dense({ units: 2 })(inputs), { axis: -1 });
  const model = new keras.Model({ inputs, outputs: keras.ops.cast(keras.ops.multiply(sums, 9), 'int32') });
  const file = await modelToH5(model as never);
  const config = JSON.parse(getH5Text(file, 'model_config')!);
  for (const layer of config.config.layers) {
    delete layer.module;
    delete layer.registered_name;
  }
  file.attributes['model_config'] = h5Text(JSON.stringify(config));
  const again = await keras.models.loadModel<keras.Model>(await writeHdf5(file));
  const x = keras.tensor([[1, 2, 3, 4]]);
  expect(await (await again.predict(x)).array()).toEqual(await (await model.predict(x)).array());
});
it('keeps the keys of dictionaries that layers are called with, and finds their options under Python’s names', async () => {
  class Sum extends keras.layers.Layer {
    static override readonly className = 'Sum';
    override call(inputs: any, { scale1 = 1 }: keras.CallOptions & { scale1?: number } = {}): keras.Tensor {
      return keras.ops.multiply(keras.ops.add(inputs.left_input, inputs.right_input), scale1);
    }
  }
  const [a, b] = [x(), x()];
  const layer = new Sum() as unknown as (inputs: object, options: object) => keras.KerasTensor;
  const model = new keras.Model({ inputs: [a, b], outputs: layer({ left_input: a, right_input: b }, { scale1: 3 }) });
  expect(model.toJson()).toContain('"kwargs": {"scale_1": 3}');
  const again = keras.models.modelFromJson<keras.Model>(model.toJson(), { customObjects: { Sum } });
  expect(await (await again.predict([keras.ops.ones([1, 4]), keras.ops.ones([1, 4])])).array()).toEqual([[6, 6, 6, 6]]);
});
/** Classes of Keras that are not the op's name with a capital: scripts/keras-operations.py prints all. */
const classesInKeras: Readonly<Record<string, string>> = {
  abs: 'Absolute',
  allclose: 'AllClose',
  batchNormalization: 'BatchNorm',
  cdist: 'CDist',
  conj: 'Conjugate',
  ctcDecode: 'CTCDecode',
  ctcLoss: 'CTCLoss',
  extractPatches3d: 'ExtractPatches',
  fft: 'FFT',
  fft2: 'FFT2',
  hardSwish: 'HardSilu',
  hsvToRgb: 'HSVToRGB',
  ifft2: 'IFFT2',
  irfft: 'IRFFT',
  isin: 'IsIn',
  istft: 'ISTFT',
  jvp: 'JVP',
  layerNormalization: 'LayerNorm',
  psnr: 'PSNR',
  rfft: 'RFFT',
  rgbToGrayscale: 'RGBToGrayscale',
  rgbToHsv: 'RGBToHSV',
  rmsNormalization: 'RMSNorm',
  searchsorted: 'SearchSorted',
  ssim: 'SSIM',
  stft: 'STFT',
  svd: 'SVD',
  swish: 'Silu',
};
it('ops name the class that stands for them in Keras', () => {
  const ops = { ...keras.ops, ...keras.ops.image } as Record<string, unknown> & typeof keras.ops;
  const names = kerasOperations
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0]!);
  // `ndim` and `size` give numbers here, and stand in no model.
  expect(names.filter((name) => !(ops[name] as { opClass?: string } | undefined)?.opClass)).toEqual(['ndim', 'size']);
  const found = names.map((name) => [name, (ops[name] as { opClass?: string } | undefined)?.opClass]);
  expect(found.filter(([, opClass]) => opClass)).toEqual(
    names
      .filter((name) => name !== 'ndim' && name !== 'size')
      .map((name) => [name, classesInKeras[name] ?? name.replace(/^./, (c) => c.toUpperCase())]),
  );
});

it('reads arrays of NumPy between layers, and the ops whose results are numbers here', async () => {
  const tensorOf = (name: string): object => ({
    class_name: '__keras_tensor__',
    config: { shape: [null, 4], dtype: 'float32', keras_history: [name, 0, 0] },
  });
  const op = (name: string, args: unknown[]): object => ({
    module: 'keras.src.ops.numpy',
    class_name: name,
    config: { name: name.toLowerCase() },
    registered_name: name,
    name: name.toLowerCase(),
    inbound_nodes: [{ args, kwargs: {} }],
  });
  const array = { class_name: '__numpy__', config: { value: [1, 2, 3, 4], dtype: 'float32' } };
  const columns = { class_name: '__numpy__', config: { value: [3, 0], dtype: 'int64' } };
  const every = { class_name: '__slice__', config: { start: null, stop: null, step: null } };
  const inputs = x();
  const config = JSON.parse(new keras.Model({ inputs, outputs: keras.ops.relu(inputs) }).toJson());
  const [input] = config.config.layers;
  config.config.layers = [
    input,
    op('Add', [tensorOf(input.name), array]),
    op('Ndim', [tensorOf('add')]),
    op('Size', [tensorOf('add')]),
    op('Multiply', [tensorOf('add'), tensorOf('ndim')]),
    op('Divide', [tensorOf('multiply'), tensorOf('size')]),
    op('GetItem', [tensorOf('divide'), [every, columns]]),
  ];
  config.config.output_layers = [['getitem', 0, 0]];
  const model = keras.models.modelFromJson<keras.Model>(JSON.stringify(config));
  const data = keras.tensor([
    [1, 1, 1, 1],
    [2, 2, 2, 2],
  ]);
  const answer = [
    [1.25, 0.5],
    [1.5, 0.75],
  ];
  expect(await (await model.predict(data)).array()).toEqual(answer);
  const again = keras.models.modelFromJson<keras.Model>(model.toJson());
  expect(await (await again.predict(data)).array()).toEqual(answer);
});

it('writes what Keras keeps in the config of an op alone there, and nowhere else', () => {
  const inputs = x();
  const outputs = keras.ops.layerNormalization(inputs, { rmsScaling: true });
  const [, layer] = JSON.parse(new keras.Model({ inputs, outputs }).toJson()).config.layers;
  expect(layer.config.rms_scaling).toBe(true);
  expect(layer.inbound_nodes[0].kwargs).toEqual({});
});
