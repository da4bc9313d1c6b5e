import { concatenate, multiply, ones, zeros } from '../../../ops/index.ts';
import type { Tensor } from '../../../tensor/index.ts';

/**
 * Affine maps of n images as `[n, 8]`, of six columns `[n, 1]` or numbers: pixel (x, y) of the result comes from
 * (a0·x + a1·y + a2, b0·x + b1·y + b2).
 */
export function affineMaps(n: number, columns: readonly (number | Tensor)[]): Tensor {
  const constant = (value: number): Tensor => (value === 0 ? zeros([n, 1]) : multiply(ones([n, 1]), value));
  return concatenate(
    [...columns, 0, 0].map((c) => (typeof c === 'number' ? constant(c) : c)),
    { axis: 1 },
  );
}
