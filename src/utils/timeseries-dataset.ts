import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import { Dataset } from '../data/pipeline/dataset.ts';
import { rowAt } from '../data/pipeline/views.ts';
import { Rows } from '../data/rows.ts';
import { nextUpTo } from '../random/global-seed.ts';
import { MersenneTwister, permutation } from '../random/mersenne-twister.ts';
import { asHostTensor, type Like, type Tensor } from '../tensor/index.ts';

/** Options of `timeseriesDatasetFromArray`. */
export interface TimeseriesDatasetOptions {
  /** Length of a window in steps. */
  readonly sequenceLength: number;
  /** Distance between the starts of consecutive windows; 1 by default. */
  readonly sequenceStride?: number | undefined;
  /** Distance between consecutive elements of a window; 1 by default. */
  readonly samplingRate?: number | undefined;
  /** Windows per batch, 128 by default; null for single windows. */
  readonly batchSize?: number | null | undefined;
  /** Shuffles the windows, anew in each iteration. */
  readonly shuffle?: boolean | undefined;
  /** Makes the order reproducible. */
  readonly seed?: number | null | undefined;
  /** First step to use. */
  readonly startIndex?: number | null | undefined;
  /** Step to stop before. */
  readonly endIndex?: number | null | undefined;
}
const timeseriesDatasetOptions: OptionNames<TimeseriesDatasetOptions> = {
  sequenceLength: true,
  sequenceStride: true,
  samplingRate: true,
  batchSize: true,
  shuffle: true,
  seed: true,
  startIndex: true,
  endIndex: true,
};
const who = 'utils.timeseriesDatasetFromArray';

function whole(name: string, value: unknown, low: number, high: number): number {
  return Number.isInteger(value) && (value as number) >= low && (value as number) < high
    ? (value as number)
    : fail(who, `${name} is ${show(value)}`, `give a whole number from ${low} to below ${high}`);
}

/**
 * Sliding windows over a time series along the first axis of `data`: a `keras.data.Dataset` of batches `(n,
 * sequenceLength, …)`, or with targets `[windows, targets]`, where `targets[i]` belongs to the window that begins at
 * step i. Windows are produced lazily.
 * @example keras.utils.timeseriesDatasetFromArray([1, 2, 3, 4], null, { sequenceLength: 2 }).cardinality() // 1
 * @see https://keras.io/api/data_loading/timeseries/
 */
export const timeseriesDatasetFromArray: {
  (data: Like, targets: null, options: TimeseriesDatasetOptions): Dataset<Tensor>;
  (data: Like, targets: Like, options: TimeseriesDatasetOptions): Dataset<[Tensor, Tensor]>;
} = exact(
  who,
  3,
  function timeseriesDatasetFromArray(
    data: Like,
    targets: Like | null,
    options: TimeseriesDatasetOptions,
  ): Dataset<any> {
    const {
      sequenceStride = 1,
      samplingRate = 1,
      batchSize = 128,
      shuffle = false,
      ...given
    } = optionsOf(who, timeseriesDatasetOptions, options);
    const series = asHostTensor(data);
    const labels = targets === null ? undefined : asHostTensor(targets);
    const steps = series.shape[0] ?? fail(who, 'the data is a number', 'give an array whose first axis is time');
    const length = whole('sequenceLength', given.sequenceLength, 1, Infinity);
    const stride = whole('sequenceStride', sequenceStride, 1, steps);
    const rate = whole('samplingRate', samplingRate, 1, steps);
    const start = whole('startIndex', given.startIndex ?? 0, 0, steps);
    const end = given.endIndex ? whole('endIndex', given.endIndex, start + 1, steps) : steps;
    let possible = end - start - (length - 1) * rate;
    if (labels) possible = Math.min(possible, (labels.shape[0] ?? 0) - start);
    const count = Math.max(0, Math.ceil(possible / stride));
    let order: ArrayLike<number> | undefined;
    const seed = given.seed ?? (shuffle ? nextUpTo(999_999) : 0);
    if (shuffle) order = permutation(MersenneTwister.fromWord(whole('seed', seed, 0, 2 ** 32)), count);

    let rows: Promise<Rows> | undefined;
    let labelRows: Promise<Rows> | undefined;
    const windows = Dataset.range(count).map(async (number) => {
      const k = Number(number);
      const from = start + (order?.[k] ?? k) * stride;
      const window = windowOf(await (rows ??= Rows.of(series)), from, length, rate);
      return labels ? ([window, rowAt(await (labelRows ??= Rows.of(labels)), from)] as const) : window;
    });
    const few = batchSize === null ? undefined : whole('batchSize', batchSize, 1, Infinity);
    const mixed = shuffle ? windows.shuffle(few === undefined ? 1024 : few * 8, { seed }) : windows;
    return few === undefined ? mixed : mixed.batch(few);
  },
);
function windowOf(rows: Rows, from: number, length: number, rate: number): Tensor {
  return rows.pick(Array.from({ length }, (_, t) => from + t * rate));
}
