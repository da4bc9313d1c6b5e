import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { showShape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import { asTensor, type Like } from '../tensor/index.ts';
import { dataNow } from '../tensor/read.ts';

/** Options of `toCategorical`. */
export interface ToCategoricalOptions {
  /** Number of classes; by default the largest label plus 1. */
  readonly numClasses?: number | null | undefined;
}
const toCategoricalOptions: OptionNames<ToCategoricalOptions> = { numClasses: true };

/**
 * One-hot encodes class numbers as float32: shape `[…]` or `[…, 1]` becomes `[…, numClasses]`. Fractions are truncated.
 * Throws if a number is not a class.
 * @example (await keras.utils.toCategorical([0, 2]).array()) // [[1, 0, 0], [0, 0, 1]]
 */
export const toCategorical = exact(
  'utils.toCategorical',
  2,
  function toCategorical(x: Like, options: ToCategoricalOptions = {}): Tensor {
    const { numClasses = null } = optionsOf('toCategorical', toCategoricalOptions, options);
    if (numClasses !== null && !(Number.isInteger(numClasses) && numClasses > 0))
      fail('toCategorical', `the number of classes is ${String(numClasses)}`, 'give a whole number of at least 1');
    const given = asTensor(x);
    const labels = ops.cast(
      given.shape.length > 1 && given.shape.at(-1) === 1 ? ops.squeeze(given, { axis: -1 }) : given,
      'int32',
    );
    const values = labels.storage ? dataNow(labels, 'toCategorical') : undefined;
    if (values === undefined)
      return ops.oneHot(
        labels,
        numClasses ?? fail('toCategorical', 'the labels cannot be looked at here', 'give { numClasses }'),
      );
    const largest = Array.from(values).reduce((a, b) => Math.max(a, b), -1);
    const count = numClasses ?? largest + 1;
    const wrong = values.find((k) => k < 0 || k >= count);
    if (count === 0 && values.length === 0)
      fail('toCategorical', `there are no labels in shape ${showShape(labels.shape)}`, 'give { numClasses }');
    if (wrong !== undefined)
      fail('toCategorical', `label ${wrong} is no class among ${count}`, 'give labels from 0 to numClasses - 1');
    return ops.oneHot(labels, count);
  },
);

/** Options of `normalize`. */
export interface NormalizeOptions {
  /** Axis along which a norm is taken; the last by default. */
  readonly axis?: number | undefined;
  /** Order of the norm, an integer; 2 by default. */
  readonly order?: number | undefined;
}
const normalizeOptions: OptionNames<NormalizeOptions> = { axis: true, order: true };

/**
 * Divides numbers by their norm along an axis; rows of zeros stay zeros. Integers become floats.
 * @example (await keras.utils.normalize([[4, 0]]).array()) // [[1, 0]]
 */
export const normalize = exact(
  'utils.normalize',
  2,
  function normalize(x: Like, options: NormalizeOptions = {}): Tensor {
    const { axis = -1, order = 2 } = optionsOf('normalize', normalizeOptions, options);
    const given = asTensor(x);
    const isFloat = given.dtype.includes('float') || given.dtype.startsWith('complex');
    return ops.normalize(isFloat ? given : ops.cast(given, 'float32'), { axis, order });
  },
);
