import { fail } from '../base/errors.ts';
import { optionsOf } from '../base/options.ts';
import type { Arity, Batch, BatchSource } from '../data/batches.ts';
import { labelsBehind } from '../data/label-values.ts';
import { maskOf } from '../layers/layer/masks.ts';
import { Mean, type Metric } from '../metrics/index.ts';
import { add, zeros } from '../ops/index.ts';
import { deviceReady } from '../runtime/ready.ts';
import { letGoOf } from '../runtime/storage.ts';
import { asCallOf, inFrame, inPartOfStep, type Tensor, Trace, tensorsIn, type Variable } from '../tensor/index.ts';
import { type AnyBatch, formOf, samplesIn } from './batch-form.ts';
import type { Callback, CallbackLogs, CallbackParams } from './callbacks/callback.ts';
import type { History } from './callbacks/history.ts';
import { Listeners } from './callbacks/listeners.ts';
import { type RunBar, runBar } from './callbacks/run-bar.ts';
import { Compiled, type CompileOptions } from './compile.ts';
import { CompileLoss } from './compile-loss.ts';
import { CompileMetrics, type LoggedMetric } from './compile-metrics.ts';
import { asLogs, deviceLogs, type Logs, present, type Results, readLogs } from './logs.ts';
import { Outputs } from './outputs.ts';
import type { Progress } from './progress.ts';
import { type LossInputs, lossInputs, type MetricInputs, metricInputs, type StepLogs } from './step-types.ts';
import { makeStep, type StepFunction } from './steps.ts';
import { forward, needsCall, overrides, type Trainable } from './trainable.ts';
import { Turns } from './turns.ts';

/** What host metrics need: labels, predictions, weights and their masks. */
export interface Handed {
  readonly yTrue: unknown;
  readonly yPred: unknown;
  readonly sampleWeight: unknown;
  readonly masks: readonly (Tensor | undefined)[];
}
export interface StepResult {
  readonly logs: Logs;
  readonly host?: Handed;
}
export type Kind = 'train' | 'test' | 'predict';

const trainers = new WeakMap<object, Trainer>();
/** Makes the trainer of a model. */
export const making = { trainer: (model: Trainable): Trainer => new Trainer(model), isUsed: false };
/** The trainer of a model. */
export const trainerOf = (model: object): Trainer | undefined => trainers.get(model);

/** Everything that `compile` sets up for a model, and its steps. Where training is spread over processes, a subclass takes its place. */
export class Trainer {
  readonly model: Trainable;
  readonly turns: Turns;
  compiled: Compiled | undefined;
  history: History | undefined;
  /** Fits done since `compile`: the first one shuffles differently, as in Keras. */
  fits = 0;
  /** The position of the running fit. */
  progress: Progress | undefined;
  /** Whether Ctrl-C was pressed during the running fit. */
  isInterrupted = false;
  /** To be done once everything is built, before the next step. */
  beforeStep: (() => void) | undefined;
  /** Tries the validation of a fit, once the model is built and before its first step. */
  rehearsal: (() => void) | undefined;
  /** The shapes of a batch of training, without the number of samples. */
  #form: string | undefined;
  private loss: CompileLoss | undefined;
  private measures: CompileMetrics | undefined;
  private outputs: Outputs | undefined;
  private tracker = new Mean({ name: 'loss' });
  /** What the current step, running or being recorded, passes to host metrics. */
  private handed: Handed | undefined;
  private steps: Record<string, StepFunction> = {};
  #runsEagerly = false;
  private checked = new WeakSet<object>();
  private readonly prepared = new WeakSet<StepFunction>();

  constructor(model: Trainable) {
    this.model = model;
    this.turns = new Turns(model, () => this.metrics);
    trainers.set(model, this);
    making.isUsed = true;
  }

  compile(options: CompileOptions): void {
    this.turns.refuse('compile');
    this.compiled = new Compiled(options, this.model);
    this.runEagerly = this.compiled.runEagerly;
    this.loss = this.lossFor(options);
    this.measures = new CompileMetrics(this.model, options);
    this.tracker = new Mean({ name: 'loss' });
    this.checked = new WeakSet();
    this.fits = 0;
  }
  protected lossFor(options: CompileOptions): CompileLoss {
    return new CompileLoss(this.model, options);
  }
  /** Whether steps run op by op instead of compiled. */
  get runEagerly(): boolean {
    return this.#runsEagerly;
  }
  set runEagerly(value: boolean) {
    this.turns.refuse('runEagerly');
    this.#runsEagerly = value;
    this.forgetSteps();
  }
  /** Lets steps be made anew. */
  forgetSteps(): void {
    this.steps = {};
  }
  requireCompiled(what: string): Compiled {
    return (
      this.compiled ??
      fail(this.model, `${what} needs a compiled model`, 'call model.compile({ optimizer, loss, metrics }) first')
    );
  }
  /** The number of inputs and outputs, as far as known. */
  get arity(): Arity {
    return { inputs: this.model.inputs?.length, outputs: this.model.outputs?.length ?? this.outputs?.count };
  }

