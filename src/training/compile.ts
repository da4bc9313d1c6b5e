import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { type Config, deserializeObject, isSerializedObject, serializeObject } from '../base/serialize.ts';
import type { Tree } from '../base/tree.ts';
import type { LossLike } from '../losses/index.ts';
import type { MetricLike } from '../metrics/index.ts';
import * as optimizers from '../optimizers/index.ts';

/** One loss for all outputs, or a list or object with one for each. */
export type Losses = LossLike | null | readonly (LossLike | null)[] | { readonly [output: string]: LossLike | null };
/** Metrics for the output, or a list of lists or an object with those of each output. */
export type Metrics =
  | MetricLike
  | readonly (MetricLike | readonly MetricLike[] | null)[]
  | { readonly [output: string]: MetricLike | readonly MetricLike[] | null };

export interface CompileOptions {
  /** A name ("adam"), an optimizer, or its config. */
  readonly optimizer?: optimizers.OptimizerLike;
  readonly loss?: Losses | undefined;
  /** Factor of each output's loss. */
  readonly lossWeights?: readonly number[] | Readonly<Record<string, number>> | null | undefined;
  readonly metrics?: Metrics | null | undefined;
  /** Metrics to which sample weights apply. */
  readonly weightedMetrics?: Metrics | null | undefined;
  /** Runs the step op by op instead of as one program: a debugger can stop in `call`. */
  readonly runEagerly?: boolean | undefined;
  readonly stepsPerExecution?: number | undefined;
  /** Kept for files: every step is compiled unless runEagerly is set. */
  readonly jitCompile?: boolean | 'auto' | undefined;
}
const compileOptions: OptionNames<CompileOptions> = {
  optimizer: true,
  loss: true,
  lossWeights: true,
  metrics: true,
  weightedMetrics: true,
  runEagerly: true,
  stepsPerExecution: true,
  jitCompile: true,
};

/** What `compile` decided. */
export class Compiled {
  readonly options: CompileOptions;
  readonly optimizer: optimizers.Optimizer;
  readonly runEagerly: boolean;

  constructor(options: CompileOptions) {
    optionsOf('compile', compileOptions, options);
    this.options = options;
    this.optimizer = optimizers.get(options.optimizer ?? 'rmsprop');
    this.runEagerly = options.runEagerly ?? false;
  }

  getConfig(): Config {
    const {
      loss = null,
      lossWeights = null,
      metrics = null,
      weightedMetrics = null,
      stepsPerExecution = 1,
      jitCompile = true,
    } = this.options;
    return {
      optimizer: serializeObject(this.optimizer),
      loss: serializeNamed('loss', loss),
      loss_weights: lossWeights,
      metrics: serializeNamed('metrics', metrics),
      weighted_metrics: serializeNamed('weighted_metrics', weightedMetrics),
      run_eagerly: this.runEagerly,
      steps_per_execution: stepsPerExecution,
      jit_compile: jitCompile === 'auto' ? true : jitCompile,
    };
  }
}

/** As configs hold it; a function without a name goes under that of its place, by which `customObjects` can give it again. */
function serializeNamed(place: string, x: unknown): unknown {
  if (Array.isArray(x)) return x.map((y, k) => serializeNamed(`${place}_${k}`, y));
  if (typeof x === 'object' && x !== null && Object.getPrototypeOf(x) === Object.prototype && !isSerializedObject(x))
    return Object.fromEntries(Object.entries(x).map(([key, y]) => [key, serializeNamed(`${place}_${key}`, y)]));
  const written = serializeObject(x);
  const isNameless = typeof x === 'function' && isSerializedObject(written) && written.config === '';
  return isNameless ? { ...written, config: place, registered_name: place } : written;
}

/** Compile options from what a file holds. */
export function compileOptionsFromConfig(config: Config): CompileOptions {
  const read = (x: unknown): any => (isSerializedObject(x) || typeof x === 'object' ? deserializeObject(x) : x);
  return {
    optimizer: read(config['optimizer']),
    loss: read(config['loss'] ?? null),
    lossWeights: config['loss_weights'] as CompileOptions['lossWeights'],
    metrics: read(config['metrics'] ?? null),
    weightedMetrics: read(config['weighted_metrics'] ?? null),
    runEagerly: config['run_eagerly'] === true,
    stepsPerExecution: (config['steps_per_execution'] as number | undefined) ?? 1,
  };
}

/** The entry of each output in a per-output option; one entry alone serves the only output, or all of them. */
export function perOutput<T>(
  what: string,
  given: unknown,
  names: readonly string[],
  isOne: (x: unknown) => boolean,
): (T | undefined)[] {
  if (given === undefined || given === null) return names.map(() => undefined);
  if (isOne(given)) return names.map(() => given as T);
  if (Array.isArray(given)) {
    if (given.length !== names.length)
      fail(
        'compile',
        `\`${what}\` has ${given.length} entries, but the model has ${names.length} output(s): ${names.join(', ')}`,
        'give one entry for each output (null for none)',
      );
    return given.map((x) => (x ?? undefined) as T | undefined);
  }
  const entries = given as Record<string, T | null>;
  for (const key of Object.keys(entries))
    if (!names.includes(key))
      fail(
        'compile',
        `\`${what}\` names the output "${key}", which the model does not have`,
        `its outputs are ${names.join(', ')}`,
      );
  return names.map((name) => entries[name] ?? undefined);
}

/** Names and leaves of a model's outputs: keys of an object, names of a functional model's outputs, or numbers. */
export function nameOutputs(outputs: Tree<unknown>, names: readonly string[] | undefined): string[] {
  const isDictionary =
    typeof outputs === 'object' && outputs !== null && Object.getPrototypeOf(outputs) === Object.prototype;
  if (isDictionary) return Object.keys(outputs as object).sort();
  const count = Array.isArray(outputs) ? outputs.length : 1;
  return names && names.length === count && new Set(names).size === count
    ? [...names]
    : Array.from({ length: count }, (_, k) => (count === 1 ? 'output' : `output_${k}`));
}
