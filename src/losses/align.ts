import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import { type Op, op } from '../ops/op.ts';

/** Two tensors brought to one rank where they differ by a last axis of size 1. */
export function alignRanks(a: Tensor, b: Tensor): [a: Tensor, b: Tensor] {
  if (a.shape.length < b.shape.length) {
    const [y, x] = alignRanks(b, a);
    return [x, y];
  }
  if (a.shape.length !== b.shape.length + 1 || a.shape.at(-1) !== 1) return [a, b];
  return b.shape.length === 1 ? [a, ops.expandDims(b, -1)] : [ops.squeeze(a, { axis: -1 }), b];
}

/** A loss function: labels in the dtype of the predictions, both of one rank unless `isAligned` is false. */
export function lossFunction<O extends object = {}>(
  name: string,
  body: (yTrue: Tensor, yPred: Tensor, options: O) => Tensor,
  { isAligned = false } = {},
): Op<[yTrue: Tensor, yPred: Tensor, options?: O], Tensor> {
  return op(
    name,
    (yTrue: Tensor, yPred: Tensor, options?: O): Tensor => {
      const labels = ops.cast(yTrue, yPred.dtype);
      const [t, y] = isAligned ? alignRanks(labels, yPred) : [labels, yPred];
      return body(t, y, options ?? ({} as O));
    },
    ['tensor', 'tensor'],
  );
}
