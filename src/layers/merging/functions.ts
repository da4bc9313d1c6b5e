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
export const add = (inputs: Inputs): Tensor => new Add()(inputs);
/** `new Average()(inputs)`. */
export const average = (inputs: Inputs): Tensor => new Average()(inputs);
/** `new Concatenate({ axis })(inputs)`. */
export const concatenate = (inputs: Inputs, options: { readonly axis?: number } = {}): Tensor => {
  const { axis = -1 } = optionsOf('layers.concatenate', { axis: true }, options);
  return new Concatenate({ axis })(inputs);
};
/** `new Dot({ axes })(inputs)`. */
export const dot = (
  inputs: Inputs,
  options: { readonly axes?: number | readonly [number, number]; readonly normalize?: boolean } = {},
): Tensor => {
  const { axes = -1, normalize = false } = optionsOf('layers.dot', { axes: true, normalize: true }, options);
  return new Dot({ axes, normalize })(inputs);
};
/** `new Maximum()(inputs)`. */
export const maximum = (inputs: Inputs): Tensor => new Maximum()(inputs);
/** `new Minimum()(inputs)`. */
export const minimum = (inputs: Inputs): Tensor => new Minimum()(inputs);
/** `new Multiply()(inputs)`. */
export const multiply = (inputs: Inputs): Tensor => new Multiply()(inputs);
/** `new Subtract()(inputs)`. */
export const subtract = (inputs: Inputs): Tensor => new Subtract()(inputs);
