import type { DType } from './dtype.ts';
import { DTypePolicy, dtypePolicy, nameQuantizedPolicies, registerPolicy } from './dtype-policy.ts';
import { fail } from './errors.ts';
import { exactMethods } from './exact.ts';
import { type OptionNames, optionsOf, show } from './options.ts';
import type { Config } from './registry/serialize.ts';

/** How weights can be quantized. */
export const quantizationModes = ['int8', 'float8', 'int4', 'gptq', 'awq'] as const;
export type QuantizationMode = (typeof quantizationModes)[number];
export const isQuantizationMode = (x: unknown): x is QuantizationMode =>
  (quantizationModes as readonly unknown[]).includes(x);

/** Options of `QuantizedDTypePolicy`. */
export interface QuantizedDTypePolicyOptions {
  /** How weights are quantized: `'int8'`, `'int4'`, `'float8'`, `'gptq'` or `'awq'`; some classes want numbers behind it, as in `'gptq/4/128'`. */
  readonly mode: string;
  /** Name of the policy that says the rest, such as `'mixed_bfloat16'`; the global one when absent. */
  readonly sourceName?: string | null | undefined;
}
const names: OptionNames<QuantizedDTypePolicyOptions> = { mode: true, sourceName: true };

/** Takes the whole numbers behind a mode apart: `'gptq/4/128'` has 4 and 128. */
function numbersIn(who: string, mode: unknown, form: string): readonly number[] {
  const [first, ...rest] = String(mode).split('/');
  const [wanted, ...parts] = form.split('/');
  if (first !== wanted || rest.length !== parts.length || !rest.every((n) => /^-?\d+$/.test(n)))
    fail(who, `${show(mode)} is no mode of it`, `give '${form}', with whole numbers`);
  return rest.map(Number);
}
/** Refuses sizes of groups that are none. */
function sizeOfGroup(who: string, name: string, n: number): number {
  if (n < -1 || n === 0) fail(who, `${name} is ${n}`, 'give -1 for all in one, or how many belong together');
  return n;
}

/**
 * A policy whose weights are quantized; the rest is as another policy says.
 * @example new keras.dtypePolicies.QuantizedDTypePolicy({ mode: 'int8', sourceName: 'float32' }).name // 'int8_from_float32'
 */
export class QuantizedDTypePolicy extends DTypePolicy {
  static override readonly className: string = 'QuantizedDTypePolicy';
  readonly #mode: QuantizationMode;
  readonly #said: string;
  readonly #source: DTypePolicy;

  constructor(options: QuantizedDTypePolicyOptions, ...surplus: undefined[]) {
    const { mode, sourceName } = optionsOf('QuantizedDTypePolicy', names, options, surplus);
    const source = new DTypePolicy(sourceName ?? dtypePolicy().name);
    super(source.name);
    this.#source = source;
    this.#said = mode;
    const [base] = typeof mode === 'string' ? mode.split('/') : [''];
    if (!isQuantizationMode(base) || (base !== mode && new.target === QuantizedDTypePolicy))
      fail('QuantizedDTypePolicy', `${show(mode)} is no mode`, `give one of ${quantizationModes.join(', ')}`);
    if (base === 'int8' && source.computeDtype === 'float16')
      fail(
        'QuantizedDTypePolicy',
        'int8 with computation in float16 overflows',
        "take 'mixed_bfloat16' or 'float32' for its source",
      );
    this.#mode = base;
  }
  override get name(): string {
    return `${this.#said}_from_${this.#source.name}`;
  }
  override get computeDtype(): DType {
    return this.#source.computeDtype;
  }
  override get variableDtype(): DType {
    return this.#source.variableDtype;
  }
  override get quantizationMode(): QuantizationMode {
    return this.#mode;
  }
  override getConfig(): Config {
    return { mode: this.#said, source_name: this.#source.name };
  }
  static override fromConfig({ mode, source_name }: Config): QuantizedDTypePolicy {
    return new this({ mode: mode as string, sourceName: source_name as string | null });
  }

  static {
    exactMethods<QuantizedDTypePolicy>(this);
  }
}

/** Options of `QuantizedFloat8DTypePolicy`. */
export interface QuantizedFloat8DTypePolicyOptions extends QuantizedDTypePolicyOptions {
  /** Of how many steps the largest values are remembered; 1024 by default. */
  readonly amaxHistoryLength?: number | undefined;
}
const float8Names: OptionNames<QuantizedFloat8DTypePolicyOptions> = { ...names, amaxHistoryLength: true };
/** Products of 8-bit floats, whose scales follow what the last steps saw (https://arxiv.org/abs/2209.05433). */
export class QuantizedFloat8DTypePolicy extends QuantizedDTypePolicy {
  static override readonly className = 'QuantizedFloat8DTypePolicy';
  /** The default of `amaxHistoryLength`: how many steps' largest magnitudes a scale follows. */
  static readonly defaultAmaxHistoryLength = 1024;
  readonly amaxHistoryLength: number;

