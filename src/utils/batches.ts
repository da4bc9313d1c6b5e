import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';

/** Targets and weights of a batch. */
export interface PackOptions {
  /** Targets. */
  readonly y?: unknown;
  /** Weights of the examples. */
  readonly sampleWeight?: unknown;
}
const packOptions: OptionNames<PackOptions> = { y: true, sampleWeight: true };
const isNone = (x: unknown): boolean => x === null || x === undefined;

/**
 * Packs inputs, labels and weights as `fit` expects them from a source of batches: `x`, `[x, y]` or `[x, y,
 * sampleWeight]`.
 * @example keras.utils.packXYSampleWeight(1, { y: 2 }) // [1, 2]
 */
export const packXYSampleWeight = exact(
  'utils.packXYSampleWeight',
  2,
  function packXYSampleWeight(x: unknown, options: PackOptions = {}): any {
    const { y, sampleWeight } = optionsOf('packXYSampleWeight', packOptions, options);
    if (isNone(y)) {
      if (!isNone(sampleWeight))
        fail('packXYSampleWeight', 'there is a sampleWeight but no y', 'give the labels that the weights are for');
      return Array.isArray(x) ? [x] : x;
    }
    return isNone(sampleWeight) ? [x, y] : [x, y, sampleWeight];
  },
);

/**
 * Unpacks a batch `x`, `[x]`, `[x, y]` or `[x, y, sampleWeight]` into inputs, labels and weights; null for absent ones.
 * @example keras.utils.unpackXYSampleWeight([1, 2]) // [1, 2, null]
 */
export const unpackXYSampleWeight = exact(
  'utils.unpackXYSampleWeight',
  1,
  function unpackXYSampleWeight(data: unknown): [x: any, y: any, sampleWeight: any] {
    if (!Array.isArray(data)) return [data, null, null];
    if (data.length < 1 || data.length > 3)
      fail(
        'unpackXYSampleWeight',
        `the batch is a list of ${data.length}`,
        'give x, [x], [x, y] or [x, y, sampleWeight]; inputs that are a list stand in one: [[a, b], y]',
      );
    const [x, y = null, sampleWeight = null] = data as unknown[];
    return [x, y, sampleWeight];
  },
);