  /** All metrics by their names in logs. */
  get logged(): LoggedMetric[] {
    return this.named(this.metrics);
  }
  private named(metrics: readonly Metric[]): LoggedMetric[] {
    const names = new Map(this.compiledMetrics.map(([name, metric]) => [metric, name]));
    return metrics.map((metric) => [names.get(metric) ?? metric.name, metric]);
  }
  /** Compiled metrics by their names in logs: the loss, then those of the outputs, then the requested metrics. */
  get compiledMetrics(): LoggedMetric[] {
    if (!this.loss) return [];
    const losses = this.loss.metrics.map((metric): LoggedMetric => [metric.name, metric]);
    return [['loss', this.tracker], ...losses, ...this.measures!.logged];
  }
  /** The model's metrics: compiled ones and those it holds, unless its class lists them itself. */
  get metrics(): readonly Metric[] {
    return this.model.metrics;
  }
  resetMetrics(): void {
    for (const metric of this.metrics) metric.resetState();
  }

  /** Builds the model and creates the variables of losses, metrics and optimizer, for batches like this one. */
  prepare({ x, y }: AnyBatch, kind: Kind): void {
    const { model } = this;
    const forTraining = kind === 'train';
    const isOwn = model[overrides](`${kind}Step`);
    const { canCall, isBuilt } = model[needsCall];
    // An overridden step need not call the model, so it is called here if something is still unbuilt.
    const isMet = kind === 'predict' || this.isMet || !this.asksForJudgement;
    if (!isOwn || (canCall && !(isBuilt && isMet))) {
      // Op by op, `call` may depend on values, so it is run, as for inference.
      const yPred = this.runEagerly
        ? withoutChange(model.nonTrainableVariables, () => asCallOf(undefined, () => model[forward](x, false)))
        : inFrame(new Trace(), () => asCallOf(undefined, () => model[forward](x, forTraining)));
      if (kind !== 'predict') this.meet(y, yPred);
    }
    if (!forTraining) return;
    const { optimizer, options } = this.requireCompiled('training');
    const { trainableVariables: variables } = model;
    if (isOwn) {
      // A default one may never be used.
      if (options.optimizer !== undefined && variables.length > 0 && !optimizer.built) optimizer.build(variables);
      return;
    }
    if (!optimizer.built) optimizer.build(variables);
    if (variables.length === 0)
      console.warn(
        `${model.className} "${model.name}": it has no trainable weights, so that training changes no more than metrics and moving statistics. Fix: set \`trainable\` of some layers before compile(), unless this is meant.`,
      );
  }
  private get isMet(): boolean {
    return this.outputs !== undefined;
  }
  /** Whether a loss or metrics were compiled. */
  private get asksForJudgement(): boolean {
    const { loss, metrics, weightedMetrics } = this.compiled?.options ?? {};
    return [loss, metrics, weightedMetrics].some((x) => x !== undefined && x !== null);
  }
  /** Tells losses and metrics the structure of the outputs and lets them create their variables. */
  private meet(y: unknown, yPred: unknown): void {
    if (!this.loss) return;
    const outputs = new Outputs(this.model, yPred, this.model.outputNames);
    this.outputs = outputs;
    this.loss.build(y, yPred, outputs);
    const { judged } = this.loss;
    inFrame(new Trace(), () => asCallOf(undefined, () => this.measures!.build(y, yPred, outputs, judged)));
  }

