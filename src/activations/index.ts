import { type SnakeCase, snakeCase, toSnakeCase } from '../base/case.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import type { OrAnyName } from '../base/naming.ts';
import { optionsOf, show } from '../base/options.ts';
import { identifierOf } from '../base/registry/identify.ts';
import {
  type Config,
  type CustomObjects,
  getRegisteredName,
  registerFunctions,
  serializeObject,
} from '../base/registry/serialize.ts';
import { table } from '../base/table.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import * as activationOps from '../ops/nn/activations.ts';
import type { Like } from '../tensor/like.ts';
import { relu } from './relu.ts';
import { sparsemax } from './sparsemax.ts';

export { exp as exponential, logSoftmax, softmax, tanh } from '../ops/index.ts';
export * from '../ops/nn/activations.ts';
export { type ReluOptions, relu } from './relu.ts';
export { sparsemax } from './sparsemax.ts';

/** `x` itself. @example linear([1, 2]) // [1, 2] */
export const linear: (x: Like) => Tensor = ops.copy;
/** `x · Φ(x)` with the normal distribution Φ; `approximate` takes a tanh for it. @example gelu([1]) // [0.8413] */
export const gelu = exact(
  'activations.gelu',
  2,
  (
    x: Like,
    options: {
      /** Whether to compute the tanh approximation; false by default. */
      readonly approximate?: boolean;
    } = {},
  ): Tensor => {
    const { approximate = false } = optionsOf('gelu', { approximate: true }, options);
    return ops.gelu(x, { approximate });
  },
);

/** A function of a tensor, such as layers apply to what they compute. */
export type Activation = (x: Tensor) => Tensor;
/** What stands for an activation: a name, a function or callable object, a config; null for `linear`. */
export type ActivationLike = OrAnyName<ActivationName> | ((x: any) => Tensor) | Config | null;

/** Activations that are not, or not only, an op of `ops/nn/activations.ts`. */
const further = {
  exponential: ops.exp,
  gelu,
  linear,
  log_softmax: ops.logSoftmax,
  relu,
  softmax: ops.softmax,
  sparsemax,
  tanh: ops.tanh,
};
/** Those ops by their names in configs; one that stands for another in Keras, as `swish` for `silu`, is found only. */
const elementwise = Object.values(activationOps).map((f) => ({
  f,
  name: snakeCase(f.opName),
  written: toSnakeCase(f.opClass),
}));
type ActivationName = SnakeCase<keyof typeof activationOps> | keyof typeof further;
/** What Keras 1 and 2 called `hard_sigmoid`: `clip(0.2 x + 0.5, 0, 1)`. Models in their files compute it; Keras 3 has no name for it. */
const keras2HardSigmoid = (x: Tensor): Tensor => ops.clip(ops.add(ops.multiply(x, 0.2), 0.5), 0, 1);
registerFunctions({ keras2_hard_sigmoid: keras2HardSigmoid });

const named: Readonly<Record<string, unknown>> = table({
  ...Object.fromEntries(elementwise.filter(({ name, written }) => name === written).map(({ name, f }) => [name, f])),
  ...further,
});
const others: Readonly<Record<string, unknown>> = table({
  ...Object.fromEntries(elementwise.map(({ name, written }) => [name, named[written]])),
  keras2_hard_sigmoid: keras2HardSigmoid,
});
const names = new Map<unknown, string>([
  ...elementwise.map(({ f, written }) => [f, written] as const),
  ...Object.entries(named).map(([name, f]) => [f, name] as const),
]);

const advice = 'A function of your own can be given itself, or by name after saving.registerKerasSerializable';
const identify = identifierOf({
  kind: 'activation',
  module: 'keras.activations',
  classes: [],
  functions: { ...others, ...named },
  advice,
});

/** The activation that an identifier stands for; `linear` for null. @example get('relu') */
export const get = exact(
  'activations.get',
  2,
  function get(identifier: ActivationLike | undefined, customObjects?: CustomObjects): Activation {
    const found = identify(identifier, customObjects) ?? linear;
    if (typeof found === 'function') return found as Activation;
    return fail('activations.get', `${show(identifier)} is no activation`, `give a name such as "relu". ${advice}`);
  },
);
/** The activation as configs hold it: its name, or the description of an object or a function of the user's. */
export const serialize = exact('activations.serialize', 1, function serialize(activation: unknown): unknown {
  const name = names.get(activation);
  if (name !== undefined) return name;
  const written = serializeObject(activation) as Config;
  return written['class_name'] === 'function' ? { ...written, config: getRegisteredName(activation) } : written;
});
/** The activation that a config describes. */
export const deserialize = exact(
  'activations.deserialize',
  2,
  (config: string | Config, customObjects?: CustomObjects): Activation => get(config, customObjects),
);
