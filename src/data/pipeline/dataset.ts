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

/** The cardinality of an endless dataset. */
export const INFINITE_CARDINALITY = Number.POSITIVE_INFINITY;
/** The cardinality of a dataset whose size is known only after iterating over it. */
export const UNKNOWN_CARDINALITY = null;

/** Options of `Dataset.map`. */
export interface MapOptions {
  /** Concurrent calls, for functions that wait for something; 1 by default. */
  readonly numParallelCalls?: number | undefined;
  /** Threads that run a module's function; 1 by default. */
  readonly workers?: number | undefined;
  /** Keeps the elements in order (default: true); false yields them as they become ready. */
  readonly deterministic?: boolean | undefined;
}
const mapOptions: OptionNames<MapOptions> = { numParallelCalls: true, deterministic: true, workers: true };

/** Options of `Dataset.batch`. */
export interface BatchOptions {
  /** Drops the last batch if it is incomplete. */
  readonly dropRemainder?: boolean | undefined;
}
const batchOptions: OptionNames<BatchOptions> = { dropRemainder: true };

/** Options of `Dataset.paddedBatch`. */
export interface PaddedBatchOptions extends BatchOptions {
  /**
   * The shape to pad each part to, with null for the longest of the batch along an axis, which is the default for all
   * axes.
   */
  readonly paddedShapes?: unknown;
  /** The padding value, or one for each part; 0 and '' by default. */
  readonly paddingValues?: unknown;
}
const paddedBatchOptions: OptionNames<PaddedBatchOptions> = {
  dropRemainder: true,
  paddedShapes: true,
  paddingValues: true,
};

/** Options of `Dataset.shuffle`. */
export interface ShuffleOptions {
  /** Makes the order reproducible, in other processes too; by default it follows `utils.setRandomSeed`. */
  readonly seed?: number | undefined;
  /** Draws a new order for each iteration; true by default. */
  readonly reshuffleEachIteration?: boolean | undefined;
}
const shuffleOptions: OptionNames<ShuffleOptions> = { seed: true, reshuffleEachIteration: true };

/** Options of `Dataset.window`. */
export interface WindowOptions extends BatchOptions {
  /** Distance between the starts of consecutive windows; the window size by default. */
  readonly shift?: number | undefined;
  /** Distance between consecutive elements of a window; 1 by default. */
  readonly stride?: number | undefined;
}
const windowOptions: OptionNames<WindowOptions> = { dropRemainder: true, shift: true, stride: true };

