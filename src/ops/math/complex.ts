import { fail } from '../../base/errors.ts';
import { showShape } from '../../base/shape.ts';
import { complex } from '../../ir/complex.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { pairOf } from '../../primitives/complex/complex.ts';
import { concatenate } from '../../primitives/movement.ts';
import { part, reshapeTo } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { cast } from '../operands.ts';

/** Pairs `[real, imaginary]` along the last axis as complex64 numbers. @example viewAsComplex([[1, 2], [3, 4]]).dtype // 'complex64' */
export const viewAsComplex = op('viewAsComplex', (x: Tensor): Tensor => {
  if (x.shape.at(-1) !== 2)
    fail(
      'viewAsComplex',
      `the tensor has shape ${showShape(x.shape)}`,
      'give a last axis of size 2: real and imaginary part',
    );
  const d = x.shape.length - 1;
  const side = (k: number): Tensor => reshapeTo(part(cast(x, 'float32'), d, k, k + 1), x.shape.slice(0, -1));
  return complex(side(0), side(1));
});
/** Complex numbers as pairs `[real, imaginary]` along a new last axis. @example viewAsReal(viewAsComplex([1, 2])) // [1, 2] */
export const viewAsReal = op('viewAsReal', (x: Tensor) => {
  const parts = pairOf(x).map((t) => reshapeTo(t, [...t.shape, 1]));
  return concatenate(parts, { axis: x.shape.length });
});
