import { asDType, type DType, dtypeInfo, isComplex, largestFloat } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type Shape, type SymbolicShape, showShape } from '../../base/shape.ts';
import { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { slice as cut, dynamicSlice, dynamicUpdateSlice, reshape } from '../../primitives/movement.ts';
import { KerasTensor } from '../../tensor/keras-tensor.ts';
import { asTensor, type Like } from '../../tensor/like.ts';
import { Variable } from '../../tensor/variable.ts';
import { knownNumbers } from '../numpy/known.ts';
import { exactOp, op, recordShapes } from '../op.ts';
import { cast as converted, like } from '../operands.ts';
import { checkPlain } from '../reads.ts';

/** Complex numbers converted to real ones: their real part. */
const reals = (x: Tensor, dtype: string): Tensor =>
  x.parts && dtype !== 'bool' && !isComplex(asDType(dtype, 'cast')) ? x.parts[0] : x;
/** The elements in another dtype; floats to integers truncate, complex numbers give their real part. @example cast([1.5, 2.5], 'int32') // [1, 2] */
export const cast = op('cast', (x: Tensor, dtype: string) => converted(reals(x, dtype), asDType(dtype, 'cast')));
/** The smallest and the largest finite number of a dtype. */
function boundsOf(dtype: DType): readonly [low: number, high: number] {
  const most = largestFloat[dtype];
  return most === undefined ? dtypeInfo[dtype].range! : [-most, most];
}
/** The elements in another dtype, clipped to its range first. @example saturateCast([300, -5], 'uint8') // [255, 0] */
export const saturateCast = op('saturateCast', (x: Tensor, dtype: string) => {
  const to = asDType(dtype, 'saturateCast');
  if (to === 'bool' || x.dtype === 'bool' || x.parts || isComplex(to)) return converted(x, to);
  const [from, into] = [boundsOf(x.dtype), boundsOf(to)];
  const low = Math.max(from[0], into[0]);
  const high = Math.min(from[1], into[1]);
  return converted(p.min(p.max(x, like(x, low)), like(x, high)), to);
});
/** A tensor of a number, nested arrays, a typed array, a tensor or a variable. @example convertToTensor([1, 2]).shape // [2] */
export const convertToTensor = op(
  'convertToTensor',
  (
    x: Tensor,
    {
      dtype,
      sparse,
      ragged,
    }: {
      /** Element type; that of the given values by default. */
      readonly dtype?: string | null | undefined;
      /** There are no sparse tensors: true is refused. */
      readonly sparse?: boolean;
      /** There are no ragged tensors: true is refused. */
      readonly ragged?: boolean;
    } = {},
  ) => {
    if (sparse || ragged)
      fail('convertToTensor', 'there are no sparse or ragged tensors', 'leave `sparse` and `ragged` out');
    return dtype === undefined || dtype === null ? x : converted(x, asDType(dtype, 'convertToTensor'));
  },
  ['tensor'],
  { dtype: true, sparse: true, ragged: true },
);
/** A tensor of a number, nested arrays or a typed array; another name of `convertToTensor`. @example array([1, 2]).shape // [2] */
export const array = op(
  'array',
  (
    x: Tensor,
    {
      dtype,
    }: {
      /** Element type; that of the given values by default. */
      readonly dtype?: string | null | undefined;
    } = {},
  ) => (dtype === undefined || dtype === null ? x : converted(x, asDType(dtype, 'array'))),
  ['tensor'],
  { dtype: true },
);
/** The same tensor; tensors never change. @example copy([1, 2]) // [1, 2] */
export const copy = op('copy', (x: Tensor) => x);
/** `x` itself, through which no gradient flows. @example stopGradient([1, 2]) // [1, 2] */
export const stopGradient = op('stopGradient', (variable: Tensor) => p.stopGradient(variable));

/** Sizes of the axes; null for unknown sizes of symbolic tensors. @example shape([[1, 2]]) // [1, 2] */
export const shape: { (x: KerasTensor): SymbolicShape; (x: Like): Shape } = exact(
  'shape',
  1,
  (x: Like): Shape => asTensor(x).shape,
);
/** Number of axes. @example ndim([[1, 2]]) // 2 */
export const ndim = exact('ndim', 1, (x: Like): number => asTensor(x).shape.length);
/** Number of elements; null if a size of a symbolic tensor is unknown. @example size([[1, 2]]) // 2 */
export const size: { (x: KerasTensor): number | null; (x: Like): number } = exact('size', 1, (x: Like): any =>
  (asTensor(x).shape as SymbolicShape).reduce<number | null>((n, k) => (n === null || k === null ? null : n * k), 1),
);
/** Type of the elements. @example dtype([1.5]) // 'float32' */
export const dtype = exact('dtype', 1, (x: Like): DType => asTensor(x).dtype);
/** Whether `x` is a tensor. @example isTensor([1]) // false */
export const isTensor = exact('isTensor', 1, (x: unknown): boolean => x instanceof Tensor || x instanceof Variable);
/** The elements as nested arrays, as soon as they are computed. @example await convertToNumpy([1, 2]) // [1, 2] */
export const convertToNumpy = exact('convertToNumpy', 1, (x: Like): Promise<unknown> => asTensor(x).array());

/** Starts as numbers, if known, or as int32 scalars. */
function startsOf(who: string, starts: Tensor | readonly number[], rank: number): readonly number[] | Tensor[] {
  if (!(starts instanceof Tensor)) {
    if (starts.length !== rank) fail(who, `${starts.length} start indices for ${rank} axes`, 'give one for each axis');
    return starts;
  }
  const count = starts.shape.length === 0 ? 1 : starts.shape[0];
  if (count !== rank || starts.shape.length > 1)
    fail(who, `start indices of shape ${showShape(starts.shape)} for ${rank} axes`, 'give one for each axis');
  const flat = reshape(converted(starts, 'int32'), { shape: [rank] });
  return Array.from({ length: rank }, (_, d) =>
    reshape(cut(flat, { starts: [d], stops: [d + 1], strides: [1] }), { shape: [] }),
  );
}
const scalars = (starts: readonly number[] | Tensor[]): Tensor[] =>
  starts.map((s) => (typeof s === 'number' ? converted(s, 'int32') : s));
/** Negative starts count from the end; then blocks are shifted to lie inside. */
const settled = (starts: readonly number[] | Tensor[], sizes: Shape): readonly number[] | Tensor[] =>
  (starts as (number | Tensor)[]).map((s, d) => {
    if (typeof s === 'number') return s < 0 ? s + sizes[d] : s;
    return p.select(p.lt(s, like(s, 0)), p.add(s, like(s, sizes[d])), s);
  }) as readonly number[] | Tensor[];

type Starts = Tensor | readonly number[];
const isConstant = (starts: readonly number[] | Tensor[]): starts is readonly number[] =>
  starts.every((s) => typeof s === 'number');
const sliceOp = op(
  'slice',
  (inputs: Tensor, startIndices: Starts, shape: readonly number[]) => {
    const x = inputs;
    const starts = settled(startsOf('slice', startIndices, x.shape.length), x.shape);
    if (shape.length !== x.shape.length)
      fail(
        'slice',
        `shape ${showShape(shape)} for a tensor of shape ${showShape(x.shape)}`,
        'give one size for each axis',
      );
    const sizes = shape.map((n, d) => {
      if (n !== -1) return n;
      const s = starts[d];
      if (typeof s !== 'number')
        return fail('slice', 'shape has -1, but the start is not known yet', 'give the size, or a start of numbers');
      return x.shape[d] - s;
    });
    if (sizes.some((n, d) => n > x.shape[d] || n < 0))
      fail(
        'slice',
        `a block of shape ${showShape(sizes)} does not fit into ${showShape(x.shape)}`,
        'give smaller sizes',
      );
    if (!isConstant(starts)) return dynamicSlice(x, scalars(starts), { sizes });
    const from = starts.map((s, d) => Math.min(Math.max(s, 0), x.shape[d] - sizes[d]));
    return cut(x, { starts: from, stops: from.map((s, d) => s + sizes[d]), strides: from.map(() => 1) });
  },
  ['tensor', 'value'],
);
/**
 * A block of a given shape, whose start may be computed; -1 takes everything from the start on.
 * @example slice([1, 2, 3], [1], [2]) // [2, 3]
 */
export const slice = exactOp('slice', 3, (inputs: Like, startIndices: Starts, shape: readonly number[]): Tensor => {
  checkPlain('list', shape, 'slice', 2);
  // Then the shape depends on the start, which must therefore be known.
  return shape.includes(-1) && startIndices instanceof KerasTensor
    ? recordShapes('slice', [inputs, startIndices, shape], {
        shape: shape.map((n) => (n === -1 ? null : n)),
        dtype: asTensor(inputs).dtype,
      })
    : sliceOp(inputs, shape.includes(-1) ? knownNumbers(startIndices) : startIndices, shape);
});
/** `inputs` with the block at the start replaced. @example sliceUpdate([1, 2, 3], [1], [9]) // [1, 9, 3] */
export const sliceUpdate = op(
  'sliceUpdate',
  (inputs: Tensor, startIndices: Starts, updates: Tensor) => {
    const starts = settled(startsOf('sliceUpdate', startIndices, inputs.shape.length), inputs.shape);
    if (updates.shape.length !== inputs.shape.length || updates.shape.some((n, d) => n > inputs.shape[d]))
      fail(
        'sliceUpdate',
        `updates of shape ${showShape(updates.shape)} do not fit into ${showShape(inputs.shape)}`,
        'give a block of the same rank',
      );
    return dynamicUpdateSlice(inputs, converted(updates, inputs.dtype), scalars(starts));
  },
  ['tensor', 'value', 'tensor'],
);
