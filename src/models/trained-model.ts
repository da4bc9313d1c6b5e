import { fail, type Named } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import type { Fields } from '../base/field/field.ts';
import { optionsOf } from '../base/options.ts';
import type { Config } from '../base/registry/serialize.ts';
import type { Data, TrainingData } from '../data/batches.ts';
import { guardMembers } from '../layers/layer/attribute-names.ts';
import type { CallOptions } from '../layers/layer/call-context.ts';
import { type AnyLayer, Layer } from '../layers/layer/layer.ts';
import { refusingStrangers } from '../layers/layer/strangers.ts';
import { metricsHeldBy } from '../layers/layer/tracking.ts';
import type { Metric } from '../metrics/index.ts';
import type { Optimizer } from '../optimizers/index.ts';
import { type KerasTensor, type Like, StatelessScope, type Tensor, type Variable } from '../tensor/index.ts';
import type { CallbackLogs } from '../training/callbacks/callback.ts';
import type { History } from '../training/callbacks/history.ts';
import { type CompileOptions, compileOptionsFromConfig, type Losses } from '../training/compile.ts';
import * as steps from '../training/default-steps.ts';
import { type EvaluateOptions, evaluate, evaluateOptions } from '../training/evaluate.ts';
import { type FitOptions, fit, fitOptions } from '../training/fit.ts';
import type { Results } from '../training/logs.ts';
import {
  type BatchOptions,
  predictOnBatch,
  type TestBatchOptions,
  testOnBatch,
  trainOnBatch,
} from '../training/on-batch.ts';
import { type PredictOptions, predict } from '../training/predict.ts';
import type { LossInputs, MetricInputs, StepBatch, StepLogs } from '../training/step-types.ts';
import type { StepFunction } from '../training/steps.ts';
import { forward, type needsCall, type Overridable, overrides, type Trainable } from '../training/trainable.ts';
import { making, type Trainer } from '../training/trainer.ts';
import { withLabels } from '../training/with-labels.ts';

export const forgetSteps: unique symbol = Symbol('forgetSteps');
type ByName = { readonly returnDict: true };
type InOrder = { readonly returnDict?: false | undefined };
/** The loss, or the loss and the metrics. */
type Scores = number | readonly unknown[];