  constructor(options: QuantizedFloat8DTypePolicyOptions, ...surplus: undefined[]) {
    const { amaxHistoryLength = 1024, ...others } = optionsOf('QuantizedFloat8DTypePolicy', float8Names, options);
    super(others, ...surplus);
    if (!Number.isInteger(amaxHistoryLength) || amaxHistoryLength < 1)
      fail('QuantizedFloat8DTypePolicy', `amaxHistoryLength is ${show(amaxHistoryLength)}`, 'give a whole number >= 1');
    this.amaxHistoryLength = amaxHistoryLength;
  }
  override getConfig(): Config {
    return { ...super.getConfig(), amax_history_length: this.amaxHistoryLength };
  }
  static override fromConfig({ mode, source_name, amax_history_length: n }: Config): QuantizedFloat8DTypePolicy {
    const amaxHistoryLength = n as number | undefined;
    return new this({ mode: mode as string, sourceName: source_name as string | null, amaxHistoryLength });
  }
}

/** Weights of 4 bits, a scale for each block of inputs: `'int4/128'`, `'int4/-1'` for one scale a channel. */
export class Int4DTypePolicy extends QuantizedDTypePolicy {
  static override readonly className = 'Int4DTypePolicy';
  readonly mode = 'int4';
  /** How many inputs have a scale in common; -1 for all of them. */
  readonly blockSize: number;

  constructor(options: QuantizedDTypePolicyOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    const [blockSize] = numbersIn('Int4DTypePolicy', options.mode, 'int4/<blockSize>');
    this.blockSize = sizeOfGroup('Int4DTypePolicy', 'blockSize', blockSize);
  }
}

/** Weights quantized by GPTQ: `'gptq/<weightBits>/<groupSize>'`. */
export class GPTQDTypePolicy extends QuantizedDTypePolicy {
  static override readonly className = 'GPTQDTypePolicy';
  readonly mode = 'gptq';
  /** Bits of a weight: 2, 3, 4 or 8. */
  readonly weightBits: number;
  /** How many inputs have a scale in common; -1 for all of them. */
  readonly groupSize: number;

  constructor(options: QuantizedDTypePolicyOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    const [bits, size] = numbersIn('GPTQDTypePolicy', options.mode, 'gptq/<weightBits>/<groupSize>');
    if (![2, 3, 4, 8].includes(bits)) fail('GPTQDTypePolicy', `weightBits is ${bits}`, 'give 2, 3, 4 or 8');
    this.weightBits = bits;
    this.groupSize = sizeOfGroup('GPTQDTypePolicy', 'groupSize', size);
  }
}

/** Weights quantized by AWQ: `'awq/4/<groupSize>'`. */
export class AWQDTypePolicy extends QuantizedDTypePolicy {
  static override readonly className = 'AWQDTypePolicy';
  readonly mode = 'awq';
  /** Bits of a weight: 4. */
  readonly weightBits: number;
  /** How many inputs have a scale in common; -1 for all of them. */
  readonly groupSize: number;

  constructor(options: QuantizedDTypePolicyOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    const [bits, size] = numbersIn('AWQDTypePolicy', options.mode, 'awq/<weightBits>/<groupSize>');
    if (bits !== 4) fail('AWQDTypePolicy', `weightBits is ${bits}`, 'give 4');
    this.weightBits = bits;
    this.groupSize = sizeOfGroup('AWQDTypePolicy', 'groupSize', size);
  }
}

for (const policy of [
  QuantizedDTypePolicy,
  QuantizedFloat8DTypePolicy,
  Int4DTypePolicy,
  GPTQDTypePolicy,
  AWQDTypePolicy,
])
  registerPolicy(policy, ['keras.dtype_policies']);

/** The policy of a name such as `'int8_from_float32'`. */
nameQuantizedPolicies((name): QuantizedDTypePolicy => {
  const parts = name.split('_from_');
  if (parts.length !== 2)
    fail('dtype', `"${name}" names no quantized policy`, "give mode and source, as in 'int8_from_float32'");
  const [mode, sourceName] = parts;
  const [base] = mode.split('/');
  const types = { float8: QuantizedFloat8DTypePolicy, gptq: GPTQDTypePolicy, awq: AWQDTypePolicy };
  if (mode.startsWith('int4/')) return new Int4DTypePolicy({ mode, sourceName });
  const type = Object.hasOwn(types, base) ? types[base as keyof typeof types] : QuantizedDTypePolicy;
  return new type({ mode, sourceName });
});
