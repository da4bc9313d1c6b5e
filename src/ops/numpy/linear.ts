import type { DType } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { show } from '../../base/options.ts';
import { range, showShape, sizeOf } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { dot as contraction } from '../../primitives/dot.ts';
import { mul } from '../../primitives/elementwise.ts';
import { axisOf } from '../axes.ts';
import { op } from '../op.ts';
import { align, cast, type Operand, promotableOf, spreadTo } from '../operands.ts';
import { resultType } from '../promotion.ts';
import { conjugateOf } from './conjugate.ts';
import { contract } from './contract.ts';
import { reshapeTo } from './shape.ts';

const both = ['operand', 'operand'] as const;
/** Booleans are multiplied as int32 and converted back. */
export function inNumbers(dtype: DType, f: (compute: DType) => Tensor): Tensor {
  return dtype === 'bool' ? cast(f('int32'), 'bool') : f(dtype);
}
/** Sums of products of bytes are int32. */
export const accumulated = (x: Operand, y: Operand, dtype: DType): DType =>
  promotableOf(x) === 'int8' && promotableOf(y) === 'int8' ? 'int32' : dtype;

const mismatch = (who: string, x: Tensor, y: Tensor): never =>
  fail(
    who,
    `shapes ${showShape(x.shape)} and ${showShape(y.shape)} do not fit`,
    'the axes that are multiplied must have equal sizes',
  );

/** Matrix product over the last two axes; leading axes broadcast, vectors are rows on the left and columns on the right. @example matmul([[1, 2]], [[3], [4]]) // [[11]] */
export const matmul = op('matmul', multiplied, ['tensor', 'tensor']);
export function multiplied(x1: Tensor, x2: Tensor): Tensor {
  if (x1.shape.length === 0 || x2.shape.length === 0)
    fail('matmul', `shapes ${showShape(x1.shape)} and ${showShape(x2.shape)}: a scalar is no matrix`, 'use multiply');
  const dtype = accumulated(x1, x2, resultType(x1.dtype, x2.dtype));
  return inNumbers(dtype, (type) => {
    const [x, y] = [cast(x1, type), cast(x2, type)];
    const [i, j] = [x.shape.length > 1, y.shape.length > 1];
    const depth = j ? y.shape.at(-2) : y.shape[0];
    if (x.shape.at(-1) !== depth) mismatch('matmul', x1, x2);
    // A stack of matrices times one matrix is one tall matrix product.
    if (y.shape.length <= 2) return contraction(x, y, { batch: [[], []], contract: [[x.shape.length - 1], [0]] });
    const rank = Math.max(x.shape.length - (i ? 2 : 1), y.shape.length - 2, 0);
    const batch = range(rank).map((d) => `b${d}`);
    const stack = (t: Tensor, own: number): string[] => batch.slice(rank - (t.shape.length - own));
    const left = { x, labels: [...stack(x, i ? 2 : 1), ...(i ? ['i'] : []), 'k'] };
    const right = { x: y, labels: [...stack(y, 2), 'k', 'j'] };
    for (const label of batch) {
      const [p, q] = [left.labels.indexOf(label), right.labels.indexOf(label)];
      if (p >= 0 && q >= 0 && x.shape[p] !== y.shape[q] && x.shape[p] !== 1 && y.shape[q] !== 1)
        mismatch('matmul', x1, x2);
    }
    return contract(left, right, [...batch, ...(i ? ['i'] : []), 'j']).x;
  });
}

