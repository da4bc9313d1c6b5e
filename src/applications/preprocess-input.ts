import { type DataFormat, floatx, imageDataFormat } from '../base/config.ts';
import { isFloat } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import { add, cast, divide, flip, reshape, subtract } from '../ops/index.ts';
import { asTensor, type KerasTensor, type Like, type Symbolic, type Tensor, tensor } from '../tensor/index.ts';

/** Options of a family's `preprocessInput`. */
export interface PreprocessInputOptions {
  /** The axis of the channels; null for `config.imageDataFormat()`. */
  readonly dataFormat?: DataFormat | null;
}
/** Options of `imagenetUtils.preprocessInput`. */
export interface ImagenetPreprocessInputOptions extends PreprocessInputOptions {
  /**
   * `'caffe'` (the default): channels as blue, green, red, minus ImageNet's mean; `'tf'`: from -1 to 1; `'torch'`: from 0 to 1, minus the mean, divided by
   * the standard deviation.
   */
  readonly mode?: 'caffe' | 'tf' | 'torch';
}
const own: OptionNames<PreprocessInputOptions> = { dataFormat: true };
const names: OptionNames<ImagenetPreprocessInputOptions> = { ...own, mode: true };

/** Scales pixels from 0…255 as the model's training data were: an array or tensor of one image or a batch, also symbolic. */
export interface PreprocessInput<O> {
  (x: KerasTensor, options?: O): Symbolic<Tensor>;
  (x: Like, options?: O): Tensor;
}

const modes = {
  tf: (x: Tensor): Tensor => subtract(divide(x, 127.5), 1),
  torch: (x: Tensor, ofChannels: (values: number[]) => Tensor): Tensor =>
    divide(subtract(divide(x, 255), ofChannels([0.485, 0.456, 0.406])), ofChannels([0.229, 0.224, 0.225])),
  caffe: (x: Tensor, ofChannels: (values: number[]) => Tensor, axis: number): Tensor =>
    add(flip(x, { axis }), ofChannels([-103.939, -116.779, -123.68])),
};

function preprocess(given: Like, { dataFormat, mode = 'caffe' }: ImagenetPreprocessInputOptions): Tensor {
  if (!Object.hasOwn(modes, mode)) fail('preprocessInput', `mode is ${show(mode)}`, "give 'caffe', 'tf' or 'torch'");
  const format = dataFormat ?? imageDataFormat();
  if (format !== 'channels_last' && format !== 'channels_first')
    fail('preprocessInput', `dataFormat is ${show(format)}`, "give 'channels_last' or 'channels_first'");
  const images = asTensor(given);
  const x = isFloat(images.dtype) ? images : cast(images, floatx());
  const rank = x.shape.length;
  const axis = format === 'channels_last' ? rank - 1 : rank - 3;
  if (mode !== 'tf' && ((rank !== 3 && rank !== 4) || x.shape[axis] !== 3))
    fail(
      'preprocessInput',
      `the images have shape [${x.shape.join(', ')}]`,
      `give images of three channels, ${format === 'channels_last' ? 'in the last place' : 'before height and width'}, or set dataFormat`,
    );
  const shape = x.shape.map((_, d) => (d === axis ? 3 : 1));
  return modes[mode](x, (values) => reshape(tensor(values, { dtype: x.dtype }), shape), axis);
}

/** The general function, with the mode as an option. @example keras.applications.imagenetUtils.preprocessInput([[[255, 0, 255]]], { mode: 'tf' }) // [[[1, -1, 1]]] */
export const preprocessInput = exact(
  'preprocessInput',
  2,
  (x: Like, options: ImagenetPreprocessInputOptions = {}): Tensor =>
    preprocess(x, optionsOf('preprocessInput', names, options)),
) as PreprocessInput<ImagenetPreprocessInputOptions>;

const fixed = (f: (x: Like, options: PreprocessInputOptions) => Tensor): PreprocessInput<PreprocessInputOptions> =>
  exact('preprocessInput', 2, (x: Like, options: PreprocessInputOptions = {}) =>
    f(x, optionsOf('preprocessInput', own, options)),
  ) as PreprocessInput<PreprocessInputOptions>;

/** Channels as blue, green, red, minus ImageNet's mean. */
export const caffe = /* @__PURE__ */ fixed((x, options) => preprocess(x, { ...options, mode: 'caffe' }));
/** From 0…255 to -1…1. */
export const tf = /* @__PURE__ */ fixed((x, options) => preprocess(x, { ...options, mode: 'tf' }));
/** From 0…255 to 0…1, minus ImageNet's mean, divided by its standard deviation. */
export const torch = /* @__PURE__ */ fixed((x, options) => preprocess(x, { ...options, mode: 'torch' }));
/** Pixels as they are: the model includes the preprocessing. */
export const asItIs = /* @__PURE__ */ fixed((x) => asTensor(x));
