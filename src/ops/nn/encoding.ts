import { floatx } from '../../base/config.ts';
import { asDType, isFloat } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { range } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { eq } from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { broadcast } from '../../primitives/movement.ts';
import { reduceMax } from '../../primitives/reduce.ts';
import { axisOf, sizeArgument } from '../axes.ts';
import { op } from '../op.ts';
import { cast } from '../operands.ts';

export interface OneHotOptions {
  /** Position of the class axis; the last by default. */
  readonly axis?: number | undefined;
  /** Data type of the result; the default float type by default. */
  readonly dtype?: string | null | undefined;
  /** There are no sparse tensors: true is refused. */
  readonly sparse?: boolean | undefined;
}
export function oneHotOf(
  who: string,
  x: Tensor,
  numClasses: number,
  axis: number,
  dtype: string | null | undefined,
): Tensor {
  const type = dtype === undefined || dtype === null ? floatx() : asDType(dtype, who);
  sizeArgument(who, 'numClasses', numClasses);
  const d = axisOf(who, axis, x.shape.length + 1);
  const shape = [...x.shape.slice(0, d), numClasses, ...x.shape.slice(d)];
  const indices = cast(x, isFloat(x.dtype) || x.dtype === 'bool' ? 'int32' : x.dtype === 'uint32' ? 'int32' : x.dtype);
  const own = broadcast(cast(indices, 'int32'), { shape, axes: range(x.shape.length).map((k) => (k < d ? k : k + 1)) });
  return cast(eq(own, iota({ shape, dtype: 'int32', axis: d })), type);
}
const refuseSparse = (who: string, sparse: boolean | undefined): void => {
  if (sparse) fail(who, 'there are no sparse tensors', 'leave `sparse` out');
};
/** Ones at the given classes along a new axis, zeros elsewhere; nothing for classes out of range. @example oneHot([1, 0], 2) // [[0, 1], [1, 0]] */
export const oneHot = op(
  'oneHot',
  (x: Tensor, numClasses: number, { axis = -1, dtype, sparse }: OneHotOptions = {}) => {
    refuseSparse('oneHot', sparse);
    return oneHotOf('oneHot', x, numClasses, axis, dtype);
  },
  ['tensor'],
  { axis: true, dtype: true, sparse: true },
);
/** Ones at each of the classes of an example, which stand along its last axis. @example multiHot([[1, 2]], { numClasses: 4 }) // [[0, 1, 1, 0]] */
export const multiHot = op(
  'multiHot',
  (
    inputs: Tensor,
    {
      numClasses,
      axis = -1,
      dtype,
      sparse,
    }: OneHotOptions & {
      /** How many classes there are. */
      readonly numClasses?: number | null | undefined;
    } = {},
  ) => {
    refuseSparse('multiHot', sparse);
    if (numClasses === undefined || numClasses === null)
      return fail('multiHot', 'numClasses is missing', 'give the number of classes');
    const single = oneHotOf('multiHot', inputs, numClasses, axis, dtype);
    const rank = inputs.shape.length;
    // The classes of an example are its last axis but one now; a vector is one example.
    return reduceMax(single, { axes: [rank <= 1 ? 0 : 1] });
  },
  ['tensor'],
  { axis: true, dtype: true, sparse: true, numClasses: true },
);
