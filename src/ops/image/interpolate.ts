import { range } from '../../base/shape.ts';
import { table } from '../../base/table.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { dot } from '../../primitives/dot.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { broadcast, transpose } from '../../primitives/movement.ts';
import { reduceSum } from '../../primitives/reduce.ts';
import { filled, like, spreadTo } from '../operands.ts';

/** How neighbours are weighted, by their distance in (input) pixels. */
export type Kernel = (distance: Tensor) => Tensor;
const at = (x: Tensor, value: number): Tensor => like(x, value);
const triangle: Kernel = (x) => p.max(p.sub(at(x, 1), x), at(x, 0));
/** Keys's cubic with a = -1/2. */
const cubic: Kernel = (x) => {
  const polynomial = (a: number, b: number, c: number, d: number): Tensor =>
    [b, c, d].reduce((sum, k) => p.add(p.mul(sum, x), at(x, k)), at(x, a));
  const near = polynomial(1.5, -2.5, 0, 1);
  const far = polynomial(-0.5, 2.5, -4, 2);
  return p.select(p.ge(x, at(x, 2)), at(x, 0), p.select(p.ge(x, at(x, 1)), far, near));
};
const lanczos =
  (radius: number): Kernel =>
  (x) => {
    const angle = p.mul(x, at(x, Math.PI));
    const y = p.mul(p.mul(p.sin(angle), at(x, radius)), p.sin(p.div(angle, at(x, radius))));
    const isZero = p.eq(x, at(x, 0));
    const square = p.select(isZero, at(x, 1), p.mul(angle, angle));
    const value = p.select(p.gt(x, at(x, 1e-3)), p.div(y, square), at(x, 1));
    return p.select(p.gt(x, at(x, radius)), at(x, 0), value);
  };
const kernels: Readonly<Record<string, Kernel>> = table({
  linear: triangle,
  bilinear: triangle,
  trilinear: triangle,
  triangle,
  cubic,
  bicubic: cubic,
  tricubic: cubic,
  lanczos3: lanczos(3),
  lanczos5: lanczos(5),
});
export const kernelOf = (method: string): Kernel | undefined => kernels[method];

/**
 * Weights `[input, output]` with which an axis is resampled: output i samples at `(i + 1/2 - translation) / scale - 1/2`;
 * shrinking with `antialias` widens the kernel. Samples outside the input weigh nothing.
 */
export function weightMatrix(
  input: number,
  output: number,
  scale: Tensor,
  translation: Tensor,
  kernel: Kernel,
  antialias: boolean,
): Tensor {
  const one = filled([], 'float32', 1);
  const inverse = p.div(one, scale);
  const width = antialias ? p.max(inverse, one) : one;
  const line = iota({ shape: [output], dtype: 'float32', axis: 0 });
  const over = (x: Tensor): Tensor => spreadTo(x, [output]);
  const sample = p.sub(
    p.sub(p.mul(p.add(line, like(line, 0.5)), over(inverse)), over(p.mul(translation, inverse))),
    like(line, 0.5),
  );
  const shape = [input, output];
  const wide = broadcast(sample, { shape, axes: [1] });
  const distance = p.div(p.abs(p.sub(wide, iota({ shape, dtype: 'float32', axis: 0 }))), spreadTo(width, shape));
  const raw = kernel(distance);
  const total = spreadTo(reduceSum(raw, { axes: [0] }), shape);
  const isZero = p.eq(total, like(total, 0));
  const enough = p.gt(p.abs(total), like(total, 1000 * 2 ** -23));
  const weights = p.select(enough, p.div(raw, p.select(isZero, like(total, 1), total)), like(raw, 0));
  const inside = p.bitAnd(p.ge(wide, like(wide, -0.5)), p.le(wide, like(wide, input - 0.5)));
  return p.select(inside, weights, like(raw, 0));
}

/** The tensor with one axis multiplied by a matrix `[input, output]`. */
export function alongAxis(x: Tensor, axis: number, weights: Tensor): Tensor {
  const y = dot(x, weights, { batch: [[], []], contract: [[axis], [0]] });
  const rank = x.shape.length;
  const perm = [...range(axis), rank - 1, ...range(rank - 1 - axis).map((d) => axis + d)];
  return perm.every((a, d) => a === d) ? y : transpose(y, { perm });
}
