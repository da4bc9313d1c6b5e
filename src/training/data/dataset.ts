import { fail } from '../../base/errors.ts';
import type { Tree } from '../../base/tree.ts';
import { asTensor, type Like, Tensor, tensorsIn } from '../../tensor/index.ts';
import { ArrayDataset, type ArrayOptions, readRows } from './arrays.ts';
import {
  type Batch,
  type BatchLike,
  type Data,
  type Dataset,
  isIterableOfBatches,
  type TrainingData,
} from './batches.ts';

export interface DatasetOptions extends ArrayOptions {
  readonly y?: Data | undefined;
  readonly sampleWeight?: Data | undefined;
  /** Batches to take in a round, where the source does not end by itself. */
  readonly steps?: number | undefined;
}

/** Whatever fit, evaluate and predict accept, as a source of batches. */
export async function asDataset(
  x: TrainingData,
  { y, sampleWeight, steps, ...options }: DatasetOptions = {},
): Promise<Dataset> {
  if (isIterableOfBatches(x)) {
    if (y !== undefined) fail('fit', 'labels were given beside a source of batches', 'let the source give [x, y]');
    return new IterableDataset(x, steps);
  }
  const [rowsX, rowsY, rowsWeight] = [
    await readRows(x as Data),
    y === undefined || y === null ? undefined : await readRows(y),
    sampleWeight === undefined || sampleWeight === null ? undefined : await readRows(sampleWeight),
  ];
  const arrays = new ArrayDataset({ x: rowsX, y: rowsY, sampleWeight: rowsWeight }, options);
  return steps === undefined ? arrays : new LimitedDataset(arrays, steps);
}

/**
 * A dataset of which a round takes at most so many batches. The next round goes on where this one ended; at the end of the data
 * a round is cut short, as in Keras, and the next begins again.
 */
class LimitedDataset implements Dataset {
  readonly steps: number;
  private readonly whole: ArrayDataset;
  private running: Iterator<Batch> | undefined;
  private seen = 0;

  constructor(whole: ArrayDataset, steps: number) {
    this.whole = whole;
    this.steps = steps;
  }
  *round(): Iterable<Batch> {
    if (this.seen >= this.whole.steps) this.running = undefined;
    if (!this.running) {
      this.running = this.whole.round()[Symbol.iterator]();
      this.seen = 0;
    }
    for (let step = 0; step < this.steps && this.seen < this.whole.steps; step++) {
      this.seen++;
      yield this.running.next().value as Batch;
    }
  }
}

/** Batches that an iterable, an async iterable, a generator or a function that makes one of these gives. */
class IterableDataset implements Dataset {
  readonly steps: number | undefined;
  private readonly source: Parameters<typeof iterate>[0];
  /** A generator cannot be begun again: with `steps` it goes on where the round before ended. */
  private running: AsyncIterator<BatchLike> | Iterator<BatchLike> | undefined;

  constructor(source: Parameters<typeof iterate>[0], steps: number | undefined) {
    this.source = source;
    this.steps = steps;
  }
  async *round(): AsyncIterable<Batch> {
    const iterator = this.steps === undefined ? iterate(this.source) : (this.running ??= iterate(this.source));
    for (let step = 0; this.steps === undefined || step < this.steps; step++) {
      const next = await iterator.next();
      if (next.done) {
        this.running = undefined;
        if (step === 0)
          fail(
            'fit',
            'the source of batches gave none',
            'pass an iterable that can be gone through again, or a function that makes a new generator for each epoch',
          );
        return;
      }
      yield asBatch(next.value);
    }
  }
}
function iterate(
  source: Iterable<BatchLike> | AsyncIterable<BatchLike> | (() => Iterable<BatchLike> | AsyncIterable<BatchLike>),
): AsyncIterator<BatchLike> | Iterator<BatchLike> {
  const made = typeof source === 'function' ? source() : source;
  return Symbol.asyncIterator in made ? made[Symbol.asyncIterator]() : made[Symbol.iterator]();
}

const toTensors = (x: unknown): unknown => {
  if (x === undefined || x === null) return undefined;
  if (x instanceof Tensor || ArrayBuffer.isView(x) || typeof x === 'number') return asTensor(x as Like);
  if (Array.isArray(x))
    return x.some((y) => y instanceof Tensor || ArrayBuffer.isView(y) || (Array.isArray(y) && tensorsIn(y).length > 0))
      ? x.map(toTensors)
      : asTensor(x as Like);
  return Object.fromEntries(Object.entries(x as Record<string, unknown>).map(([k, y]) => [k, toTensors(y)]));
};

/** One batch as given: `[x, y, sampleWeight]`, or x alone. */
export function asBatch(given: BatchLike): Batch {
  const isTuple =
    Array.isArray(given) &&
    given.length <= 3 &&
    given.some((part) => part instanceof Tensor || typeof part === 'object');
  const [x, y, sampleWeight] = (isTuple ? given : [given]) as [Tree<Like>, Tree<Like>?, Tree<Like>?];
  const batch = { x: toTensors(x), y: toTensors(y), sampleWeight: toTensors(sampleWeight) };
  return { ...batch, size: tensorsIn(batch.x)[0]?.shape[0] ?? 0 };
}
