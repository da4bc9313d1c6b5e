import { fail } from '../base/errors.ts';
import { closest } from '../base/field.ts';
import { show } from '../base/options.ts';
import {
  type Config,
  type CustomObjects,
  deserializeObject,
  getRegisteredObject,
  isSerializedObject,
  registerFunctions,
  registerModule,
  type SerializableClass,
  serializeObject,
} from '../base/serialize.ts';
import type { SymbolicShape } from '../base/shape.ts';
import { table } from '../base/table.ts';
import type { Tensor } from '../ir/tensor.ts';
import { Circle, circle } from './circle.ts';
import { CTC, ctc } from './ctc.ts';
import { FunctionLoss } from './function-loss.ts';
import { CategoricalHinge, categoricalHinge, Hinge, hinge, SquaredHinge, squaredHinge } from './hinge.ts';
import { labelKind } from './label-kind.ts';
import { Loss } from './loss.ts';
import { Dice, dice, Tversky, tversky } from './overlap.ts';
import * as probabilistic from './probabilistic.ts';
import * as regression from './regression.ts';

export { alignRanks } from './align.ts';
export { Circle, type CircleOptions, circle } from './circle.ts';
export { CTC, ctc } from './ctc.ts';
export { FunctionLoss, type LossFunction } from './function-loss.ts';
export * from './hinge.ts';
export { convertNest, Loss, type LossCallOptions, type LossOptions } from './loss.ts';
export * from './overlap.ts';
export * from './probabilistic.ts';
export { type Reduction, reduceWeighted } from './reduction.ts';
export * from './regression.ts';

const classes: readonly SerializableClass<Loss>[] = [
  probabilistic.BinaryCrossentropy,
  probabilistic.BinaryFocalCrossentropy,
  probabilistic.CategoricalCrossentropy,
  probabilistic.CategoricalFocalCrossentropy,
  probabilistic.CategoricalGeneralizedCrossEntropy,
  probabilistic.KLDivergence,
  probabilistic.Poisson,
  probabilistic.SparseCategoricalCrossentropy,
  regression.CosineSimilarity,
  regression.Huber,
  regression.LogCosh,
  regression.MeanAbsoluteError,
  regression.MeanAbsolutePercentageError,
  regression.MeanSquaredError,
  regression.MeanSquaredLogarithmicError,
  CategoricalHinge,
  Circle,
  CTC,
  Dice,
  Hinge,
  SquaredHinge,
  Tversky,
];
registerModule('keras.losses', classes);
registerModule('keras.src.losses.losses', [FunctionLoss]);

/** The functions by the names that configs and `compile` use. */
export const lossFunctions = table({
  binary_crossentropy: probabilistic.binaryCrossentropy,
  binary_focal_crossentropy: probabilistic.binaryFocalCrossentropy,
  categorical_crossentropy: probabilistic.categoricalCrossentropy,
  categorical_focal_crossentropy: probabilistic.categoricalFocalCrossentropy,
  categorical_hinge: categoricalHinge,
  circle,
  cosine_similarity: regression.cosineSimilarity,
  ctc,
  dice,
  hinge,
  huber: regression.huber,
  kl_divergence: probabilistic.klDivergence,
  log_cosh: regression.logCosh,
  mean_absolute_error: regression.meanAbsoluteError,
  mean_absolute_percentage_error: regression.meanAbsolutePercentageError,
  mean_squared_error: regression.meanSquaredError,
  mean_squared_logarithmic_error: regression.meanSquaredLogarithmicError,
  poisson: probabilistic.poisson,
  sparse_categorical_crossentropy: probabilistic.sparseCategoricalCrossentropy,
  squared_hinge: squaredHinge,
  tversky,
} as Readonly<Record<string, FunctionLoss['fn']>>);
registerFunctions(lossFunctions);

const short: Readonly<Record<string, string>> = table({
  bce: 'binary_crossentropy',
  kld: 'kl_divergence',
  mae: 'mean_absolute_error',
  mse: 'mean_squared_error',
  mape: 'mean_absolute_percentage_error',
  msle: 'mean_squared_logarithmic_error',
});
const named = new Map<string, unknown>([
  ...classes.map((c) => [c.className, c] as const),
  ...Object.entries(lossFunctions),
  ...Object.entries(short).flatMap(([name, full]) =>
    [name, name.toUpperCase()].map((n) => [n, lossFunctions[full]] as const),
  ),
]);

/** What stands for a loss: a name, a function of labels and predictions, a loss, its class or its config. */
export type LossLike = string | Loss<any> | ((yTrue: any, yPred: any) => Tensor) | object | null;

const isClass = (x: unknown): x is SerializableClass =>
  typeof x === 'function' && typeof (x as Partial<SerializableClass>).fromConfig === 'function';

/** The loss or loss function that an identifier stands for; null for null. @example get('mse') // the function meanSquaredError */
export function get(
  identifier: LossLike | undefined,
  customObjects: CustomObjects = {},
): Loss | FunctionLoss['fn'] | null {
  if (identifier === null || identifier === undefined) return null;
  const found =
    typeof identifier === 'string'
      ? (getRegisteredObject(identifier, customObjects) ?? named.get(identifier))
      : typeof identifier === 'object' && isSerializedObject(identifier)
        ? deserializeObject(identifier, customObjects)
        : identifier;
  if (isClass(found)) return found.fromConfig({}) as Loss;
  if (typeof found === 'function') return found as Loss;
  return fail(
    'losses.get',
    `${JSON.stringify(identifier)} is no loss`,
    `did you mean "${closest(show(identifier), [...named.keys()])}"? A loss can also be a function (yTrue, yPred) => tensor`,
  );
}
/** The loss that an identifier stands for, functions reduced to their mean over the batch. */
export function asLoss(identifier: LossLike): Loss {
  const found = get(identifier);
  if (found instanceof Loss) return found;
  // As in Keras, what was asked for by name goes by that name.
  return new FunctionLoss(found as FunctionLoss['fn'], typeof identifier === 'string' ? { name: identifier } : {});
}
/** What "crossentropy" means for labels and predictions of these shapes; anything else stays what it is. */
export function resolveCrossentropy(entry: LossLike, yTrue: SymbolicShape | undefined, yPred: SymbolicShape): LossLike {
  if (!yTrue || (entry !== 'crossentropy' && entry !== 'ce')) return entry;
  const kind = labelKind(yTrue, yPred);
  return new FunctionLoss(
    lossFunctions[kind === 'sparse' ? 'sparse_categorical_crossentropy' : `${kind}_crossentropy`]!,
    {
      name: entry,
    },
  );
}
/** The loss as configs hold it. */
export const serialize = (loss: unknown): unknown => serializeObject(loss);
/** The loss that a config or name describes. */
export const deserialize = (config: string | Config, customObjects?: CustomObjects): Loss | FunctionLoss['fn'] | null =>
  get(config, customObjects);
