import { fail } from '../base/errors.ts';
import { maskOf } from '../layers/layer/masks.ts';
import { alignLeading } from '../losses/align.ts';
import type { Loss } from '../losses/index.ts';
import { convertNest } from '../losses/loss.ts';
import { cast, divideNoNan, logicalAnd, multiply, sum } from '../ops/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { CompileLoss } from '../training/compile-loss.ts';

/** What a rank's part weighs in the mean over the whole batch, while its program is recorded. */
interface Weighing {
  /** Its share of the rows. */
  readonly share: Tensor;
  /** Of each mean over a part of the batch that is known only afterwards, in their order: its share of what is counted. */
  readonly shares: readonly Tensor[];
}

/**
 * The compiled losses of a rank's part of a batch, scaled so that their mean over the ranks, weighted by `share`, is
 * the loss of the whole batch.
 */
export class ReplicaLoss extends CompileLoss {
  #weighing: Weighing | undefined;
  #taken = 0;
  #counts: Tensor[] | undefined;

  /** What a function that computes losses gives, with them as estimates of those of the whole batch. */
  weighed<R>(weighing: Weighing, f: () => R): R {
    this.#weighing = weighing;
    this.#taken = 0;
    try {
      return f();
    } finally {
      this.#weighing = undefined;
    }
  }
  /** What the losses that a function computes are divided by, where that is not known from the number of rows. */
  counted(f: () => void): Tensor[] {
    const counts: Tensor[] = [];
    this.#counts = counts;
    try {
      f();
    } finally {
      this.#counts = undefined;
    }
    return counts;
  }

  protected override lossOf(loss: Loss, label: Tensor, y: Tensor, sampleWeight: Tensor | undefined, k: number): Tensor {
    const value = super.lossOf(loss, label, y, sampleWeight, k);
    const counts = this.#counts;
    const weighing = this.#weighing;
    if (!counts && !weighing) return value;
    const { reduction } = loss;
    const isMean = reduction !== 'sum' && reduction !== 'none' && reduction !== null;
    const count = isMean ? countOf(loss, label, y, sampleWeight) : undefined;
    if (count) counts?.push(count);
    if (!weighing) return value;
    const { share, shares } = weighing;
    const scaled = (by: Tensor | number): Tensor => multiply(value, cast(divideNoNan(by, share), value.dtype));
    // Sums are added up over the ranks, not averaged.
    if (reduction === 'sum') return scaled(1);
    if (!count) return value;
    const counted = shares[this.#taken++];
    return counted
      ? scaled(counted)
      : fail(
          `loss "${loss.name}"`,
          'it is a mean over a part of the batch, of which processes have different numbers, within a testStep of the model’s own',
          "let testStep be the default, or give the loss reduction: 'sum'",
        );
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
