import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import { batchSizeOf, Dataset } from '../data/pipeline/dataset.ts';
import type { ElementOf } from '../data/pipeline/element.ts';
import { nextSeedBits } from '../random/global-seed.ts';
import { MersenneTwister } from '../random/mersenne-twister.ts';
import { pythonOrder } from '../random/python-order.ts';

/** Options of `splitDataset`. */
export interface SplitDatasetOptions {
  /** Number of elements in the left part, or its fraction if below 1. */
  readonly leftSize?: number | null | undefined;
  /** Number of elements in the right part, or its fraction if below 1. */
  readonly rightSize?: number | null | undefined;
  /** Shuffles the elements first. */
  readonly shuffle?: boolean | undefined;
  /** Makes that order reproducible, and equal to Keras's for the same seed. */
  readonly seed?: number | null | undefined;
}
const splitDatasetOptions: OptionNames<SplitDatasetOptions> = {
  leftSize: true,
  rightSize: true,
  shuffle: true,
  seed: true,
};
const who = 'utils.splitDataset';

/** The nearest integer, halves to even. */
const rounded = (x: number): number => (x % 1 === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

function sizesOf(left: number | null, right: number | null, total: number): [left: number, right: number] {
  if (left === null && right === null) fail(who, 'no size is said', 'give leftSize or rightSize');
  const size = (name: string, x: number | null): number | null => {
    if (x === null) return null;
    if (!(x > 0 && (x < 1 || (Number.isInteger(x) && x < total))))
      fail(who, `${name} is ${show(x)} of ${total} elements`, `give a share below 1, or a whole number below ${total}`);
    return x < 1 ? rounded(x * total) : x;
  };
  const [l, r] = [size('leftSize', left), size('rightSize', right)];
  const both: [number, number] = [l ?? total - r!, r ?? total - l!];
  if (both[0] + both[1] > total || both[0] === 0 || both[1] === 0)
    fail(
      who,
      `${total} elements are cut into ${both.join(' and ')}`,
      'give sizes that leave some for both, and no more than all',
    );
  return both;
}

/**
 * Splits a dataset, or arrays of equal length, in two: `[left, right]`. All elements are read into memory, as in Keras.
 * A dataset whose last step was batching is split by single elements, and both parts are batched again.
 * @example (await keras.utils.splitDataset(keras.ops.ones([10, 4]), { leftSize: 0.8 }))[0].cardinality() // 8
 * @see https://keras.io/api/utils/python_utils/#split_dataset-function
 */
export const splitDataset: {
  <T>(dataset: Dataset<T>, options: SplitDatasetOptions): Promise<[Dataset<T>, Dataset<T>]>;
  <const S>(arrays: S, options: SplitDatasetOptions): Promise<[Dataset<ElementOf<S>>, Dataset<ElementOf<S>>]>;
} = exact(who, 2, async function splitDataset(given: unknown, options: SplitDatasetOptions): Promise<
  [Dataset<any>, Dataset<any>]
> {
  const {
    leftSize = null,
    rightSize = null,
    shuffle = false,
    seed = null,
  } = optionsOf(who, splitDatasetOptions, options);
  const dataset = given instanceof Dataset ? given : Dataset.fromTensorSlices(given);
  const batchSize = batchSizeOf(dataset);
  let elements: unknown[] = await (batchSize ? dataset.unbatch() : dataset).toArray();
  if (shuffle) {
    const order = pythonOrder(MersenneTwister.fromInteger(seed ?? anySeed()), elements.length);
    elements = order.map((k) => elements[k]);
  }
  const [left, right] = sizesOf(leftSize, rightSize, elements.length);
  const part = (some: readonly unknown[]): Dataset<any> =>
    batchSize ? Dataset.list(some).batch(batchSize) : Dataset.list(some);
  return [part(elements.slice(0, left)), part(elements.slice(-right))];
});
/** A seed as drawn by Python's `random.randint(0, 1000000)`. */
function anySeed(): number {
  let n: number;
  do n = nextSeedBits() >>> 12;
  while (n > 1_000_000);
  return n;
}
