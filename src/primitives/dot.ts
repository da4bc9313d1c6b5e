import type { DType } from '../base/dtype.ts';
import { range, type Shape } from '../base/shape.ts';
import { apply, axis, convert, type Expr, indexOf, reduce, scalarType } from '../ir/expr.ts';
import { type Primitive, primitive } from '../ir/primitive.ts';
import type { Aval, Tensor } from '../ir/tensor.ts';
import { transpose } from './movement.ts';

/** Axes of the two operands that correspond: those that remain (batch) and those that are summed over (contract). */
export interface DotAttrs {
  readonly batch: readonly [left: readonly number[], right: readonly number[]];
  readonly contract: readonly [left: readonly number[], right: readonly number[]];
  /** Type of the sums; that of the operands by default. */
  readonly dtype?: DType;
}
const free = (x: Aval, batch: readonly number[], contract: readonly number[]): number[] =>
  range(x.shape.length).filter((d) => !batch.includes(d) && !contract.includes(d));
const pick = (shape: Shape, axes: readonly number[]): number[] => axes.map((d) => shape[d]);

/** `out[batch, i, j] = Σ_k x[batch, i, k] · y[batch, k, j]`, with the axes of x and y in any order. */
export const dot: Primitive<[x: Tensor, y: Tensor], DotAttrs> = primitive<[x: Tensor, y: Tensor], DotAttrs>('dot', {
  kind: 'contraction',
  result: ([x, y], { batch, contract, dtype }) => ({
    shape: [
      ...pick(x.shape, batch[0]),
      ...pick(x.shape, free(x, batch[0], contract[0])),
      ...pick(y.shape, free(y, batch[1], contract[1])),
    ],
    dtype: dtype ?? x.dtype,
  }),
  at: ([x, y], index, { batch, contract }, out) => {
    const summed = contract[0].map((d, n) => axis(x.shape[d], `k${n}`));
    const [freeX, freeY] = [free(x, batch[0], contract[0]), free(y, batch[1], contract[1])];
    const place = (rank: number, side: 0 | 1, own: readonly number[], offset: number): Expr[] =>
      range(rank).map((d) => {
        if (batch[side].includes(d)) return index[batch[side].indexOf(d)];
        if (contract[side].includes(d)) return indexOf(summed[contract[side].indexOf(d)]);
        return index[offset + own.indexOf(d)];
      });
    const left = x(...place(x.shape.length, 0, freeX, batch[0].length));
    const right = y(...place(y.shape.length, 1, freeY, batch[0].length + freeX.length));
    const type = scalarType(out.dtype);
    return reduce('add', summed, apply('mul', convert(left, type), convert(right, type)));
  },
  contraction: ([x, y], { batch, contract }) => {
    const lead = batch[0].length;
    const [freeX, freeY] = [free(x, batch[0], contract[0]), free(y, batch[1], contract[1])];
    return {
      batch: batch[0].map((d, i) => [d, batch[1][i], i]),
      lines: [freeX.map((d, i) => [d, lead + i]), freeY.map((d, i) => [d, lead + freeX.length + i])],
      depth: contract[0].map((d, i) => [d, contract[1][i]]),
      windows: [],
    };
  },
  vjp: (g, [x, y], attrs) => [gradientOf(0, g, x, y, attrs), gradientOf(1, g, x, y, attrs)],
  samples: [
    { inputs: [{ shape: [3, 4] }, { shape: [4, 5] }], attrs: { batch: [[], []], contract: [[1], [0]] } },
    { inputs: [{ shape: [2, 3, 4] }, { shape: [5, 2, 4] }], attrs: { batch: [[0], [1]], contract: [[2], [2]] } },
    {
      inputs: [{ shape: [3, 2, 4] }, { shape: [4, 3, 5] }],
      attrs: {
        batch: [[], []],
        contract: [
          [0, 2],
          [1, 0],
        ],
      },
    },
    { inputs: [{ shape: [4] }, { shape: [4] }], attrs: { batch: [[], []], contract: [[0], [0]] } },
    { inputs: [{ shape: [65, 37] }, { shape: [37, 41] }], attrs: { batch: [[], []], contract: [[1], [0]] } },
  ],
});

/** Contracts g with the other operand over that one's free axes, then puts the axes where the operand had them. */
function gradientOf(side: 0 | 1, g: Tensor, x: Tensor, y: Tensor, { batch, contract }: DotAttrs): Tensor {
  const [self, other] = side === 0 ? [x, y] : [y, x];
  const [mine, theirs] = [side, side === 0 ? 1 : 0] as const;
  const batches = batch[0].length;
  const freeX = free(x, batch[0], contract[0]).length;
  const freeY = free(y, batch[1], contract[1]).length;
  const otherFree = free(other, batch[theirs], contract[theirs]);
  const gFree = range(side === 0 ? freeY : freeX).map((d) => batches + (side === 0 ? freeX : 0) + d);
  const [gAxes, oAxes] = [
    { batch: range(batches), contract: gFree },
    { batch: batch[theirs], contract: otherFree },
  ];
  // The left operand stays on the left, so that a plain matrix product needs no transposition.
  const left = side === 0;
  // Sums, and therefore g, may be wider than the operands: the gradient has the type of its operand.
  const type = g.dtype === self.dtype && other.dtype === self.dtype ? {} : { dtype: self.dtype };
  const d = left
    ? dot(g, other, { batch: [gAxes.batch, oAxes.batch], contract: [gAxes.contract, oAxes.contract], ...type })
    : dot(other, g, { batch: [oAxes.batch, gAxes.batch], contract: [oAxes.contract, gAxes.contract], ...type });
  // Order of d's axes, in axes of `self`: batch, then (left) own free axes and contracted ones as `other` keeps them.
  const summed = range(other.shape.length)
    .filter((a) => contract[theirs].includes(a))
    .map((a) => contract[mine][contract[theirs].indexOf(a)]);
  const own = free(self, batch[mine], contract[mine]);
  const order = left ? [...batch[mine], ...own, ...summed] : [...batch[mine], ...summed, ...own];
  const perm = range(order.length).map((a) => order.indexOf(a));
  return perm.every((p, a) => p === a) ? d : transpose(d, { perm });
}
