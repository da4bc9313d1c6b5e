import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { Mean, type Metric } from '../metrics/index.ts';
import { add, cast, multiply } from '../ops/index.ts';
import { deviceReady } from '../runtime/device.ts';
import {
  asCallOf,
  currentTrace,
  gradientsOf,
  inFrame,
  mapTensors,
  Tensor,
  Trace,
  tensor,
  tensorsIn,
} from '../tensor/index.ts';
import type { History } from './callbacks/history.ts';
import { Compiled, type CompileOptions } from './compile.ts';
import { CompileLoss } from './compile-loss.ts';
import { CompileMetrics } from './compile-metrics.ts';
import type { Batch, Data } from './data/batches.ts';
import { asBatch } from './data/dataset.ts';
import { makeStep, type StepFunction } from './steps.ts';
import { forward, type Trainable } from './trainable.ts';

export interface BatchOptions {
  readonly sampleWeight?: Data | undefined;
  /** Weight of each class in the loss. */
  readonly classWeight?: Readonly<Record<number, number>> | undefined;
  /** Gives an object by metric name instead of a list. */
  readonly returnDict?: boolean | undefined;
}
const batchOptions: OptionNames<BatchOptions> = { sampleWeight: true, classWeight: true, returnDict: true };
/** Loss and metrics: a number when there is only the loss, else a list, or an object by name. */
export type Results = number | number[] | Record<string, number>;
/** Running loss and metrics, still on the device. */
export type Logs = Readonly<Record<string, Tensor>>;
interface StepResult {
  readonly logs: Logs;
  /** What host metrics need. */
  readonly host?: { readonly yTrue: unknown; readonly yPred: unknown };
}

/** All that `compile` sets up for a model, and its steps. */
export class Trainer {
  readonly model: Trainable;
  compiled: Compiled | undefined;
  history: History | undefined;
  /** Fits done since `compile`: the first one shuffles differently, as in Keras. */
  fits = 0;
  private loss: CompileLoss | undefined;
  private measures: CompileMetrics | undefined;
  private tracker = new Mean({ name: 'loss' });
  private steps: { train?: StepFunction; test?: StepFunction; predict?: StepFunction } = {};

  constructor(model: Trainable) {
    this.model = model;
  }

  compile(options: CompileOptions): void {
    this.compiled = new Compiled(options);
    this.loss = new CompileLoss(options);
    this.measures = new CompileMetrics(options);
    this.tracker = new Mean({ name: 'loss' });
    this.steps = {};
    this.fits = 0;
  }
  requireCompiled(what: string): Compiled {
    return (
      this.compiled ??
      fail(this.model, `${what} needs a compiled model`, 'call model.compile({ optimizer, loss, metrics }) first')
    );
  }

  get metrics(): readonly Metric[] {
    return this.loss ? [this.tracker, ...this.loss.metrics, ...this.measures!.metrics] : [];
  }
  resetMetrics(): void {
    for (const metric of this.metrics) metric.resetState();
  }

  /** Builds the model, and makes the variables of loss, metrics and optimizer, for batches like this one. */
  prepare({ x, y }: Batch, forTraining: boolean): void {
    // Op by op, `call` may depend on numbers: it is run, as for inference, so that no state changes.
    const outputs = this.compiled?.runEagerly
      ? asCallOf(undefined, () => this.model[forward](x, false))
      : inFrame(new Trace(), () => asCallOf(undefined, () => this.model[forward](x, forTraining)));
    if (!this.loss) return;
    const { outputNames } = this.model;
    this.loss.build(outputs, outputNames);
    inFrame(new Trace(), () => asCallOf(undefined, () => this.measures!.build(y, outputs, outputNames)));
    if (forTraining) this.compiled!.optimizer.build(this.model.trainableVariables);
  }

