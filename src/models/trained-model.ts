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
import { Trainer } from '../training/trainer.ts';
import { withLabels } from '../training/with-labels.ts';

type ByName = { readonly returnDict: true };
type InOrder = { readonly returnDict?: false | undefined };
/** The loss, or the loss and the metrics. */
type Scores = number | readonly unknown[];

/** What trains, evaluates and predicts with a model, whatever it is made of: Keras's `Trainer`. */
export abstract class TrainedModel<Out = Tensor>
  extends Layer<Fields, [inputs: any, options?: CallOptions], Out>
  implements Trainable
{
  readonly #loop: Trainer = new Trainer(this as Trainable);
  #isStopping = false;
  abstract get inputs(): readonly KerasTensor[] | undefined;
  abstract get outputs(): readonly KerasTensor[] | undefined;
  abstract get outputNames(): readonly string[] | undefined;
  abstract get [needsCall](): Trainable[typeof needsCall];

  /** Whether training shall end after the step; a callback sets it. */
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
   * One step of training on a batch, which `fit` compiles as a whole (op by op with `runEagerly`). A class of one's own may
   * write it: compute a loss, take its gradients with `keras.gradients`, give them to an optimizer, update metrics, and return
   * numbers for the logs by name.
   */
  trainStep(batch: StepBatch<any, any, any>): StepLogs {
    return steps.trainStep(this.#loop, batch);
  }
  /** One step of evaluation: loss and metrics of a batch. */
  testStep(batch: StepBatch<any, any, any>): StepLogs {
    return steps.testStep(this.#loop, batch);
  }
  /** One step of prediction: the outputs for a batch. */
  predictStep({ x }: StepBatch<any, any, any>): any {
    return this[forward](x, false);
  }
  /** The loss of a batch, a scalar: what was compiled, and what layers and regularizers add. */
  computeLoss(given: LossInputs<any, any, any, any>): Tensor {
    return this.#loop.computeLoss(given);
  }
  /**
   * The loss as a function of the variables' values, with the values that computing it gives those that are not trained:
   * `[loss, [trainable, nonTrainable, metrics]]`.
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
  /** Takes a batch into the compiled metrics, and gives what `getMetricsResult` gives. */
  computeMetrics(given: MetricInputs<any, any, any, any>): StepLogs {
    return this.#loop.computeMetrics(given);
  }
  /** The values of all metrics, by their names in logs; those that run on the host come into the logs after the step. */
  getMetricsResult(): StepLogs {
    return this.#loop.getMetricsResult();
  }

  /** Says how the model learns: optimizer, loss, metrics. */
  compile(options: CompileOptions = {}): void {
    this.#loop.compile(options);
  }
  /** Trains for `epochs` rounds over the data; gives the history of loss and metrics. */
  fit(x: TrainingData, y?: Data | FitOptions, options?: FitOptions): Promise<History> {
    return fit(this.#loop, ...withLabels(x, y, options, fitOptions));
  }
  /**
   * Loss and metrics on the data: the loss alone as a number, with metrics a list, or all by name with `returnDict`.
   * Which of the first two it is, is decided by what was compiled: `const [loss, accuracy] = await model.evaluate(x, y)`.
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
  /** The model's outputs for all samples. */
  predict(x: TrainingData, options: PredictOptions = {}): Promise<Out> {
    return predict(this.#loop, x, options) as Promise<Out>;
  }
  /** One training step on one batch: loss and metrics as `evaluate` gives them. */
  trainOnBatch(x: Data, y: Data | null | undefined, options: BatchOptions & ByName): Promise<CallbackLogs>;
  trainOnBatch<R extends Scores = any>(x: Data, y?: Data | null, options?: BatchOptions & InOrder): Promise<R>;
  trainOnBatch(x: Data, y?: Data | null, options?: BatchOptions): Promise<Results>;
  trainOnBatch(x: Data, y?: Data | null, options: BatchOptions = {}): Promise<Results> {
    return trainOnBatch(this.#loop, x, y, options);
  }
  /** Loss and metrics of one batch, as `evaluate` gives them. */
  testOnBatch(x: Data, y: Data | null | undefined, options: TestBatchOptions & ByName): Promise<CallbackLogs>;
  testOnBatch<R extends Scores = any>(x: Data, y?: Data | null, options?: TestBatchOptions & InOrder): Promise<R>;
  testOnBatch(x: Data, y?: Data | null, options?: TestBatchOptions): Promise<Results>;
  testOnBatch(x: Data, y?: Data | null, options: TestBatchOptions = {}): Promise<Results> {
    return testOnBatch(this.#loop, x, y, options);
  }
  predictOnBatch(x: Data): Promise<Out> {
    return predictOnBatch(this.#loop, x) as Promise<Out>;
  }
  /** What it was compiled with; undefined before. */
  get optimizer(): Optimizer {
    return this.#loop.compiled?.optimizer as Optimizer;
  }
  /** The loss as `compile` got it. */
  get loss(): Losses | undefined {
    return this.#loop.compiled?.options.loss;
  }
  /** Metrics that were compiled, the running loss first; then those that the model and its layers hold as attributes. */
  override get metrics(): readonly Metric[] {
    // As in Keras, models within are trained by this one, and what they gather by themselves is left out.
    const held = metricsHeldBy(this as AnyLayer, (layer) => forward in layer);
    return [...new Set([...this.#loop.compiledMetrics.map(([, metric]) => metric), ...held])];
  }
  /** The names of the metrics in logs. */
  get metricsNames(): string[] {
    return this.#loop.logged.map(([name]) => name);
  }
  resetMetrics(): void {
    this.#loop.resetMetrics();
  }
  get compiled(): boolean {
    return this.#loop.compiled !== undefined;
  }
  get runEagerly(): boolean {
    return this.#loop.runEagerly;
  }
  /** Runs steps op by op from now on (true), so that a debugger can stop in them, or compiled. `compile` sets it anew. */
  set runEagerly(value: boolean) {
    if (typeof value !== 'boolean')
      fail(this, `runEagerly was set to ${String(value)}`, 'set true or false, or keep the value under another name');
    this.#loop.runEagerly = value;
  }
  /** Batches that callbacks are told of as one. */
  get stepsPerExecution(): number {
    return this.#loop.compiled?.options.stepsPerExecution ?? 1;
  }
  /** Whether steps are compiled: they are, unless `runEagerly` is set. */
  get jitCompile(): boolean {
    return !this.runEagerly;
  }
  get history(): History | undefined {
    return this.#loop.history;
  }
  /** The compiled training step: `explain()` shows its kernels. */
  get trainFunction(): StepFunction {
    return this.#loop.trainFunction;
  }
  get testFunction(): StepFunction {
    return this.#loop.testFunction;
  }
  get predictFunction(): StepFunction {
    return this.#loop.predictFunction;
  }
  /** The compiled step; with `force` one that is made anew, for what it was compiled with has changed. */
  makeTrainFunction(options: { readonly force?: boolean } = {}): StepFunction {
    return this.#loop.made('train', optionsOf(this, { force: true }, options));
  }
  makeTestFunction(options: { readonly force?: boolean } = {}): StepFunction {
    return this.#loop.made('test', optionsOf(this, { force: true }, options));
  }
  makePredictFunction(options: { readonly force?: boolean } = {}): StepFunction {
    return this.#loop.made('predict', optionsOf(this, { force: true }, options));
  }
  /** How it was compiled, as files keep it. */
  getCompileConfig(): Config | null {
    return this.#loop.compiled?.getConfig() ?? null;
  }
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

/** Variables with the values given for them. */
function pairsOf(model: Named, variables: readonly Variable[], values: readonly Like[]): [Variable, Like][] {
  if (variables.length !== values.length)
    fail(model, `${values.length} values do not fit ${variables.length} variables`, 'give one for each, in order');
  return variables.map((v, k) => [v, values[k]]);
}