  /** The default `model.computeLoss`: the compiled losses plus those of layers and regularizers. */
  computeLoss(given: LossInputs<unknown, unknown, unknown, unknown>): Tensor {
    return inPartOfStep('loss', () => this.lossOf(given));
  }
  private lossOf(given: LossInputs<unknown, unknown, unknown, unknown>): Tensor {
    const { model } = this;
    const { x, y, yPred, sampleWeight, training = true } = optionsOf(model, lossInputs, given);
    if (this.loss && !this.isMet) this.meet(y, yPred);
    const own = this.loss?.compute(y, yPred, sampleWeight, samplesIn([x, yPred]));
    const total = model.losses.reduce<Tensor | undefined>((sum, l) => (sum ? add(sum, l) : l), own);
    if (!total && training)
      fail(model, 'there is no loss to train on', 'pass `loss` to compile(), or call addLoss() in a layer');
    return total ?? zeros([]);
  }
  /** Adds the loss of a batch to the running loss. */
  trackLoss(loss: Tensor, size: number): void {
    inPartOfStep('metrics', () => this.tracker.updateState(loss, { sampleWeight: size }));
  }
  /**
   * The default `model.computeMetrics`: updates the compiled metrics with a batch and returns the values of all
   * metrics.
   */
  computeMetrics(given: MetricInputs<unknown, unknown, unknown, unknown>): StepLogs {
    const { y, yPred, sampleWeight } = optionsOf(this.model, metricInputs, given);
    if (this.asksForJudgement) {
      if (!this.isMet) this.meet(y, yPred);
      const measures = this.measures!;
      inPartOfStep('metrics', () => measures.update(y, yPred, sampleWeight, this.loss!.judged));
      const masks = measures.hasHostMetrics ? this.outputs!.leaves(yPred).map(maskOf) : [];
      if (measures.hasHostMetrics) this.handed = { yTrue: y, yPred, sampleWeight, masks };
    }
    return inPartOfStep('metrics', () => this.model.getMetricsResult());
  }
  /** The default `model.getMetricsResult`: the values of the metrics that live on the device. */
  getMetricsResult(): Logs {
    return deviceLogs(this.logged);
  }

  /** Runs a step of the model and collects its results: values for the logs, and what host metrics need. */
  protected gather(what: string, run: () => StepLogs): StepResult {
    this.handed = undefined;
    const logs = asLogs(this.model, what, run());
    const host = this.handed as Handed | undefined;
    this.handed = undefined;
    return { logs, ...(host && { host }) };
  }
  private readonly trainStep = (batch: Batch): StepResult =>
    this.gather('trainStep', () => this.model.trainStep(batch));
  private readonly testStep = (batch: Batch): StepResult => this.gather('testStep', () => this.model.testStep(batch));
  private readonly predictStep = (x: unknown): unknown =>
    this.model.predictStep({ x, y: undefined, sampleWeight: undefined, size: samplesIn(x) });

  get trainFunction(): StepFunction {
    this.requireCompiled('training');
    return this.step('train', this.trainStep);
  }
  get testFunction(): StepFunction {
    this.requireCompiled('evaluation');
    return this.step('test', this.testStep);
  }
  get predictFunction(): StepFunction {
    return this.step('predict', this.predictStep);
  }
  /** The step of the given kind, created anew if requested. */
  made(kind: Kind, { force = false }: { readonly force?: boolean }): StepFunction {
    if (force) delete this.steps[kind];
    return this[`${kind}Function`];
  }
  protected step(kind: string, f: (given: any) => unknown): StepFunction {
    return (this.steps[kind] ??= makeStep(`${kind}_step`, f, this.runEagerly));
  }

