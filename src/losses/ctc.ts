import { fail } from '../base/errors.ts';
import { showShape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import { op } from '../ops/op.ts';
import { Loss } from './loss.ts';

/**
 * Connectionist temporal classification (Graves et al., 2006): minus the log-probability of the labels `[batch, length]`
 * (0 is padding) over all ways to spread them over the logits `[batch, time, classes]`.
 * @example ctc([[1]], [[[0, 9]]]).shape // [1]
 */
export const ctc = op(
  'ctc',
  (yTrue: Tensor, yPred: Tensor): Tensor => {
    if (yTrue.shape.length !== 2 || yPred.shape.length !== 3)
      fail(
        'losses.ctc',
        `labels have shape ${showShape(yTrue.shape)}, logits ${showShape(yPred.shape)}`,
        'give labels [batch, length] and logits [batch, time, classes]',
      );
    const [batch, time] = yPred.shape as [number, number, number];
    const labelLength = ops.sum(ops.cast(ops.notEqual(yTrue, 0), 'int32'), { axis: -1 });
    return ops.ctcLoss(yTrue, yPred, labelLength, ops.full([batch], time, { dtype: 'int32' }), { maskIndex: 0 });
  },
  ['tensor', 'tensor'],
);
/** Connectionist temporal classification: labels that are shorter than what they are read from. */
export class CTC extends Loss {
  static override readonly className = 'CTC';
  call = ctc;
}