  /** Loss of one batch, that of the layers and regularizers included. */
  private totalLoss({ y, sampleWeight, size }: Batch, yPred: unknown): Tensor {
    const own = this.loss!.compute(y, yPred, sampleWeight, size);
    const total = this.model.losses.reduce<Tensor | undefined>((sum, l) => (sum ? add(sum, l) : l), own);
    return (
      total ??
      fail(this.model, 'there is no loss to train on', 'pass `loss` to compile(), or call addLoss() in a layer')
    );
  }

  private finish(batch: Batch, yPred: unknown, loss: Tensor, isTraining: boolean): StepResult {
    this.tracker.updateState(loss, { sampleWeight: batch.size });
    this.measures!.update(batch.y, yPred, batch.sampleWeight, isTraining);
    return { logs: this.results(), ...(this.measures!.hasHostMetrics && { host: { yTrue: batch.y, yPred } }) };
  }
  /** Current values of the metrics that live on the device. */
  private results(): Logs {
    const logs: Record<string, Tensor> = {};
    for (const metric of this.metrics) {
      if (isHost(metric)) continue;
      const value = metric.result();
      if (value instanceof Tensor) logs[metric.name] = value;
      else Object.assign(logs, value);
    }
    return logs;
  }

  private readonly trainStep = (batch: Batch): StepResult => {
    const { model, compiled } = this;
    const variables = model.trainableVariables;
    const values = variables.map((v) => v.read());
    const run = (): { yPred: unknown; loss: Tensor; scaled: Tensor } => {
      const yPred = model[forward](batch.x, true);
      const loss = this.totalLoss(batch, yPred);
      return { yPred, loss, scaled: compiled!.optimizer.scaleLoss(loss) };
    };
    const { yPred, loss, scaled } = currentTrace() ? run() : inFrame({ kind: 'tape' }, run);
    compiled!.optimizer.apply(gradientsOf(scaled, values), variables);
    return this.finish(batch, yPred, loss, true);
  };
  private readonly testStep = (batch: Batch): StepResult => {
    const yPred = this.model[forward](batch.x, false);
    return this.finish(batch, yPred, this.totalLoss(batch, yPred), false);
  };
  private readonly predictStep = (x: unknown): unknown => this.model[forward](x, false);

  get trainFunction(): StepFunction {
    const compiled = this.requireCompiled('training');
    return (this.steps.train ??= makeStep(
      'train_step',
      this.trainStep as (...args: readonly unknown[]) => unknown,
      compiled.runEagerly,
    ));
  }
  get testFunction(): StepFunction {
    const compiled = this.requireCompiled('evaluation');
    return (this.steps.test ??= makeStep(
      'test_step',
      this.testStep as (...args: readonly unknown[]) => unknown,
      compiled.runEagerly,
    ));
  }
  get predictFunction(): StepFunction {
    return (this.steps.predict ??= makeStep('predict_step', this.predictStep, this.compiled?.runEagerly ?? false));
  }

  private prepared = new WeakMap<object, boolean>();
  async train(batch: Batch): Promise<Logs> {
    const step = this.trainFunction;
    if (!this.prepared.has(step)) {
      this.prepare(batch, true);
      this.prepared.set(step, true);
    }
    return this.runStep(step, batch);
  }
  async test(batch: Batch): Promise<Logs> {
    const step = this.testFunction;
    if (!this.prepared.has(step)) {
      this.prepare(batch, false);
      this.prepared.set(step, true);
    }
    return this.runStep(step, batch);
  }
  private async runStep(step: StepFunction, batch: Batch): Promise<Logs> {
    const ready = deviceReady();
    if (ready) await ready;
    const { logs, host } = step(batch) as StepResult;
    if (host) await this.measures!.updateOnHost(host.yTrue, host.yPred, batch.sampleWeight);
    this.release(step, logs, batch);
    return logs;
  }
  /**
   * Gives back what a compiled step alone has held, instead of leaving it to the garbage collector: the results of the step before,
   * and the batch when it was made for this step. Op by op anybody may have kept them.
   */
  private release(step: StepFunction, logs: Logs, batch: Batch): void {
    if (this.compiled!.runEagerly) return;
    for (const t of this.stale.get(step) ?? []) t.dispose();
    this.stale.set(step, Object.values(logs));
    if (batch.isOwn) for (const t of tensorsIn([batch.x, batch.y, batch.sampleWeight])) t.dispose();
  }
  /** Results of the last step of each kind: they are read before the next. */
  private readonly stale = new WeakMap<StepFunction, readonly Tensor[]>();

