import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import type { OrAnyName } from '../base/naming.ts';
import { show } from '../base/options.ts';
import { identifierOf, isClass } from '../base/registry/identify.ts';
import {
  type Config,
  type CustomObjects,
  registerFunctions,
  registerLater,
  type SerializableClass,
  serializeObject,
} from '../base/registry/serialize.ts';
import { table } from '../base/table.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as accuracies from './accuracy.ts';
import { AUC } from './auc.ts';
import * as counts from './confusion-counts.ts';
import * as correlations from './correlation.ts';
import { F1Score, FBetaScore } from './f-score.ts';
import * as overlaps from './iou.ts';
import * as means from './loss-means.ts';
import { Mean, MeanMetricWrapper, type MetricFunction, Sum } from './mean.ts';
import { Metric } from './metric.ts';
import * as points from './operating-point.ts';
import { R2Score } from './r2-score.ts';

export {
  Accuracy,
  BinaryAccuracy,
  binaryAccuracy,
  CategoricalAccuracy,
  categoricalAccuracy,
  SparseCategoricalAccuracy,
  SparseTopKCategoricalAccuracy,
  type SparseTopKOptions,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  type ThresholdOption,
  TopKCategoricalAccuracy,
  type TopKOption,
  topKCategoricalAccuracy,
} from './accuracy.ts';
export { AUC } from './auc.ts';
export * from './confusion-counts.ts';
export * from './correlation.ts';
export { F1Score, FBetaScore } from './f-score.ts';
export * from './iou.ts';
export * from './loss-means.ts';
export { Mean, MeanMetricWrapper, type MetricFunction, Sum } from './mean.ts';
export {
  type DetectionBatch,
  MeanAveragePrecision,
  type MeanAveragePrecisionOptions,
} from './mean-average-precision.ts';
export { Metric, type MetricOptions, type UpdateOptions } from './metric.ts';
export * from './operating-point.ts';
export { R2Score } from './r2-score.ts';

const classesIn = (module: object): SerializableClass<Metric>[] => Object.values(module).filter(isClass);
const classes: readonly SerializableClass<Metric>[] = [
  Mean,
  Sum,
  AUC,
  F1Score,
  FBetaScore,
  R2Score,
  ...[accuracies, counts, correlations, overlaps, means, points].flatMap(classesIn),
];
registerLater(() => import('./by-name.ts'));
registerFunctions({
  accuracy: accuracies.accuracy,
  binary_accuracy: accuracies.binaryAccuracy,
  categorical_accuracy: accuracies.categoricalAccuracy,
  sparse_categorical_accuracy: accuracies.sparseCategoricalAccuracy,
  top_k_categorical_accuracy: accuracies.topKCategoricalAccuracy,
  sparse_top_k_categorical_accuracy: accuracies.sparseTopKCategoricalAccuracy,
  pearson_correlation: correlations.pearsonCorrelation,
  concordance_correlation: correlations.concordanceCorrelation,
});

const short = table({
  bce: means.BinaryCrossentropy,
  mse: means.MeanSquaredError,
  mae: means.MeanAbsoluteError,
  mape: means.MeanAbsolutePercentageError,
  msle: means.MeanSquaredLogarithmicError,
} satisfies Readonly<Record<string, SerializableClass<Metric>>>);
const advice = 'A metric can also be a function (yTrue, yPred) => tensor';
const identify = identifierOf({
  kind: 'metric',
  module: 'keras.metrics',
  classes,
  aliases: Object.fromEntries(
    Object.entries(short).flatMap(([name, c]) => [name, name.toUpperCase()].map((n) => [n, c])),
  ),
  byConfig: [MeanMetricWrapper],
  advice,
});

type MetricName =
  | 'accuracy'
  | 'acc'
  | 'crossentropy'
  | 'auc'
  | 'binary_accuracy'
  | 'binary_crossentropy'
  | 'categorical_accuracy'
  | 'categorical_crossentropy'
  | 'cosine_similarity'
  | 'f1_score'
  | 'hinge'
  | 'kl_divergence'
  | 'log_cosh_error'
  | 'mean_absolute_error'
  | 'mean_absolute_percentage_error'
  | 'mean_squared_error'
  | 'mean_squared_logarithmic_error'
  | 'poisson'
  | 'precision'
  | 'r2_score'
  | 'recall'
  | 'root_mean_squared_error'
  | 'sparse_categorical_accuracy'
  | 'sparse_categorical_crossentropy'
  | 'sparse_top_k_categorical_accuracy'
  | 'top_k_categorical_accuracy'
  | keyof typeof short;
/**
 * Anything that identifies a metric: a name, a function of labels and predictions, a metric, its class or its config.
 */
export type MetricLike = OrAnyName<MetricName> | Metric | ((yTrue: any, yPred: any) => Tensor) | object;

/**
 * Resolves an identifier to a metric; functions are averaged under their own name.
 * @example get('mse').name // "mean_squared_error"
 */
export const get = exact('metrics.get', 2, function get(identifier: MetricLike, customObjects?: CustomObjects): Metric {
  const found = identify(identifier, customObjects);
  if (found instanceof Metric) return found;
  if (typeof found === 'function') {
    const { config } = serializeObject(found) as { config: unknown };
    return new MeanMetricWrapper(found as MetricFunction, { name: String(config) || 'metric' });
  }
  return fail('metrics.get', `${show(identifier)} is no metric`, `give a name, a config or a metric. ${advice}`);
});
/** The config of a metric. */
export const serialize = exact('metrics.serialize', 1, (metric: unknown): unknown => serializeObject(metric));
/** Creates the metric described by a config. */
export const deserialize = exact(
  'metrics.deserialize',
  2,
  (config: string | Config, customObjects?: CustomObjects): Metric => get(config, customObjects),
);