  /** One training step; `before` holds the previous step's logs, which nobody reads any more. */
  train(batch: Batch, before: Logs = {}): Promise<Logs> {
    return this.run('train', this.trainFunction, batch, before);
  }
  /** One step of evaluation. */
  test(batch: Batch, before: Logs = {}): Promise<Logs> {
    return this.run('test', this.testFunction, batch, before);
  }
  private async run(kind: Kind, step: StepFunction, batch: Batch, before: Logs): Promise<Logs> {
    if (!this.prepared.has(step)) {
      this.prepare(batch, kind);
      this.prepared.add(step);
      if (kind === 'train') this.#form = formOf(batch);
    }
    // An overridden step or loss may transform the labels.
    if (!this.model[overrides](`${kind}Step`) && !this.model[overrides]('computeLoss')) this.checkLabels(batch);
    const ready = deviceReady();
    if (ready) await ready;
    if (kind === 'train') {
      const rehearse = this.rehearsal;
      this.rehearsal = undefined;
      rehearse?.();
    }
    const first = this.beforeStep;
    this.beforeStep = undefined;
    first?.();
    const logs = await this.perform(kind, step, batch);
    this.drop(before);
    this.release(batch);
    return logs;
  }
  /** Runs a step on a batch; returns its logs. */
  protected async perform(_: Kind, step: StepFunction, { recycle, ...batch }: Batch): Promise<Logs> {
    const { logs, host } = step(batch) as StepResult;
    if (host) await this.updateOnHost(host);
    return logs;
  }
  /** Updates the metrics that run on the host with a batch. */
  protected async updateOnHost(handed: Handed): Promise<void> {
    await this.measures!.updateOnHost({ ...handed, wanted: this.loss!.judged });
  }
  /** The callbacks of a run. */
  listeners(callbacks: readonly Callback[], params: CallbackParams): Listeners {
    return new Listeners(callbacks, this, params);
  }
  /** The progress bar of a run, if one is asked for. */
  bar(verbose: number, callbacks: readonly Callback[]): RunBar | undefined {
    return verbose > 0 ? runBar(callbacks) : undefined;
  }
  /** The batches of a round, of which the first `done` were given before. */
  batches(source: BatchSource, done?: number): ReturnType<BatchSource['round']> {
    return source.round(done);
  }
  /** Ctrl-C: the running fit ends after the current step. */
  interrupt(): void {
    this.isInterrupted = this.model.stopTraining = true;
  }
  /** Gives back a batch that was made for a compiled step alone. Op by op anybody may have kept its tensors. */
  release({ x, y, sampleWeight, isOwn, recycle }: Batch): void {
    const used = tensorsIn([x, y, sampleWeight]);
    if (isOwn && !this.runEagerly) {
      for (const t of used) t.dispose();
      recycle?.();
    } else letGoOf(used);
  }
  /**
   * Refuses invalid labels: once for all the data behind a batch, else those of the batch, where they are in JavaScript's
   * memory. Weights may exclude samples.
   */
  private checkLabels(batch: Batch): void {
    const labels = labelsBehind.get(batch) as object | undefined;
    if (labels) {
      if (this.checked.has(labels)) return;
      this.checked.add(labels);
    }
    if (tensorsIn(batch.sampleWeight).length === 0) this.loss?.checkLabels(labels ?? batch.y);
  }
  /**
   * Tries a batch of evaluation before training begins, without effect, where its shapes differ from those of training: else
   * what does not fit would be known after the first epoch.
   */
  rehearse(batch: Batch): void {
    const { model } = this;
    if (model[overrides]('testStep')) return;
    const { x, y, sampleWeight } = batch;
    if (!model[overrides]('computeLoss')) this.checkLabels(batch);
    if (formOf(batch) === this.#form) {
      this.release(batch);
      return;
    }
    const judge = (): Tensor => {
      const yPred = model[forward](x, false);
      return model.computeLoss({ x, y, yPred, sampleWeight, training: false });
    };
    const state = [...model.nonTrainableVariables, ...this.metrics.flatMap((metric) => metric.variables)];
    if (this.runEagerly) withoutChange(state, () => asCallOf(undefined, judge));
    else inFrame(new Trace(), () => asCallOf(undefined, judge));
    this.release(batch);
  }
  /**
   * Frees the results of a compiled step, which nobody else holds, instead of leaving them to the garbage collector. Op
   * by op, someone may have kept them.
   */
  drop(logs: Logs): void {
    if (!this.runEagerly) for (const t of Object.values(logs)) t.dispose();
  }

  /** The numbers in running logs. */
  read(logs: Logs, metrics = this.metrics): Promise<CallbackLogs> {
    return readLogs(logs, this.named(metrics));
  }
  /**
   * The results of one step, for the caller. Metrics are collected once, because that takes a walk through the model.
   */
  async result(logs: Logs, returnDict?: boolean): Promise<Results> {
    const { metrics } = this;
    const numbers = await this.read(logs, metrics);
    this.drop(logs);
    return this.present(numbers, returnDict, metrics);
  }
  /**
   * Results as Keras returns them. The list holds the loss, metrics by their own names, losses of the outputs, then the
   * rest (metrics whose log names include an output's) in alphabetical order. In Keras, and therefore here, a value
   * shared by two metrics of the same name appears twice.
   */
  present(numbers: CallbackLogs, returnDict?: boolean, metrics = this.metrics): Results {
    const own = this.measures?.metrics.map((metric) => metric.name) ?? [];
    const losses = this.loss?.metrics.map((m) => m.name) ?? [];
    const compiled = new Set(this.compiledMetrics.map(([, metric]) => metric));
    const held = metrics.filter((metric) => !compiled.has(metric)).map((m) => m.name);
    return present(numbers, ['loss', ...own, ...losses, ...held], returnDict);
  }
}

/** The result of `f`; its changes to these variables, such as the seeds it draws from, are undone. */
function withoutChange<R>(variables: readonly Variable[], f: () => R): R {
  const before = variables.map((v) => v.value);
  const result = f();
  variables.forEach((v, k) => {
    v.assign(before[k]);
  });
  return result;
}
