import { epsilon as fuzz } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import { range, showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { reduceMax, reduceMin, reduceSum } from '../../primitives/reduce.ts';
import { axesOf, axisOf, keptShape } from '../axes.ts';
import { reshapeTo } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { cast, like, spreadTo } from '../operands.ts';
import { floatType } from '../promotion.ts';

export interface NormOptions {
  /** `'fro'`, `'nuc'`, a number, Infinity or -Infinity; 2 (of matrices: `'fro'`) when absent. */
  readonly ord?: number | 'fro' | 'nuc' | null | undefined;
  /** One axis: norms of vectors; two: norms of matrices; none: of the whole tensor. */
  readonly axis?: number | readonly number[] | null | undefined;
  /** Whether reduced axes stay, with size 1; false by default. */
  readonly keepdims?: boolean | undefined;
}
export function vectorNorm(x: Tensor, ord: number, axes: readonly number[]): Tensor {
  if (ord === 2) return p.sqrt(reduceSum(p.mul(x, x), { axes }));
  const size = p.abs(x);
  if (ord === Infinity) return reduceMax(size, { axes });
  if (ord === -Infinity) return reduceMin(size, { axes });
  if (ord === 1) return reduceSum(size, { axes });
  if (ord === 0) return reduceSum(cast(p.ne(x, like(x, 0)), x.dtype), { axes });
  const total = reduceSum(p.pow(size, like(size, ord)), { axes });
  return p.pow(total, like(total, 1 / ord));
}
/** Largest (or smallest) sum of absolute values: of columns for ±1, of rows for ±∞. */
function matrixNorm(x: Tensor, ord: number, [rows, columns]: readonly [number, number]): Tensor {
  const summed = Math.abs(ord) === 1 ? rows : columns;
  const other = Math.abs(ord) === 1 ? columns : rows;
  const sums = reduceSum(p.abs(x), { axes: [summed] });
  return (ord > 0 ? reduceMax : reduceMin)(sums, { axes: [other > summed ? other - 1 : other] });
}
/** Singular values of a stack of matrices, the largest first. */
export type SingularValues = (x: Tensor, axes: readonly [number, number]) => Tensor;

export function normOver(
  x0: Tensor,
  { ord, axis, keepdims = false }: NormOptions,
  singularValues: SingularValues,
): Tensor {
  const x = cast(x0, floatType(x0.dtype));
  const rank = x.shape.length;
  const isWhole = axis === undefined || axis === null;
  if (isWhole && ord !== undefined && ord !== null && rank > 2)
    fail(
      'norm',
      `ord ${String(ord)} of a tensor of shape ${showShape(x.shape)}`,
      'name one axis (vectors) or two (matrices)',
    );
  const listed = isWhole ? range(rank) : (typeof axis === 'number' ? [axis] : axis).map((d) => axisOf('norm', d, rank));
  const axes = axesOf('norm', listed, rank);
  if (!isWhole && listed.length > 2) fail('norm', `${listed.length} axes`, 'name one axis (vectors) or two (matrices)');
  const kept = (y: Tensor): Tensor => (keepdims ? reshapeTo(y, keptShape(x.shape, axes)) : y);
  if (ord === undefined || ord === null) return kept(vectorNorm(x, 2, axes));
  if (axes.length === 1) {
    if (typeof ord === 'string') return fail('norm', `ord "${ord}" is for matrices`, 'give a number, or name two axes');
    return kept(vectorNorm(x, ord, axes));
  }
  if (ord === 'fro') return kept(vectorNorm(x, 2, axes));
  const pair = [listed[0], listed[1]] as const;
  if (typeof ord === 'number' && (Math.abs(ord) === 1 || Math.abs(ord) === Infinity))
    return kept(matrixNorm(x, ord, pair));
  if (ord === 'nuc' || ord === 2 || ord === -2) {
    const s = singularValues(x, pair);
    const last = { axes: [s.shape.length - 1] };
    return kept(ord === 'nuc' ? reduceSum(s, last) : ord === 2 ? reduceMax(s, last) : reduceMin(s, last));
  }
  return fail(
    'norm',
    `ord ${String(ord)} is no norm of matrices`,
    'use "fro", "nuc", 1, -1, 2, -2, Infinity or -Infinity',
  );
}
export interface NormalizeOptions {
  /** Axes over which the norm is taken; the last by default. */
  readonly axis?: number | readonly number[] | undefined;
  /** Order of the norm; 2 by default. */
  readonly order?: number | undefined;
  /** Smallest norm to divide by; 1e-7 by default. */
  readonly epsilon?: number | null | undefined;
}
/** x divided by its norm along an axis. @example normalize([3, 4]) // [0.6, 0.8] */
export const normalize = op(
  'normalize',
  (x0: Tensor, { axis = -1, order = 2, epsilon }: NormalizeOptions = {}) => {
    const x = cast(x0, floatType(x0.dtype));
    const axes = axesOf('normalize', axis, x.shape.length);
    if (!Number.isInteger(order) || order < 1)
      fail('normalize', `order is ${order}`, 'give a whole number of at least 1');
    const least = epsilon ?? fuzz();
    const over = (y: Tensor): Tensor => spreadTo(reshapeTo(y, keptShape(x.shape, axes)), x.shape);
    if (order === 2) {
      const inverse = p.rsqrt(reduceSum(p.mul(x, x), { axes }));
      return p.mul(x, over(p.min(inverse, like(inverse, 1 / least))));
    }
    const size = vectorNorm(x, order, axes);
    return p.div(x, over(p.max(size, like(size, least))));
  },
  ['tensor'],
  { axis: true, order: true, epsilon: true },
);
