import type { LabelKind, ObjectConfig } from '../description.ts';
import type { Draw } from '../draw.ts';
import type { Known } from './entry.ts';

/** How a loss is made to judge an output. */
export interface LossEntry {
  readonly labels: LabelKind;
  /** The activations that must come before. */
  readonly after?: readonly string[];
  readonly config?: (draw: Draw) => Readonly<Record<string, unknown>>;
  /** Axes of the output, without the batch axis, where not all will do. */
  readonly ranks?: readonly number[];
  /** The least size of the last axis: below it the loss does not depend on the output. */
  readonly least?: number;
  readonly metrics?: readonly string[];
}
const logits = { from_logits: true };
// Probabilities near 0 and 1 have logarithms of which rounding leaves little.
const shares = ['tanh', 'sigmoid'];
const classes = ['tanh', 'softmax'];
const rates = ['mse', 'mae', 'cosine_similarity', 'root_mean_squared_error', 'mape'];

/** Every loss by its class; `name+` are others of the same class. */
export const losses: Readonly<Record<string, LossEntry>> = {
  MeanSquaredError: { labels: 'any', metrics: rates },
  // Gradients that are all of one size often add up to 0 but for rounding, which optimizers that divide by it then enlarge:
  // a curve in front makes them differ.
  MeanAbsoluteError: { labels: 'any', after: ['tanh'], metrics: rates },
  Huber: { labels: 'any', config: (draw) => ({ delta: draw.of([1, 0.5]) }), metrics: rates },
  LogCosh: { labels: 'any', metrics: ['mse'] },
  CosineSimilarity: { labels: 'any', least: 2 },
  MeanAbsolutePercentageError: { labels: 'positive', after: ['tanh'] },
  MeanSquaredLogarithmicError: { labels: 'positive', after: ['softplus'], metrics: ['msle'] },
  BinaryCrossentropy: { labels: 'binary', config: () => logits, metrics: ['binary_accuracy'] },
  'BinaryCrossentropy+': {
    labels: 'share',
    after: shares,
    config: (draw) => (draw.oneIn(2) ? { label_smoothing: 0.1 } : {}),
    metrics: ['mae'],
  },
  BinaryFocalCrossentropy: { labels: 'binary', after: shares, metrics: ['AUC', 'Precision', 'Recall'] },
  CategoricalCrossentropy: {
    labels: 'oneHot',
    after: classes,
    config: (draw) => (draw.oneIn(2) ? { label_smoothing: 0.1 } : {}),
    metrics: ['accuracy', 'categorical_crossentropy', 'top_k_categorical_accuracy'],
  },
  'CategoricalCrossentropy+': { labels: 'oneHot', config: () => logits, metrics: ['accuracy'] },
  CategoricalFocalCrossentropy: { labels: 'oneHot', after: classes },
  CategoricalGeneralizedCrossEntropy: { labels: 'class', after: classes },
  SparseCategoricalCrossentropy: { labels: 'class', config: () => logits, metrics: ['accuracy'] },
  'SparseCategoricalCrossentropy+': { labels: 'class', after: classes, metrics: ['sparse_categorical_accuracy'] },
  KLDivergence: { labels: 'share', after: classes, metrics: ['kl_divergence'] },
  Poisson: { labels: 'positive', after: ['softplus'], metrics: ['poisson'] },
  Hinge: { labels: 'sign', after: ['tanh'], metrics: ['hinge'] },
  SquaredHinge: { labels: 'sign' },
  CategoricalHinge: { labels: 'oneHot', after: ['tanh'] },
  Dice: { labels: 'binary', after: shares },
  Tversky: { labels: 'binary', after: shares },
  Circle: { labels: 'class', after: ['tanh'], config: () => ({ gamma: 2 }), ranks: [1] },
  CTC: { labels: 'words', ranks: [2] },
};
/** Whether a loss can judge an output of this shape. */
export const judges = ({ ranks, labels, after, least = 1 }: LossEntry, { shape }: Known): boolean =>
  shape.length > 0 &&
  shape.at(-1)! >= (after === classes || labels === 'oneHot' ? 2 : least) &&
  (!ranks || ranks.includes(shape.length)) &&
  (labels !== 'words' || (shape[0]! >= 5 && shape[1]! >= 3)) &&
  (labels !== 'class' || shape.at(-1)! >= 2);

