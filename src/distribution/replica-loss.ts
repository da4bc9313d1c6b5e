import { maskOf } from '../layers/layer/masks.ts';
import { alignLeading } from '../losses/align.ts';
import type { Loss } from '../losses/index.ts';
import { convertNest } from '../losses/loss.ts';
import { cast, divideNoNan, greater, logicalAnd, multiply, sum } from '../ops/index.ts';
import { currentReplicas, type Tensor } from '../tensor/index.ts';
import { CompileLoss } from '../training/compile-loss.ts';

/**
 * The compiled losses of a rank's part of a batch, scaled so that their mean over the ranks, weighted by their shares of
 * the rows, is the loss of the whole batch.
 */
export class ReplicaLoss extends CompileLoss {
  protected override lossOf(loss: Loss, label: Tensor, y: Tensor, sampleWeight: Tensor | undefined, k: number): Tensor {
    const value = super.lossOf(loss, label, y, sampleWeight, k);
    const replicas = currentReplicas();
    if (!replicas) return value;
    const { share } = replicas;
    const scaled = (by: Tensor | number): Tensor => multiply(value, cast(divideNoNan(by, share), value.dtype));
    const { reduction } = loss;
    // Sums are added up over the ranks, not averaged.
    if (reduction === 'sum') return scaled(1);
    const isMean = reduction !== 'none' && reduction !== null;
    const count = isMean ? countOf(loss, label, y, sampleWeight) : undefined;
    if (!count) return value;
    const own = multiply(cast(count, 'float32'), cast(greater(share, 0), 'float32'));
    return scaled(divideNoNan(own, replicas.sum([own])[0]!));
  }
}

/** What a mean is divided by, as `losses/reduction.ts` has it; undefined where that is the number of values. */
function countOf(loss: Loss, label: Tensor, y: Tensor, sampleWeight: Tensor | undefined): Tensor | undefined {
  const given = maskOf(y);
  const [t, p] = [convertNest(label, loss.dtype) as Tensor, convertNest(y, loss.dtype) as Tensor];
  const own = loss.validity(loss.call(t, p), t, p);
  const mask = given && own ? logicalAnd(cast(given, 'bool'), own) : (given ?? own);
  const isWeighted = loss.reduction === 'mean_with_sample_weight';
  if (isWeighted && sampleWeight) {
    const weight = cast(sampleWeight, 'float32');
    return sum(mask ? multiply(...alignLeading(cast(cast(mask, 'bool'), 'float32'), weight)) : weight);
  }
  return mask ? sum(cast(cast(mask, 'bool'), 'float32')) : undefined;
}