/** Options of `Dataset.fromGenerator`. */
export interface GeneratorOptions {
  /**
   * The form of the elements, part by part: `{ shape, dtype }`, with null for unknown sizes. Numbers and arrays are
   * converted to that dtype.
   */
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

/** The batch size of a dataset whose last step was batching. */
export let batchSizeOf: (dataset: Dataset) => number | undefined;

/**
 * A lazy sequence of elements: tensors, or lists and objects of tensors. Each method returns a new dataset. A loop `for
 * await (const element of dataset)` iterates over it once, as does each epoch of `fit`, which takes elements as batches
 * `x`, `[x, y]` or `[x, y, sampleWeight]`. Functions receive the parts of a list as arguments and may be asynchronous.
 * Numbers, strings, typed arrays and plain nested arrays become tensors. Elements stay in JavaScript's memory until a
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

  /**
   * The rows of an array, or of each array in a list or object, as elements. A list of plain arrays of one kind is one
   * array.
   */
  static fromTensorSlices<const S>(tensors: S): Dataset<ElementOf<S>> {
    return new Dataset(slices(tensors));
  }
  /** One element: the tensors as they are. */
  static fromTensors<const S>(tensors: S): Dataset<ElementOf<S>> {
    return new Dataset(listed([tensors]));
  }
  /**
   * The values of a generator (or async generator, iterable, web stream) that a function returns; the function is
   * called for each iteration. An iterable passed directly must supply a new iterator each time, which a generator
   * cannot.
   */
  static fromGenerator<const S>(
    generator: Streamable<S> | (() => Streamable<S> | Promise<Streamable<S>>),
    options: GeneratorOptions = {},
  ): Dataset<ElementOf<S>> {
    const { outputSignature } = optionsOf('Dataset.fromGenerator', generatorOptions, options);
    return new Dataset(generated(generator, outputSignature && checkSignature(outputSignature)));
  }
  /** The entries of a list as elements, of any form. */
  static list<const S>(elements: readonly S[]): Dataset<ElementOf<S>> {
    return new Dataset(listed(elements));
  }
  /** Integers (int32) from `start` up to, but excluding, `stop`; with one argument, from 0 up to it. */
  static range(start: number, stop?: number, step?: number): Dataset<Tensor> {
    return new Dataset(stop === undefined ? numbers(0, start, 1) : numbers(start, stop, step ?? 1));
  }
  /**
   * Combines one element of each dataset, until the shortest ends, in the list or object in which the datasets are
   * given.
   */
  static zip<const S extends Datasets>(datasets: S): Dataset<ZipOf<S>>;
  static zip<const S extends readonly Dataset<any>[]>(...datasets: S): Dataset<ZipOf<S>>;
  static zip(...datasets: readonly unknown[]): Dataset<any> {
    const form = datasets.length === 1 && !(datasets[0] instanceof Dataset) ? datasets[0] : datasets;
    return new Dataset(zipped(form as Tree<unknown>, Dataset.#stagesOf(form, 'zip')));
  }

  /** The elements of this dataset, then those of another. */
  concatenate<S>(dataset: Dataset<S>): Dataset<T | S> {
    return new Dataset(concatenated(this.#stage, Dataset.#stagesOf(dataset, 'concatenate')[0]));
  }
  /**
   * Applies a function to each element. A function exported by a module, `{ module: new URL('./augment.js',
   * import.meta.url), name }`, runs in other threads (Node's worker threads, web workers): it takes and returns plain
   * data, tensors as `{ data, shape, dtype }` with a typed array, strings unchanged.
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
  /** The elements for which a function returns true. */
  filter(f: (...parts: PartsOf<T>) => unknown): Dataset<T> {
    return new Dataset(filtered(this.#stage, f as OfParts));
  }
  /** Concatenates the datasets that a function returns for the elements. */
  flatMap<S>(f: (...parts: PartsOf<T>) => Dataset<S> | Promise<Dataset<S>>): Dataset<S> {
    return new Dataset(interleaved(this.#stage, f as OfParts, { cycle: 1, block: Infinity }, Dataset.#of));
  }
  /** Interleaves the datasets that a function returns for the elements. */
  interleave<S>(
    f: (...parts: PartsOf<T>) => Dataset<S> | Promise<Dataset<S>>,
    options: InterleaveOptions = {},
  ): Dataset<S> {
    return new Dataset(interleaved(this.#stage, f as OfParts, interleaving(options), Dataset.#of));
  }
  /** Stacks `batchSize` elements along a new first axis; their shapes must be equal. */
  batch(batchSize: number, options: BatchOptions = {}): Dataset<T> {
    const { dropRemainder = false } = optionsOf('Dataset.batch', batchOptions, options);
    return new Dataset(batched(this.#stage, count('batch', 'batchSize', batchSize), dropRemainder));
  }
  /** Stacks `batchSize` elements, padding smaller ones at the end of their axes. */
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
  /** Regroups batches to one size, or to several in rotation. */
  rebatch(batchSize: number | readonly number[], options: BatchOptions = {}): Dataset<T> {
    const { dropRemainder = false } = optionsOf('Dataset.rebatch', batchOptions, options);
    const sizes = (Array.isArray(batchSize) ? (batchSize as readonly number[]) : [batchSize as number]).map((n) =>
      count('rebatch', 'batchSize', n),
    );
    if (sizes.length === 0) count('rebatch', 'batchSize', undefined);
    return new Dataset(rebatched(this.#stage, sizes, dropRemainder));
  }
  /** Draws each element from a buffer of the next `bufferSize`; a uniform shuffle if the buffer holds all elements. */
  shuffle(bufferSize: number, options: ShuffleOptions = {}): Dataset<T> {
    const { seed, reshuffleEachIteration = true } = optionsOf('Dataset.shuffle', shuffleOptions, options);
    if (seed !== undefined) count('shuffle', 'seed', seed, 0);
    const size = count('shuffle', 'bufferSize', bufferSize);
    return new Dataset(shuffled(this.#stage, { size, seed, everyTime: reshuffleEachIteration }));
  }
  /** Repeats the elements `times` times; endlessly by default or with -1. */
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
  /** Every `numShards`-th element, starting at number `index`. */
  shard(numShards: number, index: number): Dataset<T> {
    const all = count('shard', 'numShards', numShards);
    if (count('shard', 'index', index, 0) >= all)
      fail('Dataset.shard', `index ${index} is none of ${all} shards`, `give 0 to ${all - 1}`);
    return new Dataset(sharded(this.#stage, all, index));
  }
  /**
   * Windows of `size` elements; in each, every part of an element is a dataset. `flatMap` turns them back into one
   * dataset.
   */
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
   * Caches the elements after the first complete iteration: in memory, or in a file (in Node), which appears once it is
   * complete and serves later runs too. Remove the file when what produces the elements has changed.
   */
  cache(filename?: string): Dataset<T> {
    if (filename === undefined) return new Dataset(cached(this.#stage));
    if (typeof filename !== 'string' || filename === '')
      fail('Dataset.cache', `the file is ${show(filename)}`, 'give a path, or nothing to keep elements in memory');
    return new Dataset(cachedInFile(this.#stage, filename));
  }
  /** Requests up to `bufferSize` elements in advance, so that waiting for them overlaps with their use. */
  prefetch(bufferSize: number): Dataset<T> {
    return new Dataset(prefetched(this.#stage, orAuto('prefetch', 'bufferSize', bufferSize, 2)));
  }
  /** Each element with its number: `[k, element]`. */
  enumerate(options: EnumerateOptions = {}): Dataset<[Tensor, T]> {
    const { start = 0 } = optionsOf('Dataset.enumerate', enumerateOptions, options);
    return new Dataset(numbered(this.#stage, start));
  }

  /** The number of elements; `INFINITE_CARDINALITY` if endless, `UNKNOWN_CARDINALITY` if known only after iterating. */
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
  /** Folds the elements into a state with a function of state and element. */
  async reduce<S>(initialState: S, f: (state: S, element: T) => S | Promise<S>): Promise<S> {
    let state = initialState;
    for await (const element of this) state = await f(state, element);
    return state;
  }
  /** Iterates over the elements once; a shuffled dataset has a new order each time. */
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
  /** Drawn only when an order needs it. */
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
