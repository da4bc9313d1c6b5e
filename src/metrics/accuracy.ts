import { floatx } from '../base/config.ts';
import { f, type Resolved } from '../base/field/field.ts';
import type { Config } from '../base/registry/serialize.ts';
import { sizeOf } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { alignRanks } from '../losses/align.ts';
import * as ops from '../ops/index.ts';
import { op } from '../ops/op.ts';
import { MeanOf } from './mean.ts';

const both = ['tensor', 'tensor'] as const;
const hits = (a: Tensor, b: Tensor): Tensor => ops.cast(ops.equal(a, b), floatx());

/** 1 where labels and predictions are equal. */
export const accuracy = op(
  'accuracy',
  (yTrue: Tensor, yPred: Tensor) => hits(...alignRanks(ops.cast(yTrue, yPred.dtype), yPred)),
  both,
);
/** Options of `binaryAccuracy`. */
export interface ThresholdOption {
  /** Predictions above it count as class 1; 0.5 by default. */
  readonly threshold?: number | undefined;
}
/** 1 where a prediction lies on the label's side of the threshold. @example binaryAccuracy([1, 0], [0.6, 0.7]) // [1, 0] */
export const binaryAccuracy = op(
  'binaryAccuracy',
  (yTrue: Tensor, yPred: Tensor, { threshold = 0.5 }: ThresholdOption = {}) => {
    const [t, y] = alignRanks(yTrue, yPred);
    return hits(t, ops.cast(ops.greater(y, threshold), t.dtype));
  },
  both,
  { threshold: true },
);
/**
 * 1 where the largest elements of label and prediction are at the same position.
 * @example categoricalAccuracy([[0, 1]], [[0.3, 0.7]]) // [1]
 */
export const categoricalAccuracy = op(
  'categoricalAccuracy',
  (yTrue: Tensor, yPred: Tensor) => hits(ops.argmax(yTrue, { axis: -1 }), ops.argmax(yPred, { axis: -1 })),
  both,
);
/**
 * 1 where the largest prediction is that of the label's class.
 * @example sparseCategoricalAccuracy([1], [[0.3, 0.7]]) // [1]
 */
export const sparseCategoricalAccuracy = op(
  'sparseCategoricalAccuracy',
  (yTrue: Tensor, yPred: Tensor) => {
    const isColumn = yTrue.shape.length === yPred.shape.length && yTrue.shape.at(-1) === 1;
    const labels = isColumn ? ops.squeeze(yTrue, { axis: -1 }) : yTrue;
    const best = ops.argmax(yPred, { axis: -1 });
    const matches = hits(ops.cast(labels, yPred.dtype), ops.cast(best, yPred.dtype));
    return matches.shape.length > 1 && matches.shape.at(-1) === 1 ? ops.squeeze(matches, { axis: -1 }) : matches;
  },
  both,
);

const rows = (x: Tensor): Tensor => (x.shape.length > 2 ? ops.reshape(x, [-1, x.shape.at(-1)!]) : x);
const flat = (x: Tensor): Tensor => ops.reshape(x, [sizeOf(x.shape)]);
/** Options of `topKCategoricalAccuracy`. */
export interface TopKOption {
  /** How many of the largest predictions count; 5 by default. */
  readonly k?: number | undefined;
}
/** 1 where the label's class is among the k largest predictions. @example topKCategoricalAccuracy([[0, 0, 1]], [[0.5, 0.3, 0.2]], { k: 2 }) // [0] */
export const topKCategoricalAccuracy = op(
  'topKCategoricalAccuracy',
  (yTrue: Tensor, yPred: Tensor, { k = 5 }: TopKOption = {}) => {
    const labels = ops.argmax(yTrue, { axis: -1 });
    const matches = ops.cast(ops.inTopK(flat(labels), rows(yPred), k), floatx());
    return ops.reshape(matches, labels.shape);
  },
  both,
  { k: true },
);
/** Options of `sparseTopKCategoricalAccuracy`. */
export interface SparseTopKOptions extends TopKOption {
  /** Whether predictions are class numbers, best first, instead of scores. */
  readonly fromSortedIds?: boolean | undefined;
}
/** 1 where the label is among the k largest predictions. @example sparseTopKCategoricalAccuracy([2], [[0.5, 0.3, 0.2]], { k: 2 }) // [0] */
export const sparseTopKCategoricalAccuracy = op(
  'sparseTopKCategoricalAccuracy',
  (yTrue: Tensor, yPred: Tensor, { k = 5, fromSortedIds = false }: SparseTopKOptions = {}) => {
    const labels = flat(ops.cast(yTrue, fromSortedIds ? yPred.dtype : 'int32'));
    const scores = rows(yPred);
    const matches = fromSortedIds
      ? ops.any(ops.equal(ops.expandDims(labels, 1), ops.getItem(scores, ['...', { slice: [0, k] }])), { axis: 1 })
      : ops.inTopK(labels, scores, k);
    return ops.reshape(ops.cast(matches, floatx()), yTrue.shape);
  },
  both,
  { fromSortedIds: true, k: true },
);

