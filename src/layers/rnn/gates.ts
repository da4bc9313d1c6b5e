import type { InitializerFunction } from '../../initializers/index.ts';
import { concatenate, ones } from '../../ops/index.ts';

/** The bias of input, forget, cell and output gates in a row, of which the forget gate's begins at 1: it begins by remembering. */
export const forgetGateOpen =
  (initializer: InitializerFunction, units: number): InitializerFunction =>
  (_, options) =>
    concatenate([initializer([units], options), ones([units], options), initializer([2 * units], options)], {
      axis: 0,
    });