/** Sums of products over chosen axes of both: a number (that many last axes of x1, first of x2) or two lists. @example tensordot([1, 2], [3, 4], { axes: 1 }) // 11 */
export const tensordot = op(
  'tensordot',
  (
    x1: Tensor,
    x2: Tensor,
    {
      axes = 2,
    }: {
      /** How many of the last axes of the first and the first of the second are summed over, or their positions in each; 2 by default. */
      readonly axes?: number | readonly [number | readonly number[], number | readonly number[]] | undefined;
    } = {},
  ) => {
    const listed = (a: number | readonly number[], rank: number): number[] =>
      (typeof a === 'number' ? [a] : a).map((d) => axisOf('tensordot', d, rank, 'axes'));
    const [r1, r2] = [x1.shape.length, x2.shape.length];
    if (typeof axes === 'number' && (axes > r1 || axes > r2 || axes < 0))
      fail(
        'tensordot',
        `axes ${axes} is more than shapes ${showShape(x1.shape)} and ${showShape(x2.shape)} have`,
        'give fewer axes',
      );
    if (typeof axes !== 'number' && (!Array.isArray(axes) || axes.length !== 2))
      fail('tensordot', `axes is ${show(axes)}`, 'give a number, or the axes of x1 and those of x2: [[0], [1]]');
    const pair =
      typeof axes === 'number'
        ? [range(axes).map((d) => r1 - axes + d), range(axes)]
        : [listed(axes[0], r1), listed(axes[1], r2)];
    return dotted('tensordot', x1, x2, pair[0], pair[1]);
  },
  ['tensor', 'tensor'],
  { axes: true },
);
function dotted(who: string, x1: Tensor, x2: Tensor, left: readonly number[], right: readonly number[]): Tensor {
  if (left.length !== right.length || left.some((d, k) => x1.shape[d] !== x2.shape[right[k]])) mismatch(who, x1, x2);
  return inNumbers(resultType(x1.dtype, x2.dtype), (dtype) => {
    const [x, y] = [cast(x1, dtype), cast(x2, dtype)];
    if (left.length === 0) return outerProduct(x, y);
    return contraction(x, y, { batch: [[], []], contract: [left, right] });
  });
}
function outerProduct(x: Tensor, y: Tensor): Tensor {
  const shape = [...x.shape, ...y.shape];
  return mul(spreadTo(reshapeTo(x, [...x.shape, ...y.shape.map(() => 1)]), shape), spreadTo(y, shape));
}

/** Product of two tensors: of the last axis of `x1` with the second to last of `x2`, with no broadcasting. @example dot([1, 2], [3, 4]) // 11 */
export const dot = op(
  'dot',
  (x1: Operand, x2: Operand) => {
    if (shapeless(x1) || shapeless(x2)) {
      const [x, y] = align('dot', [x1, x2] as const);
      return inNumbers(x.dtype, (dtype) => mul(cast(x, dtype), cast(y, dtype)));
    }
    const [x, y] = [x1 as Tensor, x2 as Tensor];
    return dotted('dot', x, y, [x.shape.length - 1], [Math.max(0, y.shape.length - 2)]);
  },
  both,
);
const shapeless = (x: Operand): boolean => typeof x !== 'object' || x.shape.length === 0;
/** Sum of the products of all elements; of complex ones, the first is conjugated. @example vdot([1, 2], [3, 4]) // 11 */
export const vdot = op(
  'vdot',
  (x1: Tensor, x2: Tensor) => dotted('vdot', conjugateOf(reshapeTo(x1, [-1])), reshapeTo(x2, [-1]), [0], [0]),
  ['tensor', 'tensor'],
);
/** Sum of products over the last axes. @example inner([1, 2], [3, 4]) // 11 */
export const inner = op(
  'inner',
  (x1: Operand, x2: Operand) => {
    if (shapeless(x1) || shapeless(x2)) {
      const [x, y] = align('inner', [x1, x2] as const);
      return inNumbers(x.dtype, (dtype) => mul(cast(x, dtype), cast(y, dtype)));
    }
    const [x, y] = [x1 as Tensor, x2 as Tensor];
    return dotted('inner', x, y, [x.shape.length - 1], [y.shape.length - 1]);
  },
  both,
);
/** Products of every element of one with every element of the other. @example outer([1, 2], [3, 4]) // [[3, 4], [6, 8]] */
export const outer = op(
  'outer',
  (x1: Operand, x2: Operand) => {
    const dtype = resultType(promotableOf(x1), promotableOf(x2));
    const flat = (x: Operand, type: DType): Tensor => {
      const t = cast(x, type);
      return reshapeTo(t, [sizeOf(t.shape)]);
    };
    return inNumbers(dtype, (type) => outerProduct(flat(x1, type), flat(x2, type)));
  },
  both,
);