/** How often predictions equal labels. */
export class Accuracy extends MeanOf {
  static override readonly className = 'Accuracy';
  static override readonly defaultName = 'accuracy';
  protected values = accuracy;
}
const thresholdFields = {
  /** Predictions above it count as class 1; 0.5 by default. */
  threshold: f.number({ initial: 0.5 }),
};
/** How often predictions lie on the right side of the threshold. */
export class BinaryAccuracy extends MeanOf<typeof thresholdFields> {
  static override readonly className = 'BinaryAccuracy';
  static override readonly defaultName = 'binary_accuracy';
  static override readonly fields = thresholdFields;
  protected values(yTrue: Tensor, yPred: Tensor): Tensor {
    return binaryAccuracy(yTrue, yPred, this.config);
  }
}
export interface BinaryAccuracy extends Resolved<typeof thresholdFields> {}
/** How often the largest prediction is that of the one-hot label. */
export class CategoricalAccuracy extends MeanOf {
  static override readonly className = 'CategoricalAccuracy';
  static override readonly defaultName = 'categorical_accuracy';
  protected values = categoricalAccuracy;
}
/** How often the largest prediction is that of the label. */
export class SparseCategoricalAccuracy extends MeanOf {
  static override readonly className = 'SparseCategoricalAccuracy';
  static override readonly defaultName = 'sparse_categorical_accuracy';
  protected values = sparseCategoricalAccuracy;
}
const topKFields = {
  /** How many of the largest predictions count; 5 by default. */
  k: f.int({ initial: 5, min: 1 }),
};
/** How often the one-hot label is among the k largest predictions. */
export class TopKCategoricalAccuracy extends MeanOf<typeof topKFields> {
  static override readonly className = 'TopKCategoricalAccuracy';
  static override readonly defaultName = 'top_k_categorical_accuracy';
  static override readonly fields = topKFields;
  protected values(yTrue: Tensor, yPred: Tensor): Tensor {
    return topKCategoricalAccuracy(yTrue, yPred, this.config);
  }
}
export interface TopKCategoricalAccuracy extends Resolved<typeof topKFields> {}
const sparseTopKFields = {
  ...topKFields,
  /** Whether predictions are class numbers, best first, instead of scores; false by default. */
  fromSortedIds: f.bool(false),
};
/** How often the label is among the k largest predictions. */
export class SparseTopKCategoricalAccuracy extends MeanOf<typeof sparseTopKFields> {
  static override readonly className = 'SparseTopKCategoricalAccuracy';
  static override readonly defaultName = 'sparse_top_k_categorical_accuracy';
  static override readonly fields = sparseTopKFields;
  protected values(yTrue: Tensor, yPred: Tensor): Tensor {
    return sparseTopKCategoricalAccuracy(yTrue, yPred, this.config);
  }
  /** Keras writes `from_sorted_ids` only if it is true. */
  override getConfig(): Config {
    const { from_sorted_ids: sorted, ...config } = super.getConfig();
    return sorted ? { ...config, from_sorted_ids: true } : config;
  }
}
export interface SparseTopKCategoricalAccuracy extends Resolved<typeof sparseTopKFields> {}
