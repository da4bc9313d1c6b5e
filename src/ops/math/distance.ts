import { fail } from '../../base/errors.ts';
import { showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { gather } from '../../primitives/indexing/gather.ts';
import { reshape } from '../../primitives/movement.ts';
import { reduceSum } from '../../primitives/reduce.ts';
import { op } from '../op.ts';
import { broadcastShapes, cast, like, spreadTo } from '../operands.ts';
import { floatType, resultType } from '../promotion.ts';

/** Euclidean distances between all vectors of one set and all of another: `[…, m, d]` and `[…, n, d]`. @example cdist([[0, 0]], [[3, 4]]) // [[5]] */
export const cdist = op(
  ['cdist', 'CDist'],
  (x0: Tensor, y0: Tensor) => {
    if (x0.shape.length < 2 || y0.shape.length < 2 || x0.shape.at(-1) !== y0.shape.at(-1))
      fail(
        'cdist',
        `the operands have shapes ${showShape(x0.shape)} and ${showShape(y0.shape)}`,
        'give […, count, depth] with equal depths',
      );
    const common = resultType(x0.dtype, y0.dtype);
    const dtype = floatType(common);
    const [m, n, depth] = [x0.shape.at(-2)!, y0.shape.at(-2)!, x0.shape.at(-1)!];
    const batch = broadcastShapes('cdist', [x0.shape.slice(0, -2), y0.shape.slice(0, -2)]);
    const shape = [...batch, m, n, depth];
    const x = spreadTo(reshape(cast(x0, common), { shape: [...x0.shape.slice(0, -1), 1, depth] }), shape);
    const y = spreadTo(reshape(cast(y0, common), { shape: [...y0.shape.slice(0, -2), 1, n, depth] }), shape);
    const difference = p.sub(x, y);
    const squared = reduceSum(cast(p.mul(difference, difference), dtype), { axes: [shape.length - 1] });
    // The root of 0 has no slope: there the gradient is 0.
    const isZero = p.eq(squared, like(squared, 0));
    return p.select(isZero, squared, p.sqrt(p.select(isZero, like(squared, 1), squared)));
  },
  ['tensor', 'tensor'],
);
/** Overlapping pieces of the last axis: `[…, pieces, length]`. @example extractSequences([1, 2, 3, 4], 2, 1) // [[1, 2], [2, 3], [3, 4]] */
export const extractSequences = op('extractSequences', (x: Tensor, sequenceLength: number, sequenceStride: number) =>
  pieces('extractSequences', x, sequenceLength, sequenceStride),
);
export function pieces(who: string, x: Tensor, length: number, stride: number): Tensor {
  const n = x.shape.at(-1) ?? 0;
  if (length < 1 || stride < 1)
    fail(who, `pieces of ${length} every ${stride} from ${n} elements`, 'give lengths and strides of at least 1');
  const count = Math.max(0, Math.floor((n - length) / stride) + 1);
  const shape = [count, length];
  const place = p.add(
    p.mul(iota({ shape, dtype: 'int32', axis: 0 }), like(iota({ shape, dtype: 'int32', axis: 0 }), stride)),
    iota({ shape, dtype: 'int32', axis: 1 }),
  );
  const rows = x.shape.slice(0, -1);
  const batch = rows.length;
  const indices = spreadTo(place, [...rows, ...shape]);
  return gather(x, [indices], { batch, axes: [batch], mode: 'clamp', fill: 0 });
}
