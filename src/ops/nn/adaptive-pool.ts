import { fail } from '../../base/errors.ts';
import { range, showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { dot } from '../../primitives/dot.ts';
import { concatenate, transpose } from '../../primitives/movement.ts';
import { reduceMax } from '../../primitives/reduce.ts';
import { tensor } from '../../tensor/like.ts';
import { part, reshapeTo } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { cast } from '../operands.ts';
import { floatType } from '../promotion.ts';
import { channelsLast, perAxis, type Sizes } from './conv.ts';

export interface AdaptivePoolOptions {
  readonly dataFormat?: 'channels_last' | 'channels_first' | null | undefined;
}
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
  return back(sizes.reduce((y, count, d) => along(y, d + 1, count), x));
}
/** Means over as many windows as wanted, which cover the inputs evenly. @example adaptiveAveragePool([[[1], [3], [5], [7]]], 2) // [[[2], [6]]] */
export const adaptiveAveragePool = op(
  'adaptiveAveragePool',
  (inputs: Tensor, outputSize: Sizes, options: AdaptivePoolOptions = {}) =>
    pooled('adaptiveAveragePool', cast(inputs, floatType(inputs.dtype)), outputSize, options, (x, axis, count) => {
      const size = x.shape[axis]!;
      const weights = new Float32Array(size * count);
      windowsOf(size, count).forEach(([from, to], i) => {
        for (let k = from; k < to; k++) weights[k * count + i] = 1 / (to - from);
      });
      const y = dot(x, cast(tensor(weights, { shape: [size, count] }), x.dtype), {
        batch: [[], []],
        contract: [[axis], [0]],
      });
      const last = x.shape.length - 1;
      return transpose(y, { perm: range(last + 1).map((d) => (d === axis ? last : d < axis ? d : d - 1)) });
    }),
);
/** Largest elements of as many windows as wanted, which cover the inputs evenly. @example adaptiveMaxPool([[[1], [3], [5], [7]]], 2) // [[[3], [7]]] */
export const adaptiveMaxPool = op(
  'adaptiveMaxPool',
  (inputs: Tensor, outputSize: Sizes, options: AdaptivePoolOptions = {}) =>
    pooled('adaptiveMaxPool', inputs, outputSize, options, (x, axis, count) => {
      const extremes = windowsOf(x.shape[axis]!, count).map(([from, to]) =>
        keep(reduceMax(part(x, axis, from, to), { axes: [axis] }), axis),
      );
      return extremes.length === 1 ? extremes[0]! : concatenate(extremes, { axis });
    }),
);
const keep = (x: Tensor, axis: number): Tensor => reshapeTo(x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]);
