import { fail } from '../../base/errors.ts';
import { optionsOf } from '../../base/options.ts';
import { LossScaleOptimizer, MultiOptimizer, type Optimizer } from '../../optimizers/index.ts';
import type { Variable } from '../../tensor/index.ts';
import { Callback, type CallbackModel } from './callback.ts';

/**
 * Swaps in the moving averages of the weights (kept by an optimizer with `useEma`) during evaluation and prediction;
 * with `swapOnEpoch` also from the end of each epoch to the beginning of the next, so that checkpoints contain them.
 */
export class SwapEMAWeights extends Callback<CallbackModel> {
  readonly swapOnEpoch: boolean;
  #isSwapped = false;

  constructor(
    options: {
      /** Whether averages are in place at the end of each epoch too, for callbacks that save; false by default. */
      readonly swapOnEpoch?: boolean;
    } = {},
    ...surplus: undefined[]
  ) {
    const { swapOnEpoch = false } = optionsOf('SwapEMAWeights', { swapOnEpoch: true }, options, surplus);
    super();
    this.swapOnEpoch = swapOnEpoch;
  }
  get #averages(): [Variable, Variable][] {
    const found = this.model.optimizer ? averagesOf(this.model.optimizer) : [];
    return found.length > 0
      ? found
      : fail('SwapEMAWeights', 'the optimizer keeps no averages', 'give it { useEma: true }');
  }
  #swapTo(isSwapped: boolean): void {
    if (this.#isSwapped === isSwapped) return;
    this.#isSwapped = isSwapped;
    for (const [variable, average] of this.#averages) {
      const weights = variable.value;
      variable.assign(average.value);
      average.assign(weights);
    }
  }
  override onEpochBegin(): void {
    if (this.swapOnEpoch) this.#swapTo(false);
  }
  override onEpochEnd(epoch: number): void {
    if (!this.swapOnEpoch) return;
    this.#swapTo(true);
    // At the end of training the averages stay in place, in the optimizer too.
    if (epoch === this.params.epochs - 1)
      for (const [variable, average] of this.#averages) average.assign(variable.value);
  }
  override onTestBegin(): void {
    this.#swapTo(true);
  }
  override onTestEnd(): void {
    this.#swapTo(false);
  }
  override onPredictBegin(): void {
    this.#swapTo(true);
  }
  override onPredictEnd(): void {
    this.#swapTo(false);
  }
}

/** Variables and their moving averages. */
function averagesOf(optimizer: Optimizer): [Variable, Variable][] {
  if (optimizer instanceof LossScaleOptimizer) return averagesOf(optimizer.innerOptimizer);
  if (optimizer instanceof MultiOptimizer) return optimizer.optimizers.flatMap(averagesOf);
  return [...optimizer.averages];
}
