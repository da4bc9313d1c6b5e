import { fail } from '../base/errors.ts';
import { f, type Resolved } from '../base/field/field.ts';
import type { Config } from '../base/registry/serialize.ts';
import { showShape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import { op } from '../ops/op.ts';
import { Loss } from './loss.ts';

export interface CtcOptions {
  /** A label that is ignored, besides 0 (the blank) and -1. */
  readonly ignoreClass?: number | null | undefined;
}
/** Labels with the valid ones moved to the front, and their number. */
function packed(labels: Tensor, ignoreClass: number | null): [labels: Tensor, lengths: Tensor] {
  const isPositive = ops.greater(labels, 0);
  const counts = ignoreClass === null ? isPositive : ops.logicalAnd(isPositive, ops.notEqual(labels, ignoreClass));
  const length = labels.shape[1];
  const order = ops.argsort(ops.where(counts, ops.arange(length), length), { axis: 1 });
  return [ops.takeAlongAxis(labels, order, { axis: 1 }), ops.sum(ops.cast(counts, 'int32'), { axis: -1 })];
}
/**
 * Connectionist temporal classification (Graves et al., 2006): minus the log-probability of the labels `[batch, length]`
 * (0 and -1 are padding) over all ways to spread them over the logits `[batch, time, classes]`, of which class 0 is the blank.
 * @example ctc([[1]], [[[0, 9]]]).shape // [1]
 */
export const ctc = op(
  'ctc',
  (yTrue: Tensor, yPred: Tensor, { ignoreClass = null }: CtcOptions = {}): Tensor => {
    if (yTrue.shape.length !== 2 || yPred.shape.length !== 3)
      fail(
        'losses.ctc',
        `labels have shape ${showShape(yTrue.shape)}, logits ${showShape(yPred.shape)}`,
        'give labels [batch, length] and logits [batch, time, classes]',
      );
    const [batch, time] = yPred.shape as [number, number, number];
    const [labels, lengths] = packed(yTrue, ignoreClass);
    return ops.ctcLoss(labels, yPred, lengths, ops.full([batch], time, { dtype: 'int32' }), { maskIndex: 0 });
  },
  ['tensor', 'tensor'],
  { ignoreClass: true },
);
const fields = {
  /** A label that fills up short rows and is no part of them; none (null) by default. */
  ignoreClass: f.nullable(f.int()),
};
/** Connectionist temporal classification, for labels shorter than the sequence they are read from. */
export class CTC extends Loss<typeof fields> {
  static override readonly className = 'CTC';
  static override readonly fields = fields;
  /** The function applied to each sample. */
  readonly fn = ctc;
  call(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.fn(yTrue, yPred, this.config);
  }
  override getConfig(): Config {
    const { ignore_class, ...config } = super.getConfig();
    // Keras has no such option.
    return ignore_class === null ? config : { ...config, ignore_class };
  }
}
export interface CTC extends Resolved<typeof fields> {}
