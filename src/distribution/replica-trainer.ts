import { fail } from '../base/errors.ts';
import type { Batch, BatchSource } from '../data/batches.ts';
import { storageOf } from '../runtime/storage.ts';
import { type Tensor, tensor, tensorsIn, type Variable } from '../tensor/index.ts';
import type { Callback, CallbackParams } from '../training/callbacks/callback.ts';
import type { Listeners } from '../training/callbacks/listeners.ts';
import type { RunBar } from '../training/callbacks/run-bar.ts';
import type { CompileOptions } from '../training/compile.ts';
import type { CompileLoss } from '../training/compile-loss.ts';
import type { Logs } from '../training/logs.ts';
import type { StepFunction } from '../training/steps.ts';
import { overrides } from '../training/trainable.ts';
import { type Kind, type StepResult, Trainer } from '../training/trainer.ts';
import { cutStep } from './cut-step.ts';
import { gathered } from './gather.ts';
import { LedListeners } from './led-listeners.ts';
import type { Job } from './mpi/job.ts';
import { reduce, reduceNow, summed } from './reduce.ts';
import { ReplicaLoss } from './replica-loss.ts';
import { type Given, replicaStep } from './replica-step.ts';
import { partOf, rowsOf } from './rows.ts';
import { currentSpread, type Spread } from './spread.ts';
import { broadcastJson, broadcastValues } from './state.ts';
import { summingNow } from './sums.ts';

/**
 * Trains a model on several processes as if there were one: each computes with its rows of a batch. A step is cut into
 * programs where gradients, metrics and statistics are summed over all ranks; the last one updates the weights, the same on
 * all.
 */
export class ReplicaTrainer extends Trainer {
  /** The steps over all ranks, by those of one process. */
  readonly #steps = new WeakMap<StepFunction, ReturnType<typeof cutStep<[Given], StepResult>>>();
  readonly #numbers = new Map<number, Tensor>();
  /** Whether Ctrl-C was pressed here and the other ranks do not know yet. */
  #isAskedToStop = false;
  /** The fit (null: none) for which the ranks' values have been synchronised. */
  #agreed: object | null | undefined;

  protected override lossFor(options: CompileOptions): CompileLoss {
    return new ReplicaLoss(this.model, options);
  }

  protected override async perform(kind: Kind, step: StepFunction, batch: Batch): Promise<Logs> {
    const spread = currentSpread();
    if (!spread || kind === 'predict') return super.perform(kind, step, batch);
    const { job } = spread;
    await this.#begin(job);
    const given = await this.#partOf(batch, spread);
    const { logs, host } = await this.#stepped(kind, step, given, job);
    if (host) {
      const rows = (await given.share.item()) > 0 ? given.size : 0;
      await this.updateOnHost(await gathered(host, { rows, size: given.size }, job));
    }
    if (!this.runEagerly) {
      const whole = new Set(tensorsIn([batch.x, batch.y, batch.sampleWeight]));
      const cut = tensorsIn([given.x, given.y, given.sampleWeight]).filter((t) => !whole.has(t));
      for (const t of cut) t.dispose();
    }
    return logs;
  }
  /** Runs the step of a rank's part of a batch. */
  async #stepped(kind: Kind, step: StepFunction, given: Given, job: Job): Promise<StepResult> {
    const own = (part: Given): StepResult => {
      const { model } = this;
      const running = this.metrics.flatMap((metric) => [...metric.variables]);
      const variables = [...new Set([...running, ...model.nonTrainableVariables])];
      return replicaStep(model, variables, part, (rows) =>
        this.gather(`${kind}Step`, () => (kind === 'test' ? model.testStep(rows) : model.trainStep(rows))),
      );
    };
    if (this.runEagerly) {
      if (kind === 'train' && this.model[overrides]('trainStep'))
        fail(
          this.model,
          'its class writes trainStep itself, and op by op (runEagerly) nobody sees what follows from the rows of one process alone',
          'compile it without runEagerly to train it on several processes',
        );
      const result = summingNow(
        (buckets) => reduceNow(job, buckets),
        () => own(given),
      );
      await this.#exchange(job, [], true);
      return result;
    }
    let made = this.#steps.get(step);
    if (!made) this.#steps.set(step, (made = cutStep(`${kind}_step`, own)));
    return made((buckets, isLast) => this.#exchange(job, buckets, isLast), given);
  }
  /** Sums over all ranks; once a step, they also tell each other whether one is asked to stop. */
  async #exchange(job: Job, buckets: readonly Tensor[], isLast: boolean): Promise<void> {
    const [asked] = await reduce(job, buckets, isLast ? [Number(this.#isAskedToStop)] : []);
    if (asked! > 0) super.interrupt();
  }

  /** Starts a fit on all ranks from the values of rank 0. */
  async #begin(job: Job): Promise<void> {
    const fit = this.progress ?? null;
    if (this.#agreed === fit) return;
    this.#agreed = fit;
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