const rate = (draw: Draw, plain: number): Readonly<Record<string, unknown>> => {
  if (draw.oneIn(8))
    return {
      learning_rate: {
        module: 'keras.optimizers.schedules',
        class_name: draw.of(['ExponentialDecay', 'InverseTimeDecay']),
        config: { initial_learning_rate: plain, decay_steps: 2, decay_rate: 0.5 },
      },
    };
  return { learning_rate: plain };
};
const shared = (draw: Draw): Readonly<Record<string, unknown>> => ({
  ...(draw.oneIn(6) && draw.of([{ clipnorm: 0.5 }, { global_clipnorm: 0.5 }, { clipvalue: 0.1 }])),
  ...(draw.oneIn(6) && { weight_decay: 0.01 }),
  ...(draw.oneIn(8) && { use_ema: true, ema_momentum: 0.5, ema_overwrite_frequency: draw.of([null, 2]) }),
  ...(draw.oneIn(8) && { gradient_accumulation_steps: 2 }),
});
type Maker = (draw: Draw) => Readonly<Record<string, unknown>>;
const decaying: Maker = (draw) => ({ ...rate(draw, 0.01), ...shared(draw) });

/** Options of every optimizer. */
export const optimizers: Readonly<Record<string, Maker>> = {
  SGD: (draw) => ({
    ...rate(draw, 0.05),
    ...draw.of([{}, { momentum: 0.9 }, { momentum: 0.9, nesterov: true }]),
    ...shared(draw),
  }),
  Adam: (draw) => ({ ...rate(draw, 0.01), ...(draw.oneIn(3) && { amsgrad: true }), ...shared(draw) }),
  AdamW: decaying,
  RMSprop: (draw) => ({
    ...rate(draw, 0.01),
    ...(draw.oneIn(2) && { momentum: 0.5 }),
    ...(draw.oneIn(2) && { centered: true }),
    ...shared(draw),
  }),
  Adagrad: decaying,
  Adadelta: (draw) => ({ ...rate(draw, 1), ...shared(draw) }),
  Adamax: decaying,
  Adafactor: (draw) => ({ ...rate(draw, 0.01), ...shared(draw) }),
  Nadam: decaying,
  Ftrl: (draw) => ({
    ...rate(draw, 0.01),
    ...(draw.oneIn(2) && { l1_regularization_strength: 0.01, l2_regularization_strength: 0.01 }),
    ...shared(draw),
  }),
  Lion: (draw) => ({ ...rate(draw, 0.001), ...shared(draw) }),
  Lamb: decaying,
  Muon: (draw) => ({ learning_rate: 0.01, ...(draw.oneIn(2) && { nesterov: false }) }),
  ScheduleFreeAdamW: (draw) => ({ learning_rate: 0.01, ...(draw.oneIn(2) && { warmup_steps: 2 }) }),
  LossScaleOptimizer: (draw) => ({
    inner_optimizer: optimizer('Adam', { ...rate(draw, 0.01) }),
    initial_scale: 16,
    dynamic_growth_steps: 2,
  }),
  MultiOptimizer: () => ({
    optimizer_map: {
      module: 'keras.optimizers',
      class_name: 'OptimizerMap',
      config: {
        default_optimizer: optimizer('Adam', { learning_rate: 0.01 }),
        optimizer_map: { '.*bias': optimizer('SGD', { learning_rate: 0.1 }) },
      },
    },
  }),
};
const optimizer = (class_name: string, config: object) => ({ module: 'keras.optimizers', class_name, config });

/** What optimizers' module exports besides, and why it is not among them. */
export const notOptimizers: Readonly<Record<string, string>> = {
  Optimizer: 'the base class',
  OptimizerMap: 'part of a MultiOptimizer',
};
export const notLosses: Readonly<Record<string, string>> = {
  CIoULoss: 'judges boxes, which have four numbers',
  DIoULoss: 'judges boxes, which have four numbers',
  GIoULoss: 'judges boxes, which have four numbers',
  IoULoss: 'judges boxes, which have four numbers',
  Loss: 'the base class',
};
export const objectOf = (name: string, config: Readonly<Record<string, unknown>> = {}): ObjectConfig => ({
  class_name: name.replace('+', ''),
  ...(Object.keys(config).length > 0 && { config }),
});
