import { fail } from '../base/errors.ts';
import { identifierOf } from '../base/identify.ts';
import type { CustomObjects, SerializableClass } from '../base/serialize.ts';
import { Adam, AdamW } from './adam.ts';
import { Optimizer as OptimizerBase } from './optimizer.ts';
import { RMSprop } from './rmsprop.ts';
import { SGD } from './sgd.ts';

export { Adam, AdamW } from './adam.ts';
export { Optimizer as OptimizerBase } from './optimizer.ts';
export { RMSprop } from './rmsprop.ts';
export * as schedules from './schedules/index.ts';
export { SGD } from './sgd.ts';

/** Any optimizer, whatever its options. */
export type Optimizer = OptimizerBase<any>;
export const Optimizer = OptimizerBase;

const all = [Adam, AdamW, RMSprop, SGD] as unknown as readonly SerializableClass<Optimizer>[];
const identify = identifierOf<Optimizer>({
  kind: 'optimizer',
  module: 'keras.optimizers',
  classes: all,
  aliases: Object.fromEntries(all.map((c) => [c.className.toLowerCase(), c])),
});

/** A name ("adam"), an optimizer, or its config. */
export type OptimizerLike = string | Optimizer | object;

/** The optimizer that an identifier stands for. @example optimizers.get('adam').name // "adam" */
export function get(identifier: OptimizerLike, customObjects?: CustomObjects): Optimizer {
  const found = identify(identifier, customObjects);
  if (found instanceof OptimizerBase) return found as Optimizer;
  return fail('optimizers.get', `${String(identifier)} is no optimizer`, 'give a name such as "adam", or an optimizer');
}
