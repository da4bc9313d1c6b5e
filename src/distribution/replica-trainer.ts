import { fail } from '../base/errors.ts';
import type { Batch, BatchSource } from '../data/batches.ts';
import type { AnyLayer } from '../layers/layer/layer.ts';
import { flattenLayers } from '../layers/layer/tracking.ts';
import { BatchNormalization } from '../layers/normalization/batch-normalization.ts';
import { cast, multiply } from '../ops/index.ts';
import type { Optimizer } from '../optimizers/index.ts';
import { download, storageOf, upload } from '../runtime/storage.ts';
import { type Tensor, tensor, tensorsIn, type Variable } from '../tensor/index.ts';
import type { Callback, CallbackParams } from '../training/callbacks/callback.ts';
import type { Listeners } from '../training/callbacks/listeners.ts';
import type { RunBar } from '../training/callbacks/run-bar.ts';
import type { CompileOptions } from '../training/compile.ts';
import type { CompileLoss } from '../training/compile-loss.ts';
import { judge, lossAndGradients, type Stepping } from '../training/default-steps.ts';
import { asLogs, type Logs } from '../training/logs.ts';
import type { StepFunction } from '../training/steps.ts';
import { forward, overrides } from '../training/trainable.ts';
import { type Kind, type StepResult, Trainer } from '../training/trainer.ts';
import { type Weights, watch } from './contributions.ts';
import { LedListeners } from './led-listeners.ts';
import type { Job, Part } from './mpi/job.ts';
import { Packing } from './packing.ts';
import { ReplicaLoss } from './replica-loss.ts';
import { partOf, rowsOf } from './rows.ts';
import { currentSpread, type Spread } from './spread.ts';
import { broadcastJson, broadcastValues } from './state.ts';

/** The arguments of a rank's program: its part of the batch and the weights of that part. */
type Given = Omit<Batch, 'recycle' | 'isOwn'> & Weights;
/** With what this rank holds of that by which losses are divided. */
type Counted = Given & { readonly shares: readonly Tensor[] };
/** What a rank's program leaves to be summed, and what becomes of the sums; noted while the program is recorded. */
interface Agreement {
  readonly packing: Packing;
  /** The number of gradients, which come first. */
  readonly slopes: number;
  /** The variables, which come next. */
  readonly variables: readonly Variable[];
  /** Logs other than metrics: means over the ranks. */
  readonly extras: readonly string[];
}
type PartResult = StepResult & { readonly buckets: readonly Tensor[] };

/**
 * Trains a model on several processes as if there were one: each computes with its rows of a batch; gradients, metrics
 * and moving statistics are summed between two programs, the second of which updates the weights identically on all
 * ranks.
 */
export class ReplicaTrainer extends Trainer {
  readonly #agreements: Partial<Record<Kind, Agreement>> = {};
  readonly #numbers = new Map<number, Tensor>();
  /** Whether Ctrl-C was pressed here and the other ranks do not know yet. */
  #isAskedToStop = false;
  /** The fit (null: none) for which the ranks' values have been synchronised. */
  #agreed: object | null | undefined;

