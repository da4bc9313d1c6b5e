import { floatx } from './config.ts';
import { asDType, type DType } from './dtype.ts';
import { fail, type Named } from './errors.ts';
import { exact, exactMethods } from './exact.ts';
import { refuseBeside } from './options.ts';
import {
  type Config,
  isSerializedObject,
  lookUpClass,
  registerModule,
  type SerializableClass,
} from './registry/serialize.ts';
import { table } from './table.ts';
import { isPlainObject } from './tree.ts';

const mixed: Readonly<Record<string, DType>> = table({ mixed_float16: 'float16', mixed_bfloat16: 'bfloat16' });

/** Finds the policy for a layer's path. A symbol, because Keras's policies have no such member. */
export const policyAt: unique symbol = Symbol('policyAt');

/**
 * The dtype in which a layer keeps its weights and the one in which it computes: `float32`, …, `mixed_float16`,
 * `mixed_bfloat16`.
 */
export class DTypePolicy {
  static readonly className: string = 'DTypePolicy';
  readonly #name: string;
  readonly #computeDtype: DType;

  constructor(given?: string | null, ...surplus: undefined[]) {
    refuseBeside('DTypePolicy', surplus);
    const name = given ?? dtypePolicy().name;
    this.#name = name;
    this.#computeDtype = (typeof name === 'string' && mixed[name]) || asDType(name, 'DTypePolicy');
  }
  /** The name by which configs know the policy, such as `mixed_float16`. */
  get name(): string {
    return this.#name;
  }
  /** The dtype that inputs are cast to and in which layers compute. */
  get computeDtype(): DType {
    return this.#computeDtype;
  }
  /** The dtype of weights: `float32` for mixed policies, otherwise `computeDtype`. */
  get variableDtype(): DType {
    return this.#name in mixed ? 'float32' : this.#computeDtype;
  }
  /** The policy of a layer with this path. */
  [policyAt](_path: string): DTypePolicy {
    return this;
  }
  /** How weights are quantized, if they are: `'int8'`, `'int4'`, `'float8'`, `'gptq'` or `'awq'`. */
  get quantizationMode(): string | null {
    return null;
  }
  /** Its class and its name: `<DTypePolicy "mixed_float16">`. */
  toString(): string {
    return `<${(this.constructor as typeof DTypePolicy).className} "${this.name}">`;
  }
  /** The config from which `fromConfig` makes an equal policy. */
  getConfig(): Config {
    return { name: this.name };
  }
  /** A policy from what `getConfig` returned. */
  static fromConfig({ name }: Config): DTypePolicy {
    return new this(name as string | null | undefined);
  }

  static {
    exactMethods(this);
  }
}
/** Another name of `DTypePolicy`, which files of Keras know. */
export class FloatDTypePolicy extends DTypePolicy {
  static override readonly className = 'FloatDTypePolicy';
}
const policyClasses = new Set<unknown>();
/** Makes a class of policies known to configs. */
export function registerPolicy(policy: SerializableClass<DTypePolicy>, modules: readonly string[]): void {
  policyClasses.add(policy);
  for (const module of modules) registerModule(module, [policy]);
}
for (const policy of [DTypePolicy, FloatDTypePolicy]) registerPolicy(policy, ['keras.dtype_policies', 'keras']);

/** The policy of quantized weights that a name stands for: its classes are loaded with what quantizes. */
let quantized = (name: string): DTypePolicy => withoutQuantization(`dtype "${name}"`);
export const nameQuantizedPolicies = (find: typeof quantized): void => void (quantized = find);
/** Says where what quantizes is, when it was not loaded. */
export const withoutQuantization = (who: Named | string): never =>
  fail(
    who,
    'what quantizes is not loaded',
    "import 'hornbeam/browser/quantization.js' (beside the core of pages), or in bundles { quantizers } from 'hornbeam', first",
  );

let global: DTypePolicy | undefined;
/** The policy of layers that name none. */
export const dtypePolicy = exact('config.dtypePolicy', 0, (): DTypePolicy => global ?? new DTypePolicy(floatx()));
/** Makes the policy that of `floatx` again. */
export const forgetDtypePolicy = (): void => void (global = undefined);
/** Sets the policy of layers that name none: a name such as `'mixed_bfloat16'`, a policy, its config, or null for that of `floatx`. */
export const setDtypePolicy = exact(
  'config.setDtypePolicy',
  1,
  (policy: PolicyLike): void => void (global = asPolicy(policy)),
);

/** A dtype policy, or what names one: `'mixed_float16'`, its config, or nothing for the global one. */
export type PolicyLike = string | DTypePolicy | Config | null | undefined;

/** A policy from its name, its config, or nothing (the global one). */
export function asPolicy(x: PolicyLike): DTypePolicy {
  if (x === null || x === undefined) return dtypePolicy();
  if (x instanceof DTypePolicy) return x;
  if (typeof x === 'string') return /^(float8|int[48]|gptq|awq)[/_]/.test(x) ? quantized(x) : new DTypePolicy(x);
  const described = isSerializedObject(x) ? lookUpClass(x) : undefined;
  const { config } = x as Config;
  if (described && policyClasses.has(described) && isPlainObject(config))
    return (described as SerializableClass<DTypePolicy>).fromConfig(config);
  return fail(
    'dtype',
    `${JSON.stringify(x)} is no dtype policy`,
    'give a name such as "float32" or "mixed_float16", or a DTypePolicy',
  );
}
