import { fail } from '../base/errors.ts';
import { maskOf } from '../layers/masks.ts';
import { Mean, type Metric } from '../metrics/index.ts';
import { add, zeros } from '../ops/index.ts';
import { deviceReady } from '../runtime/device.ts';
import { asCallOf, gradientsOf, inFrame, type Tensor, Trace, tensorsIn, withHistory } from '../tensor/index.ts';
import type { CallbackLogs } from './callbacks/callback.ts';
import type { History } from './callbacks/history.ts';
import { Compiled, type CompileOptions } from './compile.ts';
import { CompileLoss } from './compile-loss.ts';
import { CompileMetrics, type LoggedMetric } from './compile-metrics.ts';
import type { Arity, Batch } from './data/batches.ts';
import { labelsBehind } from './data/label-values.ts';
import { deviceLogs, type Logs, present, type Results, readLogs } from './logs.ts';
import { Outputs } from './outputs.ts';
import type { Progress } from './progress.ts';
import { makeStep, type StepFunction } from './steps.ts';
import { forward, type Trainable } from './trainable.ts';
import { Turns } from './turns.ts';

interface StepResult {
  readonly logs: Logs;
  /** What host metrics need: labels, predictions and the masks that travel with them. */
  readonly host?: {
    readonly yTrue: unknown;
    readonly yPred: unknown;
    readonly masks: readonly (Tensor | undefined)[];
  };
}
type Kind = 'train' | 'test' | 'predict';

const trainers = new WeakMap<object, Trainer>();
/** The trainer of a model. */
export const trainerOf = (model: object): Trainer | undefined => trainers.get(model);

/** All that `compile` sets up for a model, and its steps. */
export class Trainer {
  readonly model: Trainable;
  readonly turns: Turns;
  compiled: Compiled | undefined;
  history: History | undefined;
  /** Fits done since `compile`: the first one shuffles differently, as in Keras. */
  fits = 0;
  /** Where the fit stands that is running. */
  progress: Progress | undefined;
  /** What is to be done once, when everything is made and before the next step. */
  beforeStep: (() => void) | undefined;
  private loss: CompileLoss | undefined;
  private measures: CompileMetrics | undefined;
  private outputs: Outputs | undefined;
  private tracker = new Mean({ name: 'loss' });
  private steps: Partial<Record<Kind, StepFunction>> = {};
  private checked = new WeakSet<object>();
  private readonly prepared = new WeakSet<StepFunction>();

  constructor(model: Trainable) {
    this.model = model;
    this.turns = new Turns(model, () => this.metrics);
    trainers.set(model, this);
  }

  compile(options: CompileOptions): void {
    this.turns.refuse('compile');
    this.compiled = new Compiled(options, this.model);
    this.loss = new CompileLoss(this.model, options);
    this.measures = new CompileMetrics(this.model, options);
    this.tracker = new Mean({ name: 'loss' });
    this.checked = new WeakSet();
    this.steps = {};
    this.fits = 0;
  }
  requireCompiled(what: string): Compiled {
    return (
      this.compiled ??
      fail(this.model, `${what} needs a compiled model`, 'call model.compile({ optimizer, loss, metrics }) first')
    );
  }
  /** Numbers of inputs and outputs, as far as they are known. */
  get arity(): Arity {
    return { inputs: this.model.inputs?.length, outputs: this.model.outputs?.length ?? this.outputs?.count };
  }

  /** Metrics under the names that logs give them: the loss, then those of the outputs, then what was compiled. */
  get logged(): LoggedMetric[] {
    if (!this.loss) return [];
    const losses = this.loss.metrics.map((metric): LoggedMetric => [metric.name, metric]);
    return [['loss', this.tracker], ...losses, ...this.measures!.logged];
  }
  get metrics(): readonly Metric[] {
    return this.logged.map(([, metric]) => metric);
  }
  resetMetrics(): void {
    for (const metric of this.metrics) metric.resetState();
  }

  /** Builds the model, and makes the variables of loss, metrics and optimizer, for batches like this one. */
  prepare({ x, y }: Batch, forTraining: boolean): void {
    // Op by op, `call` may depend on numbers: it is run, as for inference, so that no state changes.
    const yPred = this.compiled?.runEagerly
      ? asCallOf(undefined, () => this.model[forward](x, false))
      : inFrame(new Trace(), () => asCallOf(undefined, () => this.model[forward](x, forTraining)));
    if (!this.loss) return;
    const outputs = new Outputs(this.model, yPred, this.model.outputNames);
    this.outputs = outputs;
    this.loss.build(y, yPred, outputs);
    const { judged } = this.loss;
    inFrame(new Trace(), () => asCallOf(undefined, () => this.measures!.build(y, yPred, outputs, judged)));
    if (!forTraining) return;
    const { trainableVariables: variables } = this.model;
    const { optimizer } = this.compiled!;
    if (!optimizer.built) optimizer.build(variables);
    if (variables.length === 0)
      console.warn(
        `${this.model.className} "${this.model.name}": it has no trainable weights, so that training changes no more than metrics and moving statistics. Fix: set \`trainable\` of some layers before compile(), unless this is meant.`,
      );
  }

