import { type DType, isInexact } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import type { OptionNames } from '../../base/options.ts';
import { range, type Shape, showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { conv as convolution } from '../../primitives/conv.ts';
import { reverse, transpose } from '../../primitives/movement.ts';
import { reshapeTo } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { cast } from '../operands.ts';
import { floatType, resultType } from '../promotion.ts';
import { asDataFormat } from './data-format.ts';

export type Sizes = number | readonly number[];
/** Options of convolutions. */
export interface ConvOptions {
  /** Steps of the window along each axis, or one for all; 1 by default. */
  readonly strides?: Sizes | undefined;
  /** `'valid'` (the default): windows within the input; `'same'`: zeros around it, so that the size stays at stride 1. */
  readonly padding?: 'valid' | 'same' | undefined;
  /** Whether channels are the last axis or follow the batch; `config.imageDataFormat()` by default. */
  readonly dataFormat?: 'channels_last' | 'channels_first' | null | undefined;
  /** Distance of the window's elements along each axis, or one for all; 1 by default. */
  readonly dilationRate?: Sizes | undefined;
}
const convOptions: OptionNames<ConvOptions> = { strides: true, padding: true, dataFormat: true, dilationRate: true };

/** One number for each spatial axis. */
export function perAxis(who: string, argument: string, value: Sizes, rank: number, least = 1): number[] {
  const list =
    typeof value === 'number'
      ? range(rank).map(() => value)
      : value.length === 1
        ? range(rank).map(() => value[0])
        : [...value];
  if (list.length !== rank || list.some((n) => !Number.isInteger(n) || n < least))
    fail(
      who,
      `${argument} is ${JSON.stringify(value)}`,
      `give a whole number of at least ${least}, or ${rank} of them`,
    );
  return list;
}
/** Zeros before and after an axis so that ceil(size / stride) windows fit, the odd one after. */
export function samePadding(size: number, window: number, stride: number, dilation = 1): [number, number] {
  const reach = (window - 1) * dilation + 1;
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
  return [total >> 1, total - (total >> 1)];
}
/** The padding of each spatial axis; refuses windows that do not fit. */
export function paddingOf(
  who: string,
  padding: string,
  spatial: Shape,
  window: Shape,
  strides: Shape,
  dilation?: Shape,
): [number, number][] {
  const mode = padding.toLowerCase?.();
  if (mode === 'valid') {
    const d = spatial.findIndex((n, k) => n < (window[k] - 1) * (dilation?.[k] ?? 1) + 1);
    if (d >= 0)
      fail(
        who,
        `a window of ${showShape(window)} does not fit into ${showShape(spatial)}: nothing would be left`,
        'use padding "same", a smaller window, or larger inputs',
      );
    return spatial.map(() => [0, 0]);
  }
  if (mode === 'same') return spatial.map((n, d) => samePadding(n, window[d], strides[d], dilation?.[d]));
  return fail(who, `unknown padding "${padding}"`, 'use "valid" or "same"');
}
/** The tensor with its channels last, and a function that puts the result's channels where they were. */
export function channelsLast(
  who: string,
  x: Tensor,
  dataFormat: string | null | undefined,
): [Tensor, (y: Tensor) => Tensor] {
  const rank = x.shape.length;
  if (asDataFormat(dataFormat, who) === 'channels_last') return [x, (y) => y];
  return [
    transpose(x, { perm: [0, ...range(rank).slice(2), 1] }),
    (y) => transpose(y, { perm: [0, rank - 1, ...range(rank).slice(1, rank - 1)] }),
  ];
}
/** `[n, …p, c]` as the primitive sees it: `[n, …p, groups, c / groups]`. */
const grouped = (x: Tensor, groups: number): Tensor =>
  reshapeTo(x, [...x.shape.slice(0, -1), groups, x.shape.at(-1)! / groups]);
const ungrouped = (y: Tensor): Tensor => reshapeTo(y, [...y.shape.slice(0, -2), y.shape.at(-2)! * y.shape.at(-1)!]);
/** `[…k, c, groups · o]` as `[groups, …k, c, o]`. */
function groupedKernel(w: Tensor, groups: number): Tensor {
  const shape = [...w.shape.slice(0, -1), groups, w.shape.at(-1)! / groups];
  if (groups === 1) return reshapeTo(w, [1, ...w.shape]);
  const rank = shape.length;
  return transpose(reshapeTo(w, shape), { perm: [rank - 2, ...range(rank - 2), rank - 1] });
}

function promoted(who: string, inputs: Tensor, kernel: Tensor): [Tensor, Tensor] {
  if (inputs.shape.length < 3 || inputs.shape.length > 5)
    fail(who, `inputs have shape ${showShape(inputs.shape)}`, 'give batch, one to three spatial axes, and channels');
  if (kernel.shape.length !== inputs.shape.length)
    fail(
      who,
      `the kernel has shape ${showShape(kernel.shape)}, inputs ${showShape(inputs.shape)}`,
      'give both the same number of spatial axes',
    );
  const dtype = floatType(resultType(inputs.dtype, kernel.dtype));
  return [cast(inputs, dtype), cast(kernel, dtype)];
}
/** Integers are summed in the operands' type. */
function inOwnType(y: Tensor, inputs: Tensor, kernel: Tensor): Tensor {
  const dtype = resultType(inputs.dtype, kernel.dtype);
  if (isInexact(dtype)) return y;
  return cast(isNarrow(dtype) ? cast(y, 'int32') : y, dtype);
}
const isNarrow = (dtype: DType): boolean => dtype.endsWith('8') || dtype.endsWith('16');
/** Strides and dilations cannot both differ from 1, as in Keras's layers; the op itself allows it. */
function window(
  who: string,
  rank: number,
  { strides = 1, dilationRate = 1 }: ConvOptions,
): { strides: number[]; dilation: number[] } {
  return {
    strides: perAxis(who, 'strides', strides, rank),
    dilation: perAxis(who, 'dilationRate', dilationRate, rank),
  };
}

/** Convolution over one to three spatial axes: inputs `[n, …p, c]`, kernel `[…k, c / groups, o]`, result `[n, …q, o]`. @example conv(ones([1, 4, 1]), ones([3, 1, 1])).shape // [1, 2, 1] */
export const conv = op(
  'conv',
  (inputs: Tensor, kernel: Tensor, options: ConvOptions = {}) => {
    const [x0, w] = promoted('conv', inputs, kernel);
    const [x, back] = channelsLast('conv', x0, options.dataFormat);
    const rank = x.shape.length - 2;
    const { strides, dilation } = window('conv', rank, options);
    const [channels, depth, filters] = [x.shape.at(-1)!, w.shape.at(-2)!, w.shape.at(-1)!];
    const groups = channels / depth;
    if (!Number.isInteger(groups) || groups < 1 || filters % groups !== 0)
      fail(
        'conv',
        `the kernel of shape ${showShape(w.shape)} takes ${depth} channels, inputs of shape ${showShape(inputs.shape)} have ${channels}`,
        'give a kernel […k, channels / groups, filters]',
      );
    const padding = paddingOf(
      'conv',
      options.padding ?? 'valid',
      x.shape.slice(1, -1),
      w.shape.slice(0, -2),
      strides,
      dilation,
    );
    const y = convolution(grouped(x, groups), groupedKernel(w, groups), {
      strides,
      padding,
      dilation,
      inputDilation: strides.map(() => 1),
    });
    return inOwnType(back(ungrouped(y)), inputs, kernel);
  },
  ['tensor', 'tensor'],
  convOptions,
);

function depthwise(who: string, inputs: Tensor, kernel: Tensor, options: ConvOptions): Tensor {
  const [x, w] = promoted(who, inputs, kernel);
  const rank = x.shape.length - 2;
  const { strides, dilation } = window(who, rank, options);
  const channels = x.shape.at(-1)!;
  if (w.shape.at(-2) !== channels)
    fail(
      who,
      `the kernel of shape ${showShape(w.shape)} takes ${w.shape.at(-2)} channels, the inputs have ${channels}`,
      'give a kernel […k, channels, multiplier]',
    );
  const padding = paddingOf(
    who,
    options.padding ?? 'valid',
    x.shape.slice(1, -1),
    w.shape.slice(0, -2),
    strides,
    dilation,
  );
  // Each channel is a group of its own: the kernel is [c, …k, 1, multiplier].
  const filter = transpose(reshapeTo(w, [...w.shape.slice(0, -2), channels, 1, w.shape.at(-1)!]), {
    perm: [rank, ...range(rank), rank + 1, rank + 2],
  });
  return ungrouped(
    convolution(grouped(x, channels), filter, { strides, padding, dilation, inputDilation: strides.map(() => 1) }),
  );
}
/** Convolution of each channel on its own: kernel `[…k, c, multiplier]`, result `[n, …q, c · multiplier]`. @example depthwiseConv(ones([1, 4, 2]), ones([3, 2, 1])).shape // [1, 2, 2] */
export const depthwiseConv = op(
  'depthwiseConv',
  (inputs: Tensor, kernel: Tensor, options: ConvOptions = {}) => {
    const [x, back] = channelsLast('depthwiseConv', inputs, options.dataFormat);
    return inOwnType(back(depthwise('depthwiseConv', x, kernel, options)), inputs, kernel);
  },
  ['tensor', 'tensor'],
  convOptions,
);
/** A depthwise convolution followed by a pointwise one: kernels `[…k, c, multiplier]` and `[1…, c · multiplier, o]`. @example separableConv(ones([1, 4, 2]), ones([3, 2, 1]), ones([1, 2, 5])).shape // [1, 2, 5] */
export const separableConv = op(
  'separableConv',
  (inputs: Tensor, depthwiseKernel: Tensor, pointwiseKernel: Tensor, options: ConvOptions = {}) => {
    const [x, back] = channelsLast('separableConv', inputs, options.dataFormat);
    const y = depthwise('separableConv', x, depthwiseKernel, options);
    const z = back(conv(y, pointwiseKernel, { padding: 'valid', dataFormat: 'channels_last' }));
    return inOwnType(z, inputs, pointwiseKernel);
  },
  ['tensor', 'tensor', 'tensor'],
  convOptions,
);

/** Options of `convTranspose`. */
export interface ConvTransposeOptions extends ConvOptions {
  /** Elements added to one end of each axis of the result; by default implied by the padding. */
  readonly outputPadding?: Sizes | null | undefined;
}
/** Zeros around an axis of the inputs, spread out by the stride, over which the flipped window slides. */
function transposedPadding(
  who: string,
  padding: string,
  window: number,
  stride: number,
  dilation: number,
  output: number | null,
): [number, number] {
  const mode = padding.toLowerCase();
  if (mode !== 'valid' && mode !== 'same') fail(who, `unknown padding "${padding}"`, 'use "valid" or "same"');
  const reach = (window - 1) * dilation + 1;
  if (mode === 'valid') return [reach - 1, reach - 1 + (output ?? Math.max(stride - reach, 0))];
  // Together they make the result `size · stride` long, or `(size - 1) · stride + reach % 2 + outputPadding`.
  const total = output === null ? stride + reach - 2 : reach + (reach % 2) - 2 + output;
  const low = Math.min(Math.ceil(total / 2), reach - 1);
  return [low, total - low];
}
/** The transpose of a convolution, which spreads each input over a window: kernel `[…k, o, c]`, result `[n, …q, o]`. @example convTranspose(ones([1, 2, 1]), ones([2, 1, 1]), { strides: 2 }).shape // [1, 4, 1] */
export const convTranspose = op(
  'convTranspose',
  (inputs: Tensor, kernel: Tensor, options: ConvTransposeOptions = {}) => {
    const [x0, w] = promoted('convTranspose', inputs, kernel);
    const [x, back] = channelsLast('convTranspose', x0, options.dataFormat);
    const rank = x.shape.length - 2;
    const { strides, dilation } = window('convTranspose', rank, options);
    const outputPadding =
      options.outputPadding === undefined || options.outputPadding === null
        ? null
        : perAxis('convTranspose', 'outputPadding', options.outputPadding, rank, 0);
    if (w.shape.at(-1) !== x.shape.at(-1))
      fail(
        'convTranspose',
        `the kernel of shape ${showShape(w.shape)} takes ${w.shape.at(-1)} channels, inputs of shape ${showShape(inputs.shape)} have ${x.shape.at(-1)}`,
        'give a kernel […k, filters, channels]',
      );
    const padding = strides.map((stride, d) =>
      transposedPadding(
        'convTranspose',
        options.padding ?? 'valid',
        w.shape[d],
        stride,
        dilation[d],
        outputPadding?.[d] ?? null,
      ),
    );
    const flipped = reverse(transpose(w, { perm: [...range(rank), rank + 1, rank] }), { axes: range(rank) });
    const y = convolution(grouped(x, 1), reshapeTo(flipped, [1, ...flipped.shape]), {
      strides: strides.map(() => 1),
      padding,
      dilation,
      inputDilation: strides,
    });
    return inOwnType(back(ungrouped(y)), inputs, kernel);
  },
  ['tensor', 'tensor'],
  { outputPadding: true, strides: true, padding: true, dataFormat: true, dilationRate: true },
);
