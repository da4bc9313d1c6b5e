import { fail } from '../base/errors.ts';
import { type ArrayOptions, ArraySource } from './arrays.ts';
import {
  type Arity,
  type BatchSource,
  type Data,
  isBatchStream,
  type PartialData,
  sourceOf,
  type TrainingData,
} from './batches.ts';
import { IterableSource, type Lend } from './iterable.ts';
import { readRows } from './rows.ts';

export interface SourceOptions extends ArrayOptions {
  /** Targets, in the arrangement of the model's outputs. */
  readonly y?: Data | null | undefined;
  /** A weight for each example, or for each step of it. */
  readonly sampleWeight?: PartialData;
  /** How many inputs and outputs a batch holds. */
  readonly arity?: Arity;
  /** Runs user code that produces batches. */
  readonly lend?: Lend;
  /** Whether the user asked for shuffling. */
  readonly isShuffleAsked?: boolean | undefined;
  /** The calling function and its option that bounds endless data, for error messages. */
  readonly bound: string;
}

/** Whatever fit, evaluate and predict accept, as a source of batches. */
export async function asSource(
  x: TrainingData,
  { y, sampleWeight, arity = {}, lend = async (f) => f(), bound, isShuffleAsked = false, ...options }: SourceOptions,
): Promise<BatchSource> {
  if (isBatchStream(x)) {
    const beside = y !== undefined && y !== null ? 'labels were' : sampleWeight ? 'sampleWeight was' : undefined;
    if (beside) fail('data', `${beside} given beside a source of batches`, 'let the source give [x, y, sampleWeight]');
    if (options.batchSize !== undefined)
      fail('data', 'batchSize was given beside a source of batches', 'let the source make batches of that size');
    const { steps, shuffle = false } = options;
    if (sourceOf in x) return x[sourceOf]({ steps, arity, lend, shuffle, isShuffleAsked, bound });
    return new IterableSource(x, { steps, arity, lend });
  }
  return new ArraySource(
    {
      x: await readRows(x as Data, 'x', arity.inputs),
      y: await readRows(y, 'y', arity.outputs),
      sampleWeight: await readRows(sampleWeight, 'sampleWeight', arity.outputs),
    },
    options,
  );
}
