import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import { nextSeedBits, seedState, setSeedState } from '../random/global-seed.ts';
import { pythonOrder } from '../random/python-order.ts';
import { type BatchLike, type Pipelined, type SourceRequest, sourceOf } from './batches.ts';
import { type Pipeline, PipelineSource } from './pipeline-source.ts';

/** Options of `PyDataset`. */
export interface PyDatasetOptions {
  /** Calls of `getItem` that run at the same time, where it is asynchronous; 1 by default. */
  readonly workers?: number | undefined;
  /**
   * Has no effect, and a warning says so: there are no processes, and threads share no objects. `Dataset.map` runs
   * functions of modules in threads.
   */
  readonly useMultiprocessing?: boolean | undefined;
  /** Batches prepared in advance, with more than one worker; 10 by default. */
  readonly maxQueueSize?: number | undefined;
}
const pyDatasetOptions: OptionNames<PyDatasetOptions> = { workers: true, useMultiprocessing: true, maxQueueSize: true };

/**
 * Batches by number: a subclass defines `numBatches` and `getItem(index)`, which returns `x`, `[x, y]` or `[x, y,
 * sampleWeight]`, or a promise of it. `fit` takes them in the same order as Keras with the same seed (with `shuffle:
 * false` in sequence), and calls `onEpochBegin` and `onEpochEnd`, in which the next epoch can be prepared.
 * @see https://keras.io/api/utils/python_utils/#pydataset-class
 */
export abstract class PyDataset<T extends BatchLike = BatchLike> implements AsyncIterable<T>, Pipelined {
  workers: number;
  useMultiprocessing: boolean;
  maxQueueSize: number;

  constructor(options: PyDatasetOptions = {}, ...surplus: undefined[]) {
    const {
      workers = 1,
      useMultiprocessing = false,
      maxQueueSize = 10,
    } = optionsOf('PyDataset', pyDatasetOptions, options, surplus);
    for (const [name, value, least] of [
      ['workers', workers, 0],
      ['maxQueueSize', maxQueueSize, 1],
    ] as const)
      if (!Number.isInteger(value) || value < least)
        fail('PyDataset', `${name} is ${show(value)}`, `give a whole number of at least ${least}`);
    if (useMultiprocessing)
      console.warn(
        'PyDataset: useMultiprocessing has no effect: getItem runs in this thread. Fix: leave it out; what computes much belongs into a module that the map of a keras.data.Dataset runs in threads.',
      );
    this.workers = workers;
    this.useMultiprocessing = useMultiprocessing;
    this.maxQueueSize = maxQueueSize;
  }
  /** The number of batches; null if endless. */
  abstract get numBatches(): number | null;
  /** The batch with a given number. */
  abstract getItem(index: number): T | Promise<T>;
  /** Runs at the beginning of every epoch. */
  onEpochBegin(): void | Promise<void> {}
  /** Runs at the end of every epoch. */
  onEpochEnd(): void | Promise<void> {}

  /** The batches in their order, one after the other. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    const count = this.numBatches ?? Infinity;
    for (let k = 0; k < count; k++) yield await this.getItem(k);
  }
  /** @internal Batches for training. */
  [sourceOf](request: SourceRequest): PipelineSource {
    const { shuffle } = request;
    const count = (): number => this.numBatches ?? Infinity;
    const pipeline: Pipeline = {
      count,
      next: () => (shuffle && count() < Infinity ? { shuffle: seedState() } : {}),
      after: () => ({}),
      begin: ({ shuffle: drawn }, from) => {
        const n = count();
        if (!shuffle || n === Infinity) return this.#batches((k) => k, n, from);
        const now = seedState();
        if (drawn) setSeedState(drawn);
        const order = pythonOrder({ next: nextSeedBits }, n);
        if (from > 0) setSeedState(now);
        return this.#batches((k) => order[k], n, from);
      },
      drawOrder: () => void (shuffle && count() < Infinity && pythonOrder({ next: nextSeedBits }, count())),
      onEpochBegin: () => this.onEpochBegin(),
      onEpochEnd: () => this.onEpochEnd(),
    };
    return new PipelineSource(pipeline, request);
  }
  /** The batches in a given order, prepared in advance if there are several workers. */
  async *#batches(order: (k: number) => number, count: number, from: number): AsyncGenerator<unknown> {
    const { workers } = this;
    const most = workers > 1 ? this.maxQueueSize : 1;
    const queue: Promise<unknown>[] = [];
    let [next, running] = [from, 0];
    const fill = (): void => {
      for (; next < count && queue.length < most && running < Math.max(1, workers); next++) {
        running++;
        const batch = (async () => this.getItem(order(next)))().finally(() => {
          running--;
          if (workers > 1) fill();
        });
        // The consumer sees a failure; if there is none, it must not count as unhandled.
        batch.catch(() => {});
        queue.push(batch);
      }
    };
    for (let k = from; k < count; k++) {
      fill();
      yield await queue.shift();
    }
  }

  static {
    exactMethods<PyDataset>(this);
  }
}