  #replicaLoss: ReplicaLoss | undefined;
  protected override lossFor(options: CompileOptions): CompileLoss {
    return (this.#replicaLoss = new ReplicaLoss(this.model, options));
  }

  protected override async perform(kind: Kind, step: StepFunction, batch: Batch): Promise<Logs> {
    const spread = currentSpread();
    if (!spread || kind === 'predict') return super.perform(kind, step, batch);
    const { job } = spread;
    if (kind === 'train' && this.model[overrides]('trainStep'))
      fail(
        this.model,
        'its class writes trainStep itself, and gradients cannot be taken out of the middle of it to be summed over processes',
        'let trainStep be the default, and override computeLoss',
      );
    await this.#begin(job);
    const given = await this.#partOf(batch, spread);
    const shares = await this.#shares(kind, given, job);
    const {
      logs: own,
      host,
      buckets,
    } = this.step(`part of ${kind}`, this.#part(kind))({ ...given, shares }) as PartResult;
    if (host)
      fail(
        this.model,
        'a metric that runs on the host (static hostSide) cannot be summed over processes',
        'leave it out of compile(), and use it on rank 0 on what predict() gives',
      );
    const [asked] = await reduce(job, buckets, [Number(this.#isAskedToStop)]);
    if (asked! > 0) super.interrupt();
    const logs = this.step(`rest of ${kind}`, this.#rest(kind))(buckets) as Logs;
    if (!this.runEagerly) {
      const whole = new Set(tensorsIn([batch.x, batch.y, batch.sampleWeight]));
      const cut = tensorsIn([given.x, given.y, given.sampleWeight]).filter((t) => !whole.has(t));
      for (const t of [...buckets, ...Object.values(own), ...cut, ...shares]) t.dispose();
    }
    return logs;
  }

  /** Starts a fit on all ranks from the values of rank 0. */
  async #begin(job: Job): Promise<void> {
    const fit = this.progress ?? null;
    if (this.#agreed === fit) return;
    this.#agreed = fit;
    for (const layer of flattenLayers(this.model as unknown as AnyLayer))
      if (layer instanceof BatchNormalization && layer.synchronized)
        fail(
          layer,
          'its statistics are to be those of all processes (synchronized: true), which would have to be summed in the middle of a step',
          'leave synchronized out: each process normalises by its part of the batch',
        );
    this.#isAskedToStop = false;
    await broadcastValues(job, this.state);
  }
  /** Weights and related state, in the same order on all ranks. */
  get state(): readonly Variable[] {
    const { trainableVariables, nonTrainableVariables } = this.model;
    const { optimizer } = this.compiled ?? {};
    return [...new Set([...trainableVariables, ...nonTrainableVariables, ...(optimizer?.variables ?? [])])];
  }

  /** This rank's part of a batch. A rank without rows computes with the first row, with weight 0. */
  async #partOf(batch: Batch, { job, hasSameData }: Spread): Promise<Given> {
    const { rank, size: ranks } = job;
    const keeps = this.#number(rank === 0 ? 1 : 0);
    if (!hasSameData) {
      const total = await summed(job, [batch.size]);
      const { x, y, sampleWeight, size } = batch;
      return { x, y, sampleWeight, size, keeps, share: this.#number(size / total[0]!) };
    }
    const [from, to] = rowsOf(rank, ranks, batch.size);
    const part = partOf(batch, to > from ? from : 0, to > from ? to : 1);
    const share = this.#number((to - from) / batch.size);
    return { ...part, keeps, share };
  }
  /** A number as an input of a program, made once. */
  #number(value: number): Tensor {
    let known = this.#numbers.get(value);
    if (!known || storageOf(known).isDisposed) this.#numbers.set(value, (known = tensor(value)));
    return known;
  }

  /** The program of a rank's part of a batch, which computes its contributions to the sums. */
  #part(kind: Kind) {
    return ({ share, shares, keeps, ...batch }: Counted): PartResult => {
      const { model } = this;
      const running = this.metrics.flatMap((metric) => [...metric.variables]);
      const changed = watch([...new Set([...running, ...model.nonTrainableVariables])], { share, keeps });
      let slopes: readonly Tensor[] = [];
      const loss = this.#replicaLoss;
      const compute = () => {
        if (kind === 'test') return model.testStep(batch);
        const found = lossAndGradients(this.#weighing(share), batch);
        ({ slopes } = found);
        return judge(this, batch, found);
      };
      const result = this.gather(`${kind}Step`, () => (loss ? loss.weighed({ share, shares }, compute) : compute()));
      const others = changed();
      const known = asLogs(model, 'getMetricsResult', model.getMetricsResult());
      const extras = Object.keys(result.logs).filter((name) => !(name in known));
      const means = extras.map((name) => multiply(cast(result.logs[name]!, 'float32'), share));
      const all = [...slopes, ...others.map(({ value }) => value), ...means];
      const packing = new Packing(all);
      this.#agreements[kind] = { packing, slopes: slopes.length, variables: others.map(({ v }) => v), extras };
      return { ...result, buckets: packing.pack(all) };
    };
  }
  /**
   * This rank's shares of what means over a part of the batch are divided by: what masks and ignored classes leave, or weights of
   * samples. All ranks count before the step.
   */
  async #shares(kind: Kind, given: Given, job: Job): Promise<readonly Tensor[]> {
    const loss = this.#replicaLoss;
    // A testStep of the model's own may compute other losses, in another order.
    if (!loss || this.#isEven[kind] || (kind === 'test' && this.model[overrides]('testStep'))) return [];
    const counts = this.step(`counts of ${kind}`, this.#counts(kind, loss))(given) as readonly Tensor[];
    if (counts.length === 0) {
      this.#isEven[kind] = true;
      return [];
    }
    const hasRows = (await given.share.item()) > 0;
    const own = await Promise.all(counts.map(async (count) => (hasRows ? ((await count.item()) as number) : 0)));
    const all = await summed(job, own);
    if (!this.runEagerly) for (const count of counts) count.dispose();
    return own.map((count, k) => tensor(all[k]! === 0 ? 0 : count / all[k]!));
  }
  /** Kinds of steps whose losses are all divided by the number of rows. */
  readonly #isEven: Partial<Record<Kind, boolean>> = {};
  /** The program that counts; what it computes beside, layers' states among it, is dropped. */
  #counts(kind: Kind, loss: ReplicaLoss) {
    return ({ share: _, keeps: __, ...batch }: Given): readonly Tensor[] => {
      const { model } = this;
      const { x, y, sampleWeight } = batch;
      const training = kind === 'train';
      const variables = [...new Set([...this.state, ...this.metrics.flatMap((metric) => [...metric.variables])])];
      const before = variables.map((v) => v.read());
      const counts = loss.counted(() => {
        model.computeLoss({ x, y, yPred: model[forward](x, training), sampleWeight, training });
      });
      variables.forEach((v, k) => {
        if (v.read() !== before[k]) v.assign(before[k]!);
      });
      return counts;
    };
  }
  /**
   * A trainer whose loss is weighted by the rank's share of the batch, so that summed gradients are those of the whole
   * batch.
   */
  #weighing(share: Tensor): Stepping {
    const compiled = (what: string): { optimizer: Optimizer } => {
      const { optimizer } = this.requireCompiled(what);
      const scaleLoss = (loss: Tensor): Tensor => optimizer.scaleLoss(multiply(loss, cast(share, loss.dtype)));
      return { optimizer: { scaleLoss } as Optimizer };
    };
    return { model: this.model, requireCompiled: compiled, trackLoss: () => {} };
  }
  /** The program that every rank runs on the sums. */
  #rest(kind: Kind) {
    return (buckets: readonly Tensor[]): Logs => {
      const { packing, slopes, variables, extras } = this.#agreements[kind]!;
      const totals = packing.unpack(buckets);
      const { model } = this;
      if (slopes > 0) {
        const { optimizer } = this.requireCompiled('training');
        optimizer.apply(totals.slice(0, slopes), model.trainableVariables);
      }
      variables.forEach((v, k) => void v.assign(totals[slopes + k]!));
      const means = extras.map((name, k) => [name, totals[slopes + variables.length + k]!] as const);
      return { ...asLogs(model, 'getMetricsResult', model.getMetricsResult()), ...Object.fromEntries(means) };
    };
  }

  override listeners(callbacks: readonly Callback[], params: CallbackParams): Listeners {
    const spread = currentSpread();
    return spread ? new LedListeners(callbacks, this, params, spread.job) : super.listeners(callbacks, params);
  }
  override bar(verbose: number, callbacks: readonly Callback[]): RunBar | undefined {
    const { job } = currentSpread() ?? {};
    return job && job.rank > 0 ? undefined : super.bar(verbose, callbacks);
  }
  /** Ends a round on all ranks when it ends on one. */
  override batches(source: BatchSource, done?: number): ReturnType<BatchSource['round']> {
    const { job } = currentSpread() ?? {};
    const round = super.batches(source, done);
    return job ? together(round, source.steps, job) : round;
  }
  /** Asks all ranks to stop, since Ctrl-C may reach only some of them. */
  override interrupt(): void {
    if (currentSpread()) this.#isAskedToStop = true;
    else super.interrupt();
  }
}

/** The batches of a round, equally many on all ranks: unless that is known, the ranks agree before each batch. */
async function* together(
  round: ReturnType<BatchSource['round']>,
  steps: number | undefined,
  job: Job,
): AsyncGenerator<Batch> {
  const first = await broadcastJson(job, steps ?? null);
  const others = (await summed(job, [steps === undefined || steps !== first ? 1 : 0]))[0]!;
  if (others === 0) {
    yield* round;
    return;
  }
  const iterator = Symbol.asyncIterator in round ? round[Symbol.asyncIterator]() : round[Symbol.iterator]();
  let isSpent = false;
  try {
    for (let step = 0; ; step++) {
      const next = await iterator.next();
      isSpent = next.done === true;
      const without = (await summed(job, [isSpent ? 1 : 0]))[0]!;
      if (without === 0) {
        yield next.value as Batch;
        continue;
      }
      if (without < job.size && job.rank === 0)
        console.warn(
          `distribution: the data of ${without} of ${job.size} processes ended after ${step} steps, and the round with it for all. Fix: give all as many batches.`,
        );
      return;
    }
  } finally {
    if (!isSpent) await iterator.return?.();
  }
}

/** The sums of some numbers over all ranks. */
const summed = (job: Job, numbers: readonly number[]): Promise<Float64Array> => reduce(job, [], numbers);

/** Sums buckets over all ranks, in place if their memory is accessible, and some numbers, which it returns. */
async function reduce(job: Job, buckets: readonly Tensor[], numbers: readonly number[]): Promise<Float64Array> {
  const copies: { bucket: Tensor; data: Float32Array }[] = [];
  const parts: Part[] = [];
  for (const bucket of buckets) {
    const { device, buffer } = storageOf(bucket);
    const count = bucket.shape[0]!;
    let memory = device.memory?.(buffer);
    if (memory === undefined) {
      const data = (await download(bucket)) as Float32Array;
      copies.push({ bucket, data });
      memory = data;
    }
    parts.push({ memory, count, dtype: 'float32' });
  }
  const memory = Float64Array.from(numbers);
  await job.reduce([...parts, { memory, count: memory.length, dtype: 'float64' }]);
  for (const { bucket, data } of copies) {
    const { device, buffer } = storageOf(upload(data, bucket));
    storageOf(bucket).move(device, buffer);
  }
  return memory;
}
