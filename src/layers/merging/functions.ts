import { exact } from '../../base/exact.ts';
import { optionsOf } from '../../base/options.ts';
import type { Tensor } from '../../tensor/index.ts';
import { Add } from './add.ts';
import { Average } from './average.ts';
import { Concatenate } from './concatenate.ts';
import { Dot } from './dot.ts';
import { Maximum } from './maximum.ts';
import { Minimum } from './minimum.ts';
import { Multiply } from './multiply.ts';
import { Subtract } from './subtract.ts';

type Inputs = readonly Tensor[];

/** `new Add()(inputs)`. */
export const add = exact('layers.add', 1, (inputs: Inputs): Tensor => new Add()(inputs));
/** `new Average()(inputs)`. */
export const average = exact('layers.average', 1, (inputs: Inputs): Tensor => new Average()(inputs));
/** `new Concatenate({ axis })(inputs)`. */
export const concatenate = exact(
  'layers.concatenate',
  2,
  (
    inputs: Inputs,
    options: {
      /** Axis along which inputs are joined; the last by default. */
      readonly axis?: number;
    } = {},
  ): Tensor => {
    const { axis = -1 } = optionsOf('layers.concatenate', { axis: true }, options);
    return new Concatenate({ axis })(inputs);
  },
);
/** `new Dot({ axes })(inputs)`. */
export const dot = exact(
  'layers.dot',
  2,
  (
    inputs: Inputs,
    options: {
      /** Axes over which products are summed: one for both inputs, or one of each. */
      readonly axes?: number | readonly [number, number];
      /** Whether inputs are first scaled to length 1, so that the result is the cosine of their angle; false by default. */
      readonly normalize?: boolean;
    } = {},
  ): Tensor => {
    const { axes = -1, normalize = false } = optionsOf('layers.dot', { axes: true, normalize: true }, options);
    return new Dot({ axes, normalize })(inputs);
  },
);
/** `new Maximum()(inputs)`. */
export const maximum = exact('layers.maximum', 1, (inputs: Inputs): Tensor => new Maximum()(inputs));
/** `new Minimum()(inputs)`. */
export const minimum = exact('layers.minimum', 1, (inputs: Inputs): Tensor => new Minimum()(inputs));
/** `new Multiply()(inputs)`. */
export const multiply = exact('layers.multiply', 1, (inputs: Inputs): Tensor => new Multiply()(inputs));
/** `new Subtract()(inputs)`. */
export const subtract = exact('layers.subtract', 1, (inputs: Inputs): Tensor => new Subtract()(inputs));