/** Training, evaluation and prediction for any kind of model: Keras's `Trainer`. */
export abstract class TrainedModel<Out = Tensor>
  extends Layer<Fields, [inputs: any, options?: CallOptions], Out>
  implements Trainable
{
  readonly #loop: Trainer = making.trainer(this as Trainable);
  #isStopping = false;
  abstract get inputs(): readonly KerasTensor[] | undefined;
  abstract get outputs(): readonly KerasTensor[] | undefined;
  abstract get outputNames(): readonly string[] | undefined;
  abstract get [needsCall](): Trainable[typeof needsCall];

  /** Set to true (by a callback) to stop training after the current step. */
  get stopTraining(): boolean {
    return this.#isStopping;
  }
  set stopTraining(value: boolean) {
    if (typeof value !== 'boolean')
      fail(this, `stopTraining was set to ${String(value)}`, 'set true or false, or keep the value under another name');
    this.#isStopping = value;
  }

  [forward](inputs: unknown, training: boolean): unknown {
    return refusingStrangers(this as AnyLayer, () => this(inputs as Like, { training }), {
      isTraining: training,
    });
  }

  [overrides](member: Overridable): boolean {
    return this[member] !== TrainedModel.prototype[member];
  }
  /**
   * One training step on a batch, compiled as a whole by `fit` (op by op with `runEagerly`). Subclasses may override
   * it: compute a loss, take gradients with `keras.gradients`, apply them with an optimizer, update metrics, and return
   * values for the logs by name.
   */
  trainStep(batch: StepBatch<any, any, any>): StepLogs {
    return steps.trainStep(this.#loop, batch);
  }
  /** One evaluation step: loss and metrics of a batch. */
  testStep(batch: StepBatch<any, any, any>): StepLogs {
    return steps.testStep(this.#loop, batch);
  }
  /** One prediction step: the outputs for a batch. */
  predictStep({ x }: StepBatch<any, any, any>): any {
    return this[forward](x, false);
  }
  /** The loss of a batch, a scalar: the compiled losses plus those of layers and regularizers. */
  computeLoss(given: LossInputs<any, any, any, any>): Tensor {
    return this.#loop.computeLoss(given);
  }
  /**
   * The loss as a pure function of the variables' values, together with the updated non-trainable values: `[loss,
   * [trainable, nonTrainable, metrics]]`.
   */
  statelessComputeLoss(
    trainable: readonly Like[],
    nonTrainable: readonly Like[],
    metrics: readonly Like[],
    given: LossInputs<any, any, any, any>,
  ): [loss: Tensor, state: [trainable: readonly Like[], nonTrainable: Tensor[], metrics: Tensor[]]] {
    const kinds = [this.trainableVariables, this.nonTrainableVariables, this.metricsVariables] as const;
    const stateMapping = [trainable, nonTrainable, metrics].flatMap((values, k) => pairsOf(this, kinds[k], values));
    const scope = new StatelessScope({ stateMapping });
    const loss = scope.run(() => this.computeLoss(given));
    const [, others, gathered] = kinds.map((list) => list.map((v) => scope.getCurrentValue(v)!));
    return [loss, [trainable, others, gathered]];
  }
  /** Updates the compiled metrics with a batch and returns the result of `getMetricsResult`. */
  computeMetrics(given: MetricInputs<any, any, any, any>): StepLogs {
    return this.#loop.computeMetrics(given);
  }
  /** The values of all metrics, by their names in logs; host-side metrics are added after the step. */
  getMetricsResult(): StepLogs {
    return this.#loop.getMetricsResult();
  }

  /** Configures the model for training: optimizer, loss, metrics. */
  compile(options: CompileOptions = {}): void {
    this.#loop.compile(options);
  }
  /** Trains the model for `epochs` rounds over the data; returns the history of loss and metrics. */
  fit(x: TrainingData, y?: Data | FitOptions, options?: FitOptions): Promise<History> {
    return fit(this.#loop, ...withLabels(x, y, options, fitOptions));
  }
  /**
   * Computes loss and metrics on the data: a number if there is only the loss, a list with metrics, or an object by
   * name with `returnDict`. Example: `const [loss, accuracy] = await model.evaluate(x, y)`.
   */
  evaluate(x: TrainingData, y: Data | undefined, options: EvaluateOptions & ByName): Promise<CallbackLogs>;
  evaluate(x: TrainingData, options: EvaluateOptions & ByName): Promise<CallbackLogs>;
  evaluate<R extends Scores = any>(
    x: TrainingData,
    y?: Data | (EvaluateOptions & InOrder),
    options?: EvaluateOptions & InOrder,
  ): Promise<R>;
  evaluate(x: TrainingData, y?: Data | EvaluateOptions, options?: EvaluateOptions): Promise<Results>;
  evaluate(x: TrainingData, y?: Data | EvaluateOptions, options?: EvaluateOptions): Promise<Results> {
    return evaluate(this.#loop, ...withLabels(x, y, options, evaluateOptions));
  }
  /** Computes the model's outputs for all samples. */
  predict(x: TrainingData, options: PredictOptions = {}): Promise<Out> {
    return predict(this.#loop, x, options) as Promise<Out>;
  }
  /** One training step on one batch; returns loss and metrics like `evaluate`. */
  trainOnBatch(x: Data, y: Data | null | undefined, options: BatchOptions & ByName): Promise<CallbackLogs>;
  trainOnBatch<R extends Scores = any>(x: Data, y?: Data | null, options?: BatchOptions & InOrder): Promise<R>;
  trainOnBatch(x: Data, y?: Data | null, options?: BatchOptions): Promise<Results>;
  trainOnBatch(x: Data, y?: Data | null, options: BatchOptions = {}): Promise<Results> {
    return trainOnBatch(this.#loop, x, y, options);
  }
  /** Loss and metrics of one batch, returned like `evaluate`. */
  testOnBatch(x: Data, y: Data | null | undefined, options: TestBatchOptions & ByName): Promise<CallbackLogs>;
  testOnBatch<R extends Scores = any>(x: Data, y?: Data | null, options?: TestBatchOptions & InOrder): Promise<R>;
  testOnBatch(x: Data, y?: Data | null, options?: TestBatchOptions): Promise<Results>;
  testOnBatch(x: Data, y?: Data | null, options: TestBatchOptions = {}): Promise<Results> {
    return testOnBatch(this.#loop, x, y, options);
  }
  /** The model's outputs for one batch. */
  predictOnBatch(x: Data): Promise<Out> {
    return predictOnBatch(this.#loop, x) as Promise<Out>;
  }
  /** The optimizer it was compiled with; undefined before. */
  get optimizer(): Optimizer {
    return this.#loop.compiled?.optimizer as Optimizer;
  }
  /** The loss as passed to `compile`. */
  get loss(): Losses | undefined {
    return this.#loop.compiled?.options.loss;
  }
  /** Compiled metrics, the running loss first; then those held as attributes by the model and its layers. */
  override get metrics(): readonly Metric[] {
    // As in Keras, nested models are trained by this one, and their own metrics are left out.
    const held = metricsHeldBy(this as AnyLayer, (layer) => forward in layer);
    return [...new Set([...this.#loop.compiledMetrics.map(([, metric]) => metric), ...held])];
  }
  /** The names of the metrics in logs. */
  get metricsNames(): string[] {
    return this.#loop.logged.map(([name]) => name);
  }
  /** Lets all metrics begin anew, as `fit` does before each epoch. */
  resetMetrics(): void {
    this.#loop.resetMetrics();
  }
  /** Whether `compile` was called, or the model was loaded compiled. */
  get compiled(): boolean {
    return this.#loop.compiled !== undefined;
  }
  get runEagerly(): boolean {
    return this.#loop.runEagerly;
  }
  /** Whether steps run op by op, so that a debugger can stop in them, or compiled. Reset by `compile`. */
  set runEagerly(value: boolean) {
    if (typeof value !== 'boolean')
      fail(this, `runEagerly was set to ${String(value)}`, 'set true or false, or keep the value under another name');
    this.#loop.runEagerly = value;
  }
  /** Batches that are reported to callbacks as one. */
  get stepsPerExecution(): number {
    return this.#loop.compiled?.options.stepsPerExecution ?? 1;
  }
  /** Whether steps are compiled: true unless `runEagerly` is set. */
  get jitCompile(): boolean {
    return !this.runEagerly;
  }
  /** Loss and metrics of each epoch of the last `fit`; undefined before. */
  get history(): History | undefined {
    return this.#loop.history;
  }
  /** The compiled training step: `explain()` shows its kernels. */
  get trainFunction(): StepFunction {
    return this.#loop.trainFunction;
  }
  /** The compiled step of evaluation. */
  get testFunction(): StepFunction {
    return this.#loop.testFunction;
  }
  /** The compiled step of prediction. */
  get predictFunction(): StepFunction {
    return this.#loop.predictFunction;
  }
  /** The compiled step; with `force`, it is created anew because something it was compiled with has changed. */
  makeTrainFunction(
    options: {
      /** Whether to make it anew though there is one; false by default. */
      readonly force?: boolean;
    } = {},
  ): StepFunction {
    return this.#loop.made('train', optionsOf(this, { force: true }, options));
  }
  /** The compiled step of evaluation, as `makeTrainFunction` gives that of training. */
  makeTestFunction(
    options: {
      /** Whether to make it anew though there is one; false by default. */
      readonly force?: boolean;
    } = {},
  ): StepFunction {
    return this.#loop.made('test', optionsOf(this, { force: true }, options));
  }
  /** The compiled step of prediction, as `makeTrainFunction` gives that of training. */
  makePredictFunction(
    options: {
      /** Whether to make it anew though there is one; false by default. */
      readonly force?: boolean;
    } = {},
  ): StepFunction {
    return this.#loop.made('predict', optionsOf(this, { force: true }, options));
  }
  /** Lets its steps be compiled anew, for layers compute otherwise. */
  [forgetSteps](): void {
    this.#loop.forgetSteps();
  }
  /** The compile settings, in the form used in files. */
  getCompileConfig(): Config | null {
    return this.#loop.compiled?.getConfig() ?? null;
  }
  /** Compiles the model as `getCompileConfig` said. */
  compileFromConfig(config: Config): void {
    if (this[overrides]('compile')) {
      console.warn(
        `${this.className} "${this.name}": it was loaded without being compiled, because its class has a compile() of its own. Fix: call compile(), or override getCompileConfig() and compileFromConfig(config).`,
      );
      return;
    }
    this.#loop.compile(compileOptionsFromConfig(config));
  }

  static {
    exactMethods<TrainedModel>(this, {
      compile: 1,
      makePredictFunction: 1,
      makeTestFunction: 1,
      makeTrainFunction: 1,
      predict: 2,
      trainOnBatch: 3,
      testOnBatch: 3,
    });
    guardMembers(this, ['history']);
  }
}

/** Pairs of variables and their given values. */
function pairsOf(model: Named, variables: readonly Variable[], values: readonly Like[]): [Variable, Like][] {
  if (variables.length !== values.length)
    fail(model, `${values.length} values do not fit ${variables.length} variables`, 'give one for each, in order');
  return variables.map((v, k) => [v, values[k]]);
}
