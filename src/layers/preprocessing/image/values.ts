import type { DType } from '../../../base/dtype.ts';
import { add, cast, divide, less, maximum, minimum, multiply, reshape, subtract } from '../../../ops/index.ts';
import { type Seed, uniform } from '../../../random/index.ts';
import type { Tensor } from '../../../tensor/index.ts';
import type { Range } from './fields.ts';

/** Maps values of one range to another, in a dtype; unchanged if the ranges are equal. */
export function toRange(images: Tensor, from: Range, to: Range, dtype: DType): Tensor {
  if (from[0] === to[0] && from[1] === to[1]) return images;
  const shares = divide(subtract(cast(images, dtype), from[0]), from[1] - from[0]);
  return add(multiply(shares, to[1] - to[0]), to[0]);
}
/** Values kept within a range. */
export const within = (x: Tensor, [low, high]: Range): Tensor => minimum(maximum(x, low), high);
/** One number for each image, spread over it: `[n]` as `[n, 1, 1, 1]`. */
export const forEachImage = (x: Tensor): Tensor => reshape(x, [-1, 1, 1, 1]);

/** Which of n images are changed: each with a probability that is drawn for it as well. */
export function chosen(n: number, [minval, maxval]: Range, seed: Seed): Tensor {
  const probability = uniform([n], { minval, maxval, seed });
  return less(uniform([n], { seed }), probability);
}
