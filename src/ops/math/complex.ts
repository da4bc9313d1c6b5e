import { fail } from '../../base/errors.ts';
import { showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { concatenate } from '../../primitives/movement.ts';
import { part, reshapeTo } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { type Complex, complexOf } from './fft.ts';

/** Pairs along the last axis as `[real, imaginary]`: complex numbers are two tensors here. @example viewAsComplex([[1, 2], [3, 4]])[0] // [1, 3] */
export const viewAsComplex = op('viewAsComplex', (x: Tensor): Complex => {
  if (x.shape.at(-1) !== 2)
    fail(
      'viewAsComplex',
      `the tensor has shape ${showShape(x.shape)}`,
      'give a last axis of size 2: real and imaginary part',
    );
  const d = x.shape.length - 1;
  const side = (k: number): Tensor => reshapeTo(part(x, d, k, k + 1), x.shape.slice(0, -1));
  return [side(0), side(1)];
});
/** `[real, imaginary]` as pairs along a new last axis. @example viewAsReal([[1, 3], [2, 4]]) // [[1, 2], [3, 4]] */
export const viewAsReal = op(
  'viewAsReal',
  (x: readonly Tensor[]) => {
    const parts = complexOf('viewAsReal', x).map((t) => reshapeTo(t, [...t.shape, 1]));
    return concatenate(parts, { axis: parts[0]!.shape.length - 1 });
  },
  ['tensors'],
);
