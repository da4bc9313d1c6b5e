import type { InitializerFunction } from '../../initializers/index.ts';
import { concatenate, ones } from '../../ops/index.ts';

/** The bias of input, forget, cell and output gates in a row, of which that of the forget gate is 1 at first, so that the cell remembers. */
export const forgetGateOpen =
  (initializer: InitializerFunction, units: number): InitializerFunction =>
  (_, options) =>
    concatenate([initializer([units], options), ones([units], options), initializer([2 * units], options)], {
      axis: 0,
    });
