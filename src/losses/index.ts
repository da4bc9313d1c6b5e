import { exact } from '../base/exact.ts';
import type { OrAnyName } from '../base/naming.ts';
import { identifierOf } from '../base/registry/identify.ts';
import {
  type Config,
  type CustomObjects,
  registerFunctions,
  registerModule,
  serializeObject,
} from '../base/registry/serialize.ts';
import { table } from '../base/table.ts';
import type { Tensor } from '../ir/tensor.ts';
import { lossClasses, lossFunctions } from './declared.ts';
import { FunctionLoss } from './function-loss.ts';
import type { Loss } from './loss.ts';

export { CIoULoss, DIoULoss, GIoULoss, IoULoss } from './boxes.ts';
export { Circle, type CircleOptions, circle } from './circle.ts';
export { CTC, ctc } from './ctc.ts';
export type { LossFunction } from './function-loss.ts';
export * from './hinge.ts';
export { Loss, type LossCallOptions, type LossOptions } from './loss.ts';
export * from './overlap.ts';
export * from './probabilistic.ts';
export type { Reduction } from './reduction.ts';
export * from './regression.ts';

registerFunctions(lossFunctions);

const short = table({
  bce: 'binary_crossentropy',
  kld: 'kl_divergence',
  mae: 'mean_absolute_error',
  mse: 'mean_squared_error',
  mape: 'mean_absolute_percentage_error',
  msle: 'mean_squared_logarithmic_error',
} satisfies Readonly<Record<string, keyof typeof lossFunctions>>);
const identify = identifierOf({
  kind: 'loss',
  module: 'keras.losses',
  classes: lossClasses,
  byConfig: [FunctionLoss],
  functions: {
    ...lossFunctions,
    ...Object.fromEntries(
      Object.entries(short).flatMap(([name, full]) => [name, name.toUpperCase()].map((n) => [n, lossFunctions[full]])),
    ),
  },
  advice: 'A loss can also be a function (yTrue, yPred) => tensor',
});
registerModule('keras.src.losses.losses', [FunctionLoss]);

/** Anything that identifies a loss: a name, a function of labels and predictions, a loss, its class or its config. */
export type LossLike =
  | OrAnyName<keyof typeof lossFunctions | keyof typeof short | 'crossentropy'>
  | Loss<any>
  | ((yTrue: any, yPred: any) => Tensor)
  | object
  | null;

/** Resolves an identifier to a loss or loss function; null for null. @example get('mse') // the function meanSquaredError */
export const get = exact('losses.get', 2, function get(identifier: LossLike | undefined, customObjects?: CustomObjects):
  | Loss
  | FunctionLoss['fn']
  | null {
  return identify(identifier, customObjects) as Loss | FunctionLoss['fn'] | null;
});
/** The config of a loss. */
export const serialize = exact('losses.serialize', 1, (loss: unknown): unknown => serializeObject(loss));
/** Creates the loss described by a config or name. */
export const deserialize = exact(
  'losses.deserialize',
  2,
  (config: string | Config, customObjects?: CustomObjects): Loss | FunctionLoss['fn'] | null =>
    get(config, customObjects),
);
