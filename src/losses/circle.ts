import { f, type Resolved } from '../base/field/field.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import { op } from '../ops/op.ts';
import { alignRanks } from './align.ts';
import { Loss } from './loss.ts';

/** Options of `circle`. */
export interface CircleOptions {
  /** Labels of the embeddings to compare with; those of the batch when absent. */
  readonly refLabels?: Tensor | null | undefined;
  /** Embeddings to compare with; the batch itself when absent. */
  readonly refEmbeddings?: Tensor | null | undefined;
  /** Whether an embedding is not compared with the one at its own position. */
  readonly removeDiagonal?: boolean | undefined;
  /** Factor of the similarities; 80 by default. */
  readonly gamma?: number | undefined;
  /** Relaxation of the boundary; 0.4 by default. */
  readonly margin?: number | undefined;
}

/**
 * `softplus(lse(-γ·w₊·(m - d)) + lse(γ·w₋·(1 - m - d)))` over the cosine distances d to embeddings of the same and of
 * other labels (Sun et al., 2020). Embeddings are expected normalised.
 * @example circle([1, 1], [[1, 0], [1, 0]]).shape // [2]
 */
export const circle = op(
  'circle',
  (yTrue: Tensor, yPred: Tensor, options: CircleOptions = {}): Tensor => {
    const { removeDiagonal = true, gamma = 80, margin = 0.4 } = options;
    const labels = ops.cast(yTrue, 'int32');
    const refLabels = options.refLabels ? ops.cast(options.refLabels, 'int32') : labels;
    const distances = ops.maximum(ops.subtract(1, ops.matmul(yPred, ops.transpose(options.refEmbeddings ?? yPred))), 0);
    const isSame = ops.equal(ops.reshape(labels, [-1, 1]), ops.reshape(refLabels, [1, -1]));
    const [rows, columns] = isSame.shape as [number, number];
    const isPositive = removeDiagonal
      ? ops.logicalAnd(isSame, ops.logicalNot(ops.eye(rows, { M: columns, dtype: 'bool' })))
      : isSame;
    const part = (isIn: Tensor, weights: Tensor, goal: number, factor: number): Tensor => {
      const weight = ops.maximum(ops.multiply(weights, ops.cast(isIn, yPred.dtype)), 0);
      const terms = ops.multiply(ops.multiply(weight, factor), ops.subtract(goal, distances));
      return ops.logsumexp(ops.where(isIn, terms, -Infinity), { axis: 1 });
    };
    const positive = part(isPositive, ops.add(distances, margin), margin, -gamma);
    const negative = part(ops.logicalNot(isSame), ops.subtract(1 + margin, distances), 1 - margin, gamma);
    return ops.softplus(ops.add(positive, negative));
  },
  ['tensor', 'tensor'],
  { refLabels: true, refEmbeddings: true, removeDiagonal: true, gamma: true, margin: true },
);

const fields = {
  /** Factor of the similarities; 80 by default. */
  gamma: f.number({ initial: 80 }),
  /** Relaxation of the boundary; 0.4 by default. */
  margin: f.number({ initial: 0.4 }),
  /** Whether an example is left out of its own positives; true by default. */
  removeDiagonal: f.bool(true),
};
/** Pulls embeddings with the same label together and pushes others apart. */
export class Circle extends Loss<typeof fields> {
  static override readonly className = 'Circle';
  static override readonly fields = fields;
  /** The function applied to each sample. */
  readonly fn = circle;
  call(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.fn(...alignRanks(yTrue, yPred), this.config);
  }
  override validity(losses: Tensor): Tensor {
    return ops.greater(losses, 0);
  }
}
export interface Circle extends Resolved<typeof fields> {}
