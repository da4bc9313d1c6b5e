import type { Streamable } from '../base/stream.ts';
import type { Tree } from '../base/tree.ts';
import type { ShuffleState } from '../random/global-seed.ts';
import type { Like } from '../tensor/index.ts';
import { Tensor } from '../tensor/index.ts';

/** Arrays or tensors whose first axis counts samples: one, a list, or an object of them. */
export type Data = Tree<Like>;
/** The same where parts may be left out: weights of some outputs only. */
export type PartialData = Tree<Like | null | undefined>;
/** One batch as a dataset yields it: `[x]`, `[x, y]`, `[x, y, sampleWeight]`. */
export type BatchLike = Data | readonly [x: Data, y?: Data | null, sampleWeight?: PartialData];
/** A source of batches: a `keras.data.Dataset`, a `utils.PyDataset`, any (async) iterable, or a web stream. */
export type Batches = Pipelined | Streamable<BatchLike>;
/** A source of batches, or a function that creates one for each round. */
export type BatchStream = Batches | (() => Streamable<BatchLike> | Promise<Streamable<BatchLike>>);
/** What fit, evaluate and predict accept: arrays, or a source of batches. */
export type TrainingData = Data | BatchStream;

/** A batch, ready for a step: nests of tensors. */
export interface Batch {
  readonly x: unknown;
  readonly y: unknown;
  readonly sampleWeight: unknown;
  /** Number of samples. */
  readonly size: number;
  /** The tensors were made for one step, and nobody else holds them. */
  readonly isOwn?: boolean;
  /** Returns the memory of the tensors for the next batch; to be called after the step, when they are disposed. */
  readonly recycle?: (() => void) | undefined;
}

/** Marks objects that create their own source of batches: a `keras.data.Dataset`, a `utils.PyDataset`. */
export const sourceOf: unique symbol = Symbol('sourceOf');
export interface Pipelined {
  [sourceOf](request: SourceRequest): BatchSource;
}
/** What training requests of a source. */
export interface SourceRequest {
  /** Batches per round; all if absent. */
  readonly steps?: number | undefined;
  readonly arity: Arity;
  /** Runs user code that produces batches. */
  readonly lend: <R>(f: () => R | Promise<R>) => Promise<R>;
  /** Whether to shuffle the batches anew each round. */
  readonly shuffle: boolean;
  /** Whether the user asked for shuffling. */
  readonly isShuffleAsked: boolean;
  /** The calling function and its option that bounds endless data, for error messages. */
  readonly bound: string;
}
/** What the order of a round depends on; enough to reproduce it in another process. */
export interface RoundState {
  readonly seed?: number | undefined;
  /** How many rounds came before. */
  readonly turn?: number | undefined;
  /** The state of the shuffling generator before it drew the current order. */
  readonly shuffle?: ShuffleState | undefined;
}

/** How many inputs and outputs a model has, where a list of plain arrays could also be one array. */
export interface Arity {
  readonly inputs?: number | undefined;
  readonly outputs?: number | undefined;
}

/** A position in a dataset; enough to continue from there in another process. */
export interface Position extends RoundState {
  /** Batches yielded since the data last began. */
  readonly taken: number;
}

/** A source of batches that can be iterated once per epoch. */
export interface BatchSource {
  /** Batches in one round, if known. */
  readonly steps: number | undefined;
  /** Whether it is exhausted for good. */
  readonly isSpent: boolean;
  /** The batches of one round, without the first `done`, which were yielded before. */
  round(done?: number): AsyncIterable<Batch> | Iterable<Batch>;
  /** Makes the next round start at the beginning of the data. */
  restart(): Promise<void>;
  readonly position: Position;
  /** Draws and discards an order, if one is drawn each round. */
  drawOrder(): void;
  /** Continues from a position in an equal dataset. */
  resume(position: Position): void;
  /** Closes unfinished generators. */
  close(): Promise<void>;
}

export const isBatchStream = (x: unknown): x is BatchStream => {
  if (x === null || x === undefined || x instanceof Tensor || Array.isArray(x) || ArrayBuffer.isView(x)) return false;
  if (typeof x === 'function') return true;
  return (
    typeof x === 'object' && [Symbol.asyncIterator, Symbol.iterator, sourceOf, 'getReader'].some((key) => key in x)
  );
};

/** Warns that the data ran out before the round was over. */
export function warnOfShortage(wanted: number, given: number): true {
  console.warn(
    `fit: the data ended after ${given} of ${wanted} steps, and the epoch with it. Fix: let the data have stepsPerEpoch × epochs batches, or ask for fewer steps.`,
  );
  return true;
}
