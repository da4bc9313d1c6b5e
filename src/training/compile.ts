import { type OptionNames, optionsOf } from '../base/options.ts';
import { type Config, deserializeObject, isSerializedObject, serializeObject } from '../base/registry/serialize.ts';
import type { Tree } from '../base/tree.ts';
import { isPlainObject } from '../base/tree.ts';
import type { LossLike } from '../losses/index.ts';
import type { MetricLike } from '../metrics/index.ts';
import * as optimizers from '../optimizers/index.ts';
import type { Trainable } from './trainable.ts';

/**
 * One loss for all outputs, or a list or object with one for each (null for none), in the structure of the model's
 * outputs. An output may have a list of losses, which are summed.
 */
export type Losses = LossLike | Tree<LossLike | null>;
/** Metrics for the output; with several outputs, a list or object with the metrics of each. */
export type Metrics = MetricLike | Tree<MetricLike | null>;

/** Options of `model.compile`. */
export interface CompileOptions {
  /** A name ("adam"), an optimizer, or its config. */
  readonly optimizer?: optimizers.OptimizerLike;
  /** Loss by name, object or function; a list or record of them for several outputs. */
  readonly loss?: Losses | undefined;
  /** Weight of each output's loss. */
  readonly lossWeights?: Tree<number> | null | undefined;
  /** Metrics by name, object or function; a list or record of lists for several outputs. */
  readonly metrics?: Metrics | null | undefined;
  /** Metrics to which sample weights apply. */
  readonly weightedMetrics?: Metrics | null | undefined;
  /** Runs the step op by op instead of as one program: a debugger can stop in `call`. */
  readonly runEagerly?: boolean | undefined;
  /** Steps per call of the compiled program; 1 by default. */
  readonly stepsPerExecution?: number | undefined;
  /** Only kept for files: every step is compiled unless runEagerly is set. */
  readonly jitCompile?: boolean | 'auto' | undefined;
  /** With the dtype policy "mixed_float16": scales the loss, so that small gradients do not vanish. */
  readonly autoScaleLoss?: boolean | undefined;
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
  autoScaleLoss: true,
};

/** The result of `compile`. */
export class Compiled {
  readonly options: CompileOptions;
  readonly optimizer: optimizers.Optimizer;
  readonly runEagerly: boolean;
  /** The optimizer as given, without the loss scale wrapped around it. */
  private readonly given: optimizers.Optimizer;

  constructor(options: CompileOptions, { dtypePolicy }: Pick<Trainable, 'dtypePolicy'>) {
    optionsOf('compile', compileOptions, options);
    this.options = options;
    this.given = optimizers.get(options.optimizer ?? 'rmsprop');
    const isScaled = (options.autoScaleLoss ?? true) && dtypePolicy.name === 'mixed_float16';
    this.optimizer =
      isScaled && !(this.given instanceof optimizers.LossScaleOptimizer)
        ? (new optimizers.LossScaleOptimizer({
            innerOptimizer: this.given,
            name: 'loss_scale_optimizer',
          }) as optimizers.Optimizer)
        : this.given;
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
      // As in Keras: whoever reads the file adds the loss scale again.
      optimizer: serializeObject(this.given),
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

/**
 * In the form used in configs; an anonymous function is named after its place, so that `customObjects` can supply it
 * again.
 */
function serializeNamed(place: string, x: unknown): unknown {
  if (Array.isArray(x)) return x.map((y, k) => serializeNamed(`${place}_${k}`, y));
  if (isPlainObject(x) && !isSerializedObject(x))
    return Object.fromEntries(Object.entries(x).map(([key, y]) => [key, serializeNamed(`${place}_${key}`, y)]));
  const written = serializeObject(x);
  const isNameless = typeof x === 'function' && isSerializedObject(written) && written.config === '';
  return isNameless ? { ...written, config: place, registered_name: place } : written;
}

/** Compile options from a file. */
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