  /** Numbers of running logs, sorted by name as Keras shows them; host metrics included. */
  async read(logs: Logs): Promise<Record<string, number>> {
    const numbers: Record<string, number> = {};
    for (const [name, t] of Object.entries(logs)) numbers[name] = await t.item();
    for (const metric of this.metrics) {
      if (!isHost(metric)) continue;
      const value: unknown = await metric.result();
      if (typeof value === 'number') numbers[metric.name] = value;
      else Object.assign(numbers, value);
    }
    return Object.fromEntries(Object.entries(numbers).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  async trainOnBatch(x: Data, y: Data | undefined, options: BatchOptions): Promise<Results> {
    const { sampleWeight, classWeight, returnDict } = optionsOf('trainOnBatch', batchOptions, options);
    this.requireCompiled('trainOnBatch');
    const batch = withClassWeight(asBatch([x, y ?? undefined, sampleWeight] as never), classWeight);
    return this.present(await this.read(await this.train(await batch)), returnDict);
  }
  async testOnBatch(x: Data, y: Data | undefined, options: BatchOptions): Promise<Results> {
    const { sampleWeight, returnDict } = optionsOf('testOnBatch', batchOptions, options);
    this.requireCompiled('testOnBatch');
    return this.present(
      await this.read(await this.test(asBatch([x, y ?? undefined, sampleWeight] as never))),
      returnDict,
    );
  }
  async predictOnBatch(x: Data): Promise<unknown> {
    await deviceReady();
    return this.predictFunction(asBatch([x] as never).x);
  }

  /** Results as Keras gives them: the loss alone, or a list in the order of the metrics. */
  present(numbers: Record<string, number>, returnDict = false): Results {
    if (returnDict) return numbers;
    const { loss, ...rest } = numbers;
    const order = this.metrics.map((m) => m.name);
    const list = [
      loss!,
      ...Object.keys(rest)
        .sort((a, b) => order.indexOf(a) - order.indexOf(b))
        .map((name) => rest[name]!),
    ];
    return list.length === 1 ? list[0]! : list;
  }
}

const isHost = (metric: Metric): boolean => (metric.constructor as { hostSide?: boolean }).hostSide === true;

/** Multiplies sample weights by the weight of each sample's class. */
export async function withClassWeight(
  batch: Batch,
  classWeight: Readonly<Record<number, number>> | undefined,
): Promise<Batch> {
  if (!classWeight) return batch;
  const labels = tensorsIn(batch.y);
  if (labels.length !== 1) fail('fit', 'classWeight works for models with one output only', 'use sampleWeight');
  const y = labels[0]!;
  const data = await y.data();
  const classes = y.shape.length > 1 && y.shape.at(-1)! > 1 ? y.shape.at(-1)! : 0;
  const weightOf = (k: number): number => classWeight[k] ?? 1;
  const weights = Float32Array.from({ length: y.shape[0]! }, (_, i) => {
    if (classes === 0) return weightOf(Math.round(data[i]!));
    const row = data.subarray(i * classes, (i + 1) * classes);
    return weightOf(row.indexOf(Math.max(...row)));
  });
  const given = batch.sampleWeight === undefined ? undefined : (mapTensors(batch.sampleWeight, (t) => t) as Tensor);
  const own = tensor(weights);
  return { ...batch, sampleWeight: given ? multiply(cast(given, 'float32'), own) : own };
}
