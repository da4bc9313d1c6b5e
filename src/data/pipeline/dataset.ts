import { fail } from '../../base/errors.ts';
import { exactMethods } from '../../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';
import type { Streamable } from '../../base/stream.ts';
import { leavesOf, type Tree } from '../../base/tree.ts';
import type { Tensor } from '../../tensor/index.ts';
import { type Pipelined, type RoundState, type SourceRequest, sourceOf } from '../batches.ts';
import { type Pipeline, PipelineSource } from '../pipeline-source.ts';
import { batched, paddedBatches, rebatched, unbatched, windowed } from './batching.ts';
import { count, orAuto } from './counts.ts';
import type { ElementOf, PartsOf } from './element.ts';
import { type InterleaveOptions, interleaved, interleaving } from './interleaving.ts';
import { filtered, mapped, mappedInThreads, numbered, type OfParts } from './mapping.ts';
import { cached, cachedInFile, prefetched, repeated, sharded, shuffled, skipped, taken } from './order.ts';
import { checkSignature, type Signature } from './signature.ts';
import { concatenated, generated, listed, numbers, slices, zipped } from './sources.ts';
import { nextPipelineSeed, type Stage } from './stage.ts';
import type { ModuleFunction } from './threads.ts';

/** The cardinality of a dataset without end. */
export const INFINITE_CARDINALITY = Number.POSITIVE_INFINITY;
/** The cardinality of a dataset whose end shows only on the way. */
export const UNKNOWN_CARDINALITY = null;

/** Options of `Dataset.map`. */
export interface MapOptions {
  /** Calls that run at the same time, for functions that wait for something; 1 by default. */
  readonly numParallelCalls?: number | undefined;
  /** Threads that run a module's function; 1 by default. */
  readonly workers?: number | undefined;
  /** Keeps the elements in order; false gives them as they are ready. */
  readonly deterministic?: boolean | undefined;
}
const mapOptions: OptionNames<MapOptions> = { numParallelCalls: true, deterministic: true, workers: true };

/** Options of `Dataset.batch`. */
export interface BatchOptions {
  /** Leaves out the last batch where fewer elements are left for it. */
  readonly dropRemainder?: boolean | undefined;
}
const batchOptions: OptionNames<BatchOptions> = { dropRemainder: true };

/** Options of `Dataset.paddedBatch`. */
export interface PaddedBatchOptions extends BatchOptions {
  /** The shape of each part, null for the longest of the batch along an axis; so all axes are by default. */
  readonly paddedShapes?: unknown;
  /** What fills: one value, or one for each part; 0 and '' by default. */
  readonly paddingValues?: unknown;
}
const paddedBatchOptions: OptionNames<PaddedBatchOptions> = {
  dropRemainder: true,
  paddedShapes: true,
  paddingValues: true,
};

/** Options of `Dataset.shuffle`. */
export interface ShuffleOptions {
  /** Makes the order repeat, in other processes too; that of `utils.setRandomSeed` does where it is absent. */
  readonly seed?: number | undefined;
  /** Draws another order each time that the dataset is gone through; true by default. */
  readonly reshuffleEachIteration?: boolean | undefined;
}
const shuffleOptions: OptionNames<ShuffleOptions> = { seed: true, reshuffleEachIteration: true };

/** Options of `Dataset.window`. */
export interface WindowOptions extends BatchOptions {
  /** Elements from the beginning of one window to that of the next; the size of a window by default. */
  readonly shift?: number | undefined;
  /** Elements from one within a window to the next; 1 by default. */
  readonly stride?: number | undefined;
}
const windowOptions: OptionNames<WindowOptions> = { dropRemainder: true, shift: true, stride: true };

/** Options of `Dataset.fromGenerator`. */
export interface GeneratorOptions {
  /** What elements are like, part by part: `{ shape, dtype }`, null for sizes of any number. Numbers and arrays become of that dtype. */
  readonly outputSignature?: Signature | undefined;
}
const generatorOptions: OptionNames<GeneratorOptions> = { outputSignature: true };

/** Options of `Dataset.enumerate`. */
export interface EnumerateOptions {
  /** Number of the first element; 0 by default. */
  readonly start?: number | undefined;
}
const enumerateOptions: OptionNames<EnumerateOptions> = { start: true };

/** The elements of a window: for each part of an element a dataset. */
export type WindowOf<T> = T extends Tensor ? Dataset<T> : { -readonly [K in keyof T]: WindowOf<T[K]> };
type ZipOf<S> = S extends Dataset<infer T> ? T : { -readonly [K in keyof S]: ZipOf<S[K]> };
type Datasets = Dataset<any> | readonly Datasets[] | { readonly [name: string]: Datasets };