  /** The loss of a batch, that of the layers and regularizers included; undefined when there is none. */
  private computeLoss({ y, sampleWeight, size }: Batch, yPred: unknown): Tensor | undefined {
    const own = this.loss!.compute(y, yPred, sampleWeight, size);
    return this.model.losses.reduce<Tensor | undefined>((sum, l) => (sum ? add(sum, l) : l), own);
  }
  /** Takes a batch into the metrics, and gives their values. */
  private computeMetrics({ y, sampleWeight, size }: Batch, yPred: unknown, loss: Tensor): StepResult {
    const measures = this.measures!;
    this.tracker.updateState(loss, { sampleWeight: size });
    measures.update(y, yPred, sampleWeight, this.loss!.judged);
    const masks = this.outputs!.leaves(yPred).map(maskOf);
    return {
      logs: deviceLogs(this.logged),
      ...(measures.hasHostMetrics && { host: { yTrue: y, yPred, masks } }),
    };
  }

  private readonly trainStep = (batch: Batch): StepResult => {
    const { model } = this;
    const { optimizer } = this.compiled!;
    const variables = model.trainableVariables;
    const values = variables.map((v) => v.read());
    const run = (): { yPred: unknown; loss: Tensor; scaled: Tensor } => {
      const yPred = model[forward](batch.x, true);
      const loss =
        this.computeLoss(batch, yPred) ??
        fail(model, 'there is no loss to train on', 'pass `loss` to compile(), or call addLoss() in a layer');
      return { yPred, loss, scaled: optimizer.scaleLoss(loss) };
    };
    const { yPred, loss, scaled } = withHistory(run);
    // As in Keras, a step changes trainable variables by their gradients alone: what `call` assigned to them is dropped.
    variables.forEach((v, k) => {
      if (v.read() !== values[k]) v.assign(values[k]!);
    });
    if (variables.length > 0) optimizer.apply(gradientsOf(scaled, values), variables);
    return this.computeMetrics(batch, yPred, loss);
  };
  private readonly testStep = (batch: Batch): StepResult => {
    const yPred = this.model[forward](batch.x, false);
    return this.computeMetrics(batch, yPred, this.computeLoss(batch, yPred) ?? zeros([]));
  };
  private readonly predictStep = (x: unknown): unknown => this.model[forward](x, false);

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
  private step(kind: Kind, f: (given: any) => unknown): StepFunction {
    return (this.steps[kind] ??= makeStep(`${kind}_step`, f, this.compiled?.runEagerly ?? false));
  }

  /** One step of training; `before` are the logs of the step before, which nobody reads any more. */
  train(batch: Batch, before: Logs = {}): Promise<Logs> {
    return this.run(this.trainFunction, batch, before, true);
  }
  /** One step of evaluation. */
  test(batch: Batch, before: Logs = {}): Promise<Logs> {
    return this.run(this.testFunction, batch, before, false);
  }
  private async run(step: StepFunction, batch: Batch, before: Logs, forTraining: boolean): Promise<Logs> {
    if (!this.prepared.has(step)) {
      this.prepare(batch, forTraining);
      this.prepared.add(step);
    }
    this.checkLabels(batch);
    const ready = deviceReady();
    if (ready) await ready;
    const first = this.beforeStep;
    this.beforeStep = undefined;
    first?.();
    const { logs, host } = step(batch) as StepResult;
    if (host)
      await this.measures!.updateOnHost({ ...host, sampleWeight: batch.sampleWeight, wanted: this.loss!.judged });
    this.drop(before);
    if (batch.isOwn && !this.compiled!.runEagerly)
      for (const t of tensorsIn([batch.x, batch.y, batch.sampleWeight])) t.dispose();
    return logs;
  }
  /** Tells labels that no loss can make sense of, once for all data behind a batch. Weights may leave samples out. */
  private checkLabels(batch: Batch): void {
    const labels = labelsBehind.get(batch) as object | undefined;
    if (!labels || this.checked.has(labels)) return;
    this.checked.add(labels);
    if (tensorsIn(batch.sampleWeight).length === 0) this.loss?.checkLabels(labels);
  }
  /**
   * Gives back the results of a compiled step, which nobody else has held, instead of leaving them to the garbage collector. Op by
   * op anybody may have kept them.
   */
  drop(logs: Logs): void {
    if (!this.compiled!.runEagerly) for (const t of Object.values(logs)) t.dispose();
  }

  /** Numbers of running logs. */
  read(logs: Logs): Promise<CallbackLogs> {
    return readLogs(logs, this.logged);
  }
  /**
   * Results as Keras gives them. Its list: the loss, metrics by their own names, losses of the outputs, then the rest (metrics whose
   * names in logs bear an output's) by the alphabet. In Keras, and so here, what two metrics of one name share stands there twice.
   */
  present(numbers: CallbackLogs, returnDict?: boolean): Results {
    const own = this.measures?.metrics.map((metric) => metric.name) ?? [];
    return present(numbers, ['loss', ...own, ...(this.loss?.metrics.map((m) => m.name) ?? [])], returnDict);
  }
}
