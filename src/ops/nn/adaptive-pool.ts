import { fail } from '../../base/errors.ts';
import type { OptionNames } from '../../base/options.ts';
import { range, showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { concatenate } from '../../primitives/movement.ts';
import { reduceSum } from '../../primitives/reduce.ts';
import { reduceWindow } from '../../primitives/window.ts';
import { part, reshapeTo } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { cast, like } from '../operands.ts';
import { floatType } from '../promotion.ts';
import { channelsLast, perAxis, type Sizes } from './conv.ts';

export interface AdaptivePoolOptions {
  /** Whether channels are the last axis or follow the batch; `config.imageDataFormat()` by default. */
  readonly dataFormat?: 'channels_last' | 'channels_first' | null | undefined;
}
const adaptivePoolOptions: OptionNames<AdaptivePoolOptions> = { dataFormat: true };
// Each window is a computation of its own.
const mostWindows = 4096;
/** First and last-but-one position of each window: together they cover the axis. */
const windowsOf = (size: number, count: number): (readonly [number, number])[] =>
  range(count).map((i) => [Math.floor((i * size) / count), Math.ceil(((i + 1) * size) / count)] as const);

function pooled(
  who: string,
  inputs: Tensor,
  outputSize: Sizes,
  { dataFormat }: AdaptivePoolOptions,
  along: (x: Tensor, axis: number, count: number) => Tensor,
): Tensor {
  if (inputs.shape.length < 3 || inputs.shape.length > 5)
    fail(who, `inputs have shape ${showShape(inputs.shape)}`, 'give batch, one to three spatial axes, and channels');
  const [x, back] = channelsLast(who, inputs, dataFormat);
  const sizes = perAxis(who, 'outputSize', outputSize, x.shape.length - 2);
  const tooMany = sizes.find((count) => count > mostWindows);
  if (tooMany) fail(who, `outputSize asks for ${tooMany} windows along an axis`, `give at most ${mostWindows}`);
  return back(sizes.reduce((y, count, d) => along(y, d + 1, count), x));
}
/**
 * Means over a given number of windows, which cover the inputs evenly.
 * @example adaptiveAveragePool([[[1], [3], [5], [7]]], 2) // [[[2], [6]]]
 */
export const adaptiveAveragePool = op(
  'adaptiveAveragePool',
  (inputs: Tensor, outputSize: Sizes, options: AdaptivePoolOptions = {}) =>
    pooled('adaptiveAveragePool', cast(inputs, floatType(inputs.dtype)), outputSize, options, (x, axis, count) =>
      byWindow(x, axis, count, (part) => {
        const total = reduceSum(part, { axes: [axis] });
        return keep(p.div(total, like(total, part.shape[axis])), axis);
      }),
    ),
  ['tensor'],
  adaptivePoolOptions,
);
/**
 * Largest elements of a given number of windows, which cover the inputs evenly.
 * @example adaptiveMaxPool([[[1], [3], [5], [7]]], 2) // [[[3], [7]]]
 */
export const adaptiveMaxPool = op(
  'adaptiveMaxPool',
  (inputs: Tensor, outputSize: Sizes, options: AdaptivePoolOptions = {}) =>
    pooled('adaptiveMaxPool', inputs, outputSize, options, (x, axis, count) =>
      byWindow(x, axis, count, (part) => {
        const alone = (n: number): number[] => x.shape.map((_, d) => (d === axis ? n : 1));
        const padding = x.shape.map((): [number, number] => [0, 0]);
        const window = alone(part.shape[axis]);
        // A sliding window's gradient goes to the first of equal elements.
        return reduceWindow(part, { combine: 'max', window, strides: alone(1), padding, dilation: alone(1) });
      }),
    ),
  ['tensor'],
  adaptivePoolOptions,
);
/** One element for each window along an axis. */
function byWindow(x: Tensor, axis: number, count: number, f: (part: Tensor) => Tensor): Tensor {
  const found = windowsOf(x.shape[axis], count).map(([from, to]) => f(part(x, axis, from, to)));
  return found.length === 1 ? found[0] : concatenate(found, { axis });
}
const keep = (x: Tensor, axis: number): Tensor => reshapeTo(x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]);