/** The batch size of a dataset that was batched last. */
export let batchSizeOf: (dataset: Dataset) => number | undefined;

/**
 * Elements that are made one after the other as they are asked for: tensors, lists and objects of tensors. Each method gives a new
 * dataset; a loop `for await (const element of dataset)` goes once through it, and so does each epoch of `fit`, which takes
 * elements as batches `x`, `[x, y]` or `[x, y, sampleWeight]`. Functions take the parts of a list as arguments, and may be
 * asynchronous. Numbers, strings, typed arrays and plain nested arrays become tensors; elements wait in JavaScript's memory until a
 * device computes with them.
 * @example
 * const dataset = keras.data.Dataset.range(10).shuffle(10, { seed: 1 }).map((x) => keras.ops.square(x)).batch(4);
 * dataset.cardinality() // 3
 * @see https://www.tensorflow.org/api_docs/python/tf/data/Dataset
 */
export class Dataset<T = unknown> implements AsyncIterable<T>, Pipelined {
  readonly #stage: Stage;
  #seed: number | undefined;
  #turn = 0;

  /** @internal Datasets are made by the class's methods. */
  constructor(stage: Stage) {
    if (typeof (stage as Partial<Stage> | undefined)?.elements !== 'function')
      fail('Dataset', 'it is not made by `new`', 'use Dataset.fromTensorSlices, fromGenerator, list, range or zip');
    this.#stage = stage;
  }
  static #of(made: unknown): Stage | undefined {
    return made instanceof Dataset ? made.#stage : undefined;
  }
  static #stagesOf(given: unknown, who: string): Stage[] {
    return leavesOf(given as Tree<unknown>).map(
      (made) => Dataset.#of(made) ?? fail(`Dataset.${who}`, `it was given ${show(made)}`, 'give datasets'),
    );
  }

  /** Rows of arrays as elements: of one, or of each in a list or object. A list of plain arrays of one kind is one array. */
  static fromTensorSlices<const S>(tensors: S): Dataset<ElementOf<S>> {
    return new Dataset(slices(tensors));
  }
  /** One element: the tensors as they are. */
  static fromTensors<const S>(tensors: S): Dataset<ElementOf<S>> {
    return new Dataset(listed([tensors]));
  }
  /**
   * What a function's generator (or async generator, iterable, web stream) gives; the function is called for each round. What is given
   * itself instead of a function is asked for a new iterator each time, which a generator does not have.
   */
  static fromGenerator<const S>(
    generator: Streamable<S> | (() => Streamable<S> | Promise<Streamable<S>>),
    options: GeneratorOptions = {},
  ): Dataset<ElementOf<S>> {
    const { outputSignature } = optionsOf('Dataset.fromGenerator', generatorOptions, options);
    return new Dataset(generated(generator, outputSignature && checkSignature(outputSignature)));
  }
  /** The entries of a list as elements, of any forms. */
  static list<const S>(elements: readonly S[]): Dataset<ElementOf<S>> {
    return new Dataset(listed(elements));
  }
  /** Whole numbers (int32) from `start` to below `stop`; of one number, from 0 to below it. */
  static range(start: number, stop?: number, step?: number): Dataset<Tensor> {
    return new Dataset(stop === undefined ? numbers(0, start, 1) : numbers(start, stop, step ?? 1));
  }
  /** Elements made of one of each dataset, as long as all have one: a list, or the list or object in which they were given. */
  static zip<const S extends Datasets>(datasets: S): Dataset<ZipOf<S>>;
  static zip<const S extends readonly Dataset<any>[]>(...datasets: S): Dataset<ZipOf<S>>;
  static zip(...datasets: readonly unknown[]): Dataset<any> {
    const form = datasets.length === 1 && !(datasets[0] instanceof Dataset) ? datasets[0] : datasets;
    return new Dataset(zipped(form as Tree<unknown>, Dataset.#stagesOf(form, 'zip')));
  }

  /** The elements of this, then those of another. */
  concatenate<S>(dataset: Dataset<S>): Dataset<T | S> {
    return new Dataset(concatenated(this.#stage, Dataset.#stagesOf(dataset, 'concatenate')[0]));
  }
  /**
   * What a function makes of each element. One that a module exports, `{ module: new URL('./augment.js', import.meta.url), name }`,
   * runs in other threads (Node's worker threads, web workers): it takes and gives plain data, tensors as `{ data, shape, dtype }` with
   * a typed array, strings as they are.
   */
  map<const R>(f: (...parts: PartsOf<T>) => R, options?: MapOptions): Dataset<ElementOf<Awaited<R>>>;
  map<R = Tensor>(f: ModuleFunction, options?: MapOptions): Dataset<R>;
  map(f: OfParts | ModuleFunction, options: MapOptions = {}): Dataset<any> {
    const { numParallelCalls, deterministic = true, workers } = optionsOf('Dataset.map', mapOptions, options);
    if (typeof f === 'function') {
      if (workers !== undefined)
        fail(
          'Dataset.map',
          'workers run functions of modules',
          "give { module: new URL('./augment.js', import.meta.url) }",
        );
      const calls = orAuto('map', 'numParallelCalls', numParallelCalls ?? 1, 8);
      return new Dataset(mapped(this.#stage, f, calls, deterministic));
    }
    if (!(f?.module instanceof URL || typeof f?.module === 'string'))
      fail(
        'Dataset.map',
        `it was given ${show(f)}`,
        "give a function, or { module: new URL('./augment.js', import.meta.url), name }",
      );
    if (numParallelCalls !== undefined)
      fail(
        'Dataset.map',
        'numParallelCalls is for functions of this thread',
        'say the number of threads: { workers: 2 }',
      );
    return new Dataset(mappedInThreads(this.#stage, f, count('map', 'workers', workers ?? 1), deterministic));
  }
  /** The elements of which a function says true. */
  filter(f: (...parts: PartsOf<T>) => unknown): Dataset<T> {
    return new Dataset(filtered(this.#stage, f as OfParts));
  }
  /** The elements of the datasets that a function makes, one dataset after the other. */
  flatMap<S>(f: (...parts: PartsOf<T>) => Dataset<S> | Promise<Dataset<S>>): Dataset<S> {
    return new Dataset(interleaved(this.#stage, f as OfParts, { cycle: 1, block: Infinity }, Dataset.#of));
  }
  /** The elements of the datasets that a function makes, of several in turn. */
  interleave<S>(
    f: (...parts: PartsOf<T>) => Dataset<S> | Promise<Dataset<S>>,
    options: InterleaveOptions = {},
  ): Dataset<S> {
    return new Dataset(interleaved(this.#stage, f as OfParts, interleaving(options), Dataset.#of));
  }
  /** So many elements together, along a new first axis; their shapes must be equal. */
  batch(batchSize: number, options: BatchOptions = {}): Dataset<T> {
    const { dropRemainder = false } = optionsOf('Dataset.batch', batchOptions, options);
    return new Dataset(batched(this.#stage, count('batch', 'batchSize', batchSize), dropRemainder));
  }
  /** So many elements together, smaller ones filled up at the ends of their axes. */
  paddedBatch(batchSize: number, options: PaddedBatchOptions = {}): Dataset<T> {
    const {
      dropRemainder = false,
      paddedShapes,
      paddingValues,
    } = optionsOf('Dataset.paddedBatch', paddedBatchOptions, options);
    const padding = { shapes: paddedShapes, values: paddingValues };
    return new Dataset(
      paddedBatches(this.#stage, count('paddedBatch', 'batchSize', batchSize), dropRemainder, padding),
    );
  }
  /** The rows of each element as elements. */
  unbatch(): Dataset<T> {
    return new Dataset(unbatched(this.#stage));
  }
  /** Batches cut anew, of one size or of several in turn. */
  rebatch(batchSize: number | readonly number[], options: BatchOptions = {}): Dataset<T> {
    const { dropRemainder = false } = optionsOf('Dataset.rebatch', batchOptions, options);
    const sizes = (Array.isArray(batchSize) ? (batchSize as readonly number[]) : [batchSize as number]).map((n) =>
      count('rebatch', 'batchSize', n),
    );
    if (sizes.length === 0) count('rebatch', 'batchSize', undefined);
    return new Dataset(rebatched(this.#stage, sizes, dropRemainder));
  }
  /** Each element drawn from a buffer of the next `bufferSize`: uniformly of all where it holds them all. */
  shuffle(bufferSize: number, options: ShuffleOptions = {}): Dataset<T> {
    const { seed, reshuffleEachIteration = true } = optionsOf('Dataset.shuffle', shuffleOptions, options);
    if (seed !== undefined) count('shuffle', 'seed', seed, 0);
    const size = count('shuffle', 'bufferSize', bufferSize);
    return new Dataset(shuffled(this.#stage, { size, seed, everyTime: reshuffleEachIteration }));
  }
  /** The elements so many times over; without end where no number, or -1, is given. */
  repeat(times = -1): Dataset<T> {
    return new Dataset(repeated(this.#stage, times === -1 ? Infinity : count('repeat', 'the number', times, 0)));
  }
  /** The first elements; all with -1. */
  take(n: number): Dataset<T> {
    return new Dataset(taken(this.#stage, n === -1 ? Infinity : count('take', 'the number', n, 0)));
  }
  /** All but the first elements; none with -1. */
  skip(n: number): Dataset<T> {
    return n === -1 ? this.take(0) : new Dataset(skipped(this.#stage, count('skip', 'the number', n, 0)));
  }
  /** Each `numShards`-th element, from the one with number `index` on. */
  shard(numShards: number, index: number): Dataset<T> {
    const all = count('shard', 'numShards', numShards);
    if (count('shard', 'index', index, 0) >= all)
      fail('Dataset.shard', `index ${index} is none of ${all} shards`, `give 0 to ${all - 1}`);
    return new Dataset(sharded(this.#stage, all, index));
  }
  /** Windows of so many elements: each is, for each part of an element, a dataset; `flatMap` makes one of them. */
  window(size: number, options: WindowOptions = {}): Dataset<WindowOf<T>> {
    const { shift = size, stride = 1, dropRemainder = false } = optionsOf('Dataset.window', windowOptions, options);
    const how = {
      size: count('window', 'size', size),
      shift: count('window', 'shift', shift),
      stride: count('window', 'stride', stride),
      drop: dropRemainder,
    };
    return new Dataset(windowed(this.#stage, how, (elements) => new Dataset(listed(elements))));
  }
  /**
   * The elements, kept when they were gone through once to the end: in memory, or in a file (in Node), which appears when it is whole
   * and serves later runs too. Remove it where what makes the elements has changed.
   */
  cache(filename?: string): Dataset<T> {
    if (filename === undefined) return new Dataset(cached(this.#stage));
    if (typeof filename !== 'string' || filename === '')
      fail('Dataset.cache', `the file is ${show(filename)}`, 'give a path, or nothing to keep elements in memory');
    return new Dataset(cachedInFile(this.#stage, filename));
  }
  /** Asks for so many elements before they are wanted: what they wait for runs beside whoever takes them. */
  prefetch(bufferSize: number): Dataset<T> {
    return new Dataset(prefetched(this.#stage, orAuto('prefetch', 'bufferSize', bufferSize, 2)));
  }
  /** Each element with its number: `[k, element]`. */
  enumerate(options: EnumerateOptions = {}): Dataset<[Tensor, T]> {
    const { start = 0 } = optionsOf('Dataset.enumerate', enumerateOptions, options);
    return new Dataset(numbered(this.#stage, start));
  }

  /** How many elements it has; `INFINITE_CARDINALITY` without end, `UNKNOWN_CARDINALITY` where that shows only on the way. */
  cardinality(): number | null {
    return this.#stage.count ?? UNKNOWN_CARDINALITY;
  }
  /** All elements in a list. */
  async toArray(): Promise<T[]> {
    if (this.#stage.count === Infinity) fail('Dataset.toArray', 'the dataset has no end', 'take(n) some of it');
    const elements: T[] = [];
    for await (const element of this) elements.push(element);
    return elements;
  }
  /** What a function makes of a state and an element, from element to element. */
  async reduce<S>(initialState: S, f: (state: S, element: T) => S | Promise<S>): Promise<S> {
    let state = initialState;
    for await (const element of this) state = await f(state, element);
    return state;
  }
  /** Goes once through the elements; a shuffled dataset has another order each time. */
  [Symbol.asyncIterator](): AsyncIterator<T> {
    const { begin, next } = this.#pipeline;
    return begin(next(), 0) as AsyncIterator<T>;
  }
  /** @internal Batches for training. */
  [sourceOf](request: SourceRequest): PipelineSource {
    return new PipelineSource(this.#pipeline, request);
  }
  get #pipeline(): Pipeline {
    return {
      count: () => this.#stage.count,
      isFresh: this.#stage.isFresh ?? false,
      next: () => this.#stateOf(this.#turn++),
      after: ({ turn = 0 }) => this.#stateOf(turn + 1),
      begin: ({ seed, turn = 0 }, from) => {
        this.#seed ??= seed;
        this.#turn = Math.max(this.#turn, turn + 1);
        const drawn = (): number => (this.#seed ??= nextPipelineSeed());
        return this.#stage.elements({ seed: drawn, turns: [turn], place: [] }, from)[Symbol.asyncIterator]();
      },
    };
  }
  /** The seed is drawn when an order needs one. */
  #stateOf(turn: number): RoundState {
    const seed = (): number | undefined => this.#seed;
    return {
      turn,
      get seed() {
        return seed();
      },
    };
  }

  static {
    batchSizeOf = (dataset) => dataset.#stage.batchSize;
    exactMethods<Dataset>(this, {
      ...{ zip: null, fromGenerator: 2 },
      batch: 2,
      enumerate: 1,
      interleave: 2,
      map: 2,
      paddedBatch: 2,
      rebatch: 2,
      repeat: 1,
      shuffle: 2,
      window: 2,
    });
  }
}
