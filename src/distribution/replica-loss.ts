import { fail } from '../base/errors.ts';
import { maskOf } from '../layers/layer/masks.ts';
import type { Loss } from '../losses/index.ts';
import { cast, divideNoNan, multiply } from '../ops/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { CompileLoss } from '../training/compile-loss.ts';

/**
 * The compiled losses of a rank's part of a batch, scaled so that their mean over the ranks, weighted by `share`, is
 * the loss of the whole batch.
 */
export class ReplicaLoss extends CompileLoss {
  /** The rank's share of the batch, while its program is recorded. */
  share: Tensor | undefined;

  protected override lossOf(loss: Loss, label: Tensor, y: Tensor, sampleWeight: Tensor | undefined, k: number): Tensor {
    const value = super.lossOf(loss, label, y, sampleWeight, k);
    const { share } = this;
    if (!share) return value;
    const { reduction } = loss;
    // Sum reductions are summed over the ranks, not averaged.
    if (reduction === 'sum') return multiply(value, cast(divideNoNan(1, share), value.dtype));
    const uneven = maskOf(y)
      ? 'is a mean over what a mask leaves'
      : reduction === 'mean_with_sample_weight' && sampleWeight
        ? 'is divided by the sum of the sample weights'
        : loss.validity(value, label, y)
          ? 'is a mean over some of the samples'
          : undefined;
    if (uneven !== undefined)
      fail(
        `loss "${loss.name}"`,
        `it ${uneven}, of which processes have different numbers: their means cannot be put together`,
        "give it reduction: 'sum' (and a learning rate to match), or train in one process",
      );
    return value;
  }
}
