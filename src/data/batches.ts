import type { Streamable } from '../base/stream.ts';
import type { Tree } from '../base/tree.ts';
import type { ShuffleState } from '../random/global-seed.ts';
import type { Like } from '../tensor/index.ts';
import { Tensor } from '../tensor/index.ts';

/** Arrays or tensors whose first axis counts samples: one, a list, or an object of them. */
export type Data = Tree<Like>;
/** The same where parts may be left out: weights of some outputs only. */
export type PartialData = Tree<Like | null | undefined>;
/** One batch as a dataset gives it: `[x]`, `[x, y]`, `[x, y, sampleWeight]`. */
export type BatchLike = Data | readonly [x: Data, y?: Data | null, sampleWeight?: PartialData];
/** What gives batches one after the other: a `keras.data.Dataset`, a `utils.PyDataset`, what JavaScript iterates over, a stream of the web. */
export type Batches = Pipelined | Streamable<BatchLike>;
/** The same, or a function that begins it anew. */
export type BatchStream = Batches | (() => Streamable<BatchLike> | Promise<Streamable<BatchLike>>);
/** What fit, evaluate and predict take: arrays, or anything that gives batches. */
export type TrainingData = Data | BatchStream;

/** A batch, ready for a step: nests of tensors. */
export interface Batch {
  readonly x: unknown;
  readonly y: unknown;
  readonly sampleWeight: unknown;
  /** Number of samples. */
  readonly size: number;
  /** Made for one step: nobody else holds its tensors. */
  readonly isOwn?: boolean;
  /** Takes back the memory behind its tensors, for the next batch: to be called when the step is over and they are disposed. */
  readonly recycle?: (() => void) | undefined;
}

/** By which training knows what makes a source of batches itself: a `keras.data.Dataset`, a `utils.PyDataset`. */
export const sourceOf: unique symbol = Symbol('sourceOf');
export interface Pipelined {
  [sourceOf](request: SourceRequest): BatchSource;
}
/** What training says of the batches that it wants. */
export interface SourceRequest {
  /** Batches of a round, where that is not all. */
  readonly steps?: number | undefined;
  readonly arity: Arity;
  /** How the user's code is run that gives batches. */
  readonly lend: <R>(f: () => R | Promise<R>) => Promise<R>;
  /** Whether batches are wanted in another order each round. */
  readonly shuffle: boolean;
  /** Whether that was asked for. */
  readonly isShuffleAsked: boolean;
  /** Who asks, and the option that bounds data without end. */
  readonly bound: string;
}
/** What the order of a round depends on: enough for the same order in another process. */
export interface RoundState {
  readonly seed?: number | undefined;
  /** How often it was gone through before. */
  readonly turn?: number | undefined;
  /** The generator of orders as it was before it drew the order in use. */
  readonly shuffle?: ShuffleState | undefined;
}

/** How many inputs and outputs a model has, where a list of plain arrays could also be one array. */
export interface Arity {
  readonly inputs?: number | undefined;
  readonly outputs?: number | undefined;
}

/** How far a dataset has been gone through: enough to go on from there in another process. */
export interface Position extends RoundState {
  /** Batches given since the data last began. */
  readonly taken: number;
}

/** A source of batches that can be gone through once for each epoch. */
export interface BatchSource {
  /** Batches in one round, where that is known. */
  readonly steps: number | undefined;
  /** Whether it will give no more, however often it is asked. */
  readonly isSpent: boolean;
  /** The batches of one round, of which the first `done` were given before. */
  round(done?: number): AsyncIterable<Batch> | Iterable<Batch>;
  /** Lets the next round begin where the data begins. */
  restart(): Promise<void>;
  readonly position: Position;
  /** Draws an order, where one is drawn for each round, and throws it away. */
  drawOrder(): void;
  /** Goes on from a position of an equal dataset. */
  resume(position: Position): void;
  /** Ends generators that were not gone through to their end. */
  close(): Promise<void>;
}

export const isBatchStream = (x: unknown): x is BatchStream => {
  if (x === null || x === undefined || x instanceof Tensor || Array.isArray(x) || ArrayBuffer.isView(x)) return false;
  if (typeof x === 'function') return true;
  return (
    typeof x === 'object' && [Symbol.asyncIterator, Symbol.iterator, sourceOf, 'getReader'].some((key) => key in x)
  );
};

/** Says that data ended before the round did. */
export function warnOfShortage(wanted: number, given: number): true {
  console.warn(
    `fit: the data ended after ${given} of ${wanted} steps, and the epoch with it. Fix: let the data have stepsPerEpoch × epochs batches, or ask for fewer steps.`,
  );
  return true;
}
