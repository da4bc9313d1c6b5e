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
/** What fit, evaluate and predict take: arrays, or anything that gives batches, at once or one after the other. */
export type TrainingData =
  | Data
  | Iterable<BatchLike>
  | AsyncIterable<BatchLike>
  | (() => Iterable<BatchLike> | AsyncIterable<BatchLike>);

/** A batch, ready for a step: nests of tensors. */
export interface Batch {
  readonly x: unknown;
  readonly y: unknown;
  readonly sampleWeight: unknown;
  /** Number of samples. */
  readonly size: number;
  /** Made for one step: nobody else holds its tensors. */
  readonly isOwn?: boolean;
}

/** By which training knows a pipeline of batches: it can tell how many there are, and begin in the middle. */
export const pipelineOf: unique symbol = Symbol('pipelineOf');
/** What an order in a pipeline depends on: enough for the same order in another process. */
export interface PipelineState {
  readonly seed: number;
  /** How often it was gone through before. */
  readonly turn: number;
}
export interface Pipeline {
  /** How many batches there are: Infinity without end, undefined where nobody knows. */
  count(): number | undefined;
  /** What the next time through depends on. */
  next(): PipelineState;
  /** Begins with the batch of that number. */
  begin(state: PipelineState, from: number): AsyncIterator<unknown>;
}

/** How many inputs and outputs a model has, where a list of plain arrays could also be one array. */
export interface Arity {
  readonly inputs?: number | undefined;
  readonly outputs?: number | undefined;
}

/** How far a dataset has been gone through: enough to go on from there in another process. */
export interface Position {
  /** Batches given since the data last began. */
  readonly taken: number;
  /** The generator of orders as it was before it drew the order in use. */
  readonly shuffle?: ShuffleState | undefined;
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
  /** Goes on from a position of an equal dataset. */
  resume(position: Position): void;
  /** Ends generators that were not gone through to their end. */
  close(): Promise<void>;
}

export const isIterableOfBatches = (
  x: unknown,
): x is Iterable<BatchLike> | AsyncIterable<BatchLike> | (() => Iterable<BatchLike> | AsyncIterable<BatchLike>) => {
  if (x === null || x === undefined || x instanceof Tensor || Array.isArray(x) || ArrayBuffer.isView(x)) return false;
  if (typeof x === 'function') return true;
  return typeof x === 'object' && (Symbol.asyncIterator in x || Symbol.iterator in x);
};

/** Says that data ended before the round did. */
export function warnOfShortage(wanted: number, given: number): true {
  console.warn(
    `fit: the data ended after ${given} of ${wanted} steps, and the epoch with it. Fix: let the data have stepsPerEpoch × epochs batches, or ask for fewer steps.`,
  );
  return true;
}
