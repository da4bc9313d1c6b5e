import { epsilon } from '../base/config.ts';
import { f, type Resolved } from '../base/field/field.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import { alignRanks, lossFunction } from './align.ts';
import { Loss } from './loss.ts';

type Axes = number | readonly number[] | null;
/** Options of `dice`. */
export interface DiceOptions {
  /** Axes over which regions are summed; all by default. */
  readonly axis?: Axes | undefined;
}
/** `1 - 2 Σ yTrue·yPred / (Σ yTrue + Σ yPred)`. @example dice([[1, 0]], [[1, 0]]) // 0 */
export const dice = lossFunction<DiceOptions>(
  'dice',
  (t, y, { axis = null }) => {
    const sum = (x: Tensor): Tensor => ops.sum(x, { axis });
    const overlap = ops.multiply(sum(ops.multiply(t, y)), 2);
    return ops.subtract(1, ops.divide(overlap, ops.add(ops.add(sum(t), sum(y)), epsilon())));
  },
  { options: { axis: true } },
);
/** Options of `tversky`. */
export interface TverskyOptions extends DiceOptions {
  /** Weight of false negatives. */
  readonly alpha?: number | undefined;
  /** Weight of false positives. */
  readonly beta?: number | undefined;
}
/**
 * `1 - hit / (hit + alpha · missed + beta · added)` (Salehi et al., 2017), the two weights as Keras applies them.
 * @example tversky([[1, 0]], [[1, 0]]) // 0
 */
export const tversky = lossFunction<TverskyOptions>(
  'tversky',
  (t, y, { alpha = 0.5, beta = 0.5, axis = null }) => {
    const sum = (x: Tensor): Tensor => ops.sum(x, { axis });
    const hit = sum(ops.multiply(t, y));
    const missed = ops.multiply(sum(ops.multiply(t, ops.subtract(1, y))), alpha);
    const added = ops.multiply(sum(ops.multiply(ops.subtract(1, t), y)), beta);
    return ops.subtract(1, ops.divide(hit, ops.add(ops.add(ops.add(hit, missed), added), epsilon())));
  },
  { options: { alpha: true, beta: true, axis: true } },
);

const axis = f.custom<Axes, Axes>({
  expects: 'an integer, an array of integers or null',
  check: (v): v is Axes => v === null || Number.isInteger(v) || (Array.isArray(v) && v.every(Number.isInteger)),
  parse: (v) => v,
  initial: null,
});
const diceFields = {
  /** Axes over which regions are summed; all (null) by default. */
  axis,
};
/** One minus the Dice overlap of labels and predictions. */
export class Dice extends Loss<typeof diceFields> {
  static override readonly className = 'Dice';
  static override readonly fields = diceFields;
  /** The function applied to each sample. */
  readonly fn = dice;
  call(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.fn(...alignRanks(yTrue, yPred), this.config);
  }
}
export interface Dice extends Resolved<typeof diceFields> {}
const tverskyFields = {
  /** Weight of false negatives; 0.5 by default. */
  alpha: f.number({ initial: 0.5 }),
  /** Weight of false positives; 0.5 by default. */
  beta: f.number({ initial: 0.5 }),
  /** Axes over which regions are summed; all (null) by default. */
  axis,
};
/**
 * One minus the Tversky overlap of labels and predictions, which weights false negatives and false positives
 * differently.
 */
export class Tversky extends Loss<typeof tverskyFields> {
  static override readonly className = 'Tversky';
  static override readonly fields = tverskyFields;
  /** The function applied to each sample. */
  readonly fn = tversky;
  call(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.fn(...alignRanks(yTrue, yPred), this.config);
  }
}
export interface Tversky extends Resolved<typeof tverskyFields> {}
