import { epsilon } from '../base/config.ts';
import { f, type Resolved } from '../base/field/field.ts';
import type { Tensor } from '../ir/tensor.ts';
import { lossFunction } from '../losses/align.ts';
import * as ops from '../ops/index.ts';
import { MeanOf } from './mean.ts';

/** Options of the correlations. */
export interface CorrelationOptions {
  /** Axis over which the correlation is taken; the last by default. */
  readonly axis?: number | undefined;
}
const kept = (axis: number) => ({ axis, keepdims: true });
const centred = (x: Tensor, axis: number): Tensor => ops.subtract(x, ops.mean(x, kept(axis)));

/** Covariance divided by both standard deviations. @example pearsonCorrelation([[0, 1, 2]], [[0, 2, 4]]) // [1] */
export const pearsonCorrelation = lossFunction<CorrelationOptions>(
  'pearsonCorrelation',
  (t, y, { axis = -1 }) => {
    const standard = (x: Tensor): Tensor => {
      const c = centred(x, axis);
      return ops.divide(c, ops.std(c, kept(axis)));
    };
    return ops.mean(ops.multiply(standard(t), standard(y)), { axis });
  },
  { isAligned: true, options: { axis: true } },
);
/**
 * How close pairs are to the line y = x: `2·cov / (var + var + (mean - mean)²)`.
 * @example concordanceCorrelation([[0, 1, 2]], [[0, 1, 2]]) // [1]
 */
export const concordanceCorrelation = lossFunction<CorrelationOptions>(
  'concordanceCorrelation',
  (t, y, { axis = -1 }) => {
    const mean = (x: Tensor): Tensor => ops.mean(x, kept(axis));
    const variance = (x: Tensor): Tensor => ops.var(centred(x, axis), kept(axis));
    const covariance = ops.multiply(ops.subtract(t, mean(y)), ops.subtract(y, mean(y)));
    const spread = ops.add(ops.add(variance(t), variance(y)), ops.square(ops.subtract(mean(t), mean(y))));
    return ops.mean(ops.divide(ops.multiply(covariance, 2), ops.add(spread, epsilon())), { axis });
  },
  { isAligned: true, options: { axis: true } },
);

const fields = {
  /** Axis over which the correlation is taken; the last by default. */
  axis: f.int({ initial: -1 }),
};
/** Mean Pearson correlation. */
export class PearsonCorrelation extends MeanOf<typeof fields> {
  static override readonly className = 'PearsonCorrelation';
  static override readonly defaultName = 'pearson_correlation';
  static override readonly fields = fields;
  protected values(yTrue: Tensor, yPred: Tensor): Tensor {
    return pearsonCorrelation(yTrue, yPred, this.config);
  }
}
export interface PearsonCorrelation extends Resolved<typeof fields> {}
/** Mean concordance correlation. */
export class ConcordanceCorrelation extends MeanOf<typeof fields> {
  static override readonly className = 'ConcordanceCorrelation';
  static override readonly defaultName = 'concordance_correlation';
  static override readonly fields = fields;
  protected values(yTrue: Tensor, yPred: Tensor): Tensor {
    return concordanceCorrelation(yTrue, yPred, this.config);
  }
}
export interface ConcordanceCorrelation extends Resolved<typeof fields> {}
