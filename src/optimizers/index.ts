import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import type { OrAnyName } from '../base/naming.ts';
import { show } from '../base/options.ts';
import { identifierOf } from '../base/registry/identify.ts';
import { type Config, type CustomObjects, registerModule, serializeObject } from '../base/registry/serialize.ts';
import { Adadelta } from './adadelta.ts';
import { Adafactor } from './adafactor.ts';
import { Adagrad } from './adagrad.ts';
import { Adam, AdamW } from './adam.ts';
import { Adamax } from './adamax.ts';
import { Ftrl } from './ftrl.ts';
import { Lamb } from './lamb.ts';
import { Lion } from './lion.ts';
import { LossScaleOptimizer } from './loss-scale-optimizer.ts';
import { MultiOptimizer } from './multi-optimizer.ts';
import { Muon } from './muon.ts';
import { Nadam } from './nadam.ts';
import { Optimizer as OptimizerBase } from './optimizer.ts';
import { OptimizerMap } from './optimizer-map.ts';
import { RMSprop } from './rmsprop.ts';
import { ScheduleFreeAdamW } from './schedule-free-adamw.ts';
import * as schedules from './schedules/index.ts';
import { SGD } from './sgd.ts';

export type { Slot, Update } from './optimizer.ts';
export * as schedules from './schedules/index.ts';
export {
  Adadelta,
  Adafactor,
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  Ftrl,
  Lamb,
  Lion,
  LossScaleOptimizer,
  MultiOptimizer,
  Muon,
  Nadam,
  OptimizerMap,
  RMSprop,
  ScheduleFreeAdamW,
  SGD,
};

/** Any optimizer, whatever its options. */
export type Optimizer = OptimizerBase<any>;
export const Optimizer = OptimizerBase;

const byName = [
  SGD,
  Adam,
  AdamW,
  RMSprop,
  Adadelta,
  Adagrad,
  Adamax,
  Adafactor,
  Nadam,
  Ftrl,
  Lion,
  Muon,
  ScheduleFreeAdamW,
];
registerModule('keras.optimizers.schedules', [
  schedules.CosineDecay,
  schedules.CosineDecayRestarts,
  schedules.ExponentialDecay,
  schedules.InverseTimeDecay,
  schedules.PiecewiseConstantDecay,
  schedules.PolynomialDecay,
]);
const aliases = Object.fromEntries(byName.map((c) => [c.className.toLowerCase(), c]));
const identify = identifierOf<Optimizer>({
  kind: 'optimizer',
  module: 'keras.optimizers',
  classes: byName,
  aliases,
  byConfig: [Lamb, LossScaleOptimizer, MultiOptimizer, OptimizerMap],
});

type OptimizerName =
  | 'adadelta'
  | 'adafactor'
  | 'adagrad'
  | 'adam'
  | 'adamax'
  | 'adamw'
  | 'ftrl'
  | 'lion'
  | 'muon'
  | 'nadam'
  | 'rmsprop'
  | 'schedulefreeadamw'
  | 'sgd';
/** A name ("adam"), an optimizer, or its config. */
export type OptimizerLike = OrAnyName<OptimizerName> | Optimizer | object;

/** The optimizer for an identifier; upper and lower case are the same. @example optimizers.get('adam').className // "Adam" */
export const get = exact(
  'optimizers.get',
  2,
  function get(identifier: OptimizerLike, customObjects?: CustomObjects): Optimizer {
    const isKnown = typeof identifier === 'string' && Object.hasOwn(aliases, identifier.toLowerCase());
    const found = identify(isKnown ? identifier.toLowerCase() : identifier, customObjects);
    if (found instanceof OptimizerBase) return found as Optimizer;
    return fail('optimizers.get', `${show(identifier)} is no optimizer`, 'give a name such as "adam", or an optimizer');
  },
);
/** The optimizer as configs hold it. */
export const serialize = exact('optimizers.serialize', 1, (optimizer: Optimizer): unknown =>
  serializeObject(optimizer),
);
/** The optimizer that a config or name describes. */
export const deserialize = exact(
  'optimizers.deserialize',
  2,
  (config: string | Config, customObjects?: CustomObjects): Optimizer => get(config, customObjects),
);
