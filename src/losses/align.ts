import type { OptionNames } from '../base/options.ts';
import { range } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import { type Declared, type Op, op } from '../ops/op.ts';

/** Brings two tensors to the same rank if they differ by a trailing axis of size 1. */
export function alignRanks(a: Tensor, b: Tensor): [a: Tensor, b: Tensor] {
  if (a.shape.length < b.shape.length) {
    const [y, x] = alignRanks(b, a);
    return [x, y];
  }
  if (a.shape.length !== b.shape.length + 1 || a.shape.at(-1) !== 1) return [a, b];
  return b.shape.length === 1 ? [a, ops.expandDims(b, -1)] : [ops.squeeze(a, { axis: -1 }), b];
}

/** Brings two tensors with matching leading axes to the same rank: the smaller gets trailing axes of size 1. */
export function alignLeading(a: Tensor, b: Tensor): [a: Tensor, b: Tensor] {
  const rank = Math.max(a.shape.length, b.shape.length);
  const widened = (x: Tensor): Tensor =>
    x.shape.length === rank ? x : ops.expandDims(x, range(rank).slice(x.shape.length));
  return [widened(a), widened(b)];
}

interface LossRules {
  /** Whether labels and predictions are brought to the same rank. */
  readonly isAligned?: boolean;
}
/** How a loss function is declared, with the names of its options where it takes some. */
type Rules<O extends object> = [keyof O] extends [never]
  ? [rules?: LossRules]
  : [rules: LossRules & { readonly options: OptionNames<O> }];

/** A loss function: labels in the dtype of the predictions. */
export function lossFunction<O extends object = {}>(
  name: string,
  body: (yTrue: Tensor, yPred: Tensor, options: O) => Tensor,
  ...[rules = {}]: Rules<O>
): Op<[yTrue: Tensor, yPred: Tensor, options?: O], Tensor> {
  const { isAligned = false, options: names = {} } = rules as LossRules & { options?: OptionNames<O> };
  const call = (yTrue: Tensor, yPred: Tensor, options: O = {} as O): Tensor => {
    const labels = ops.cast(yTrue, yPred.dtype);
    const [t, y] = isAligned ? alignRanks(labels, yPred) : [labels, yPred];
    return body(t, y, options);
  };
  const declared: unknown = [['tensor', 'tensor'], names];
  return op(name, call, ...(declared as Declared<Parameters<typeof call>>));
}
