import { fail } from '../../base/errors.ts';
import { sameShape, showShape } from '../../base/shape.ts';
import { complex } from '../../ir/complex.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { meanOver } from '../numpy/reduce.ts';
import { op } from '../op.ts';
import { align, cast, like } from '../operands.ts';
import { floatType } from '../promotion.ts';

/** Peak signal-to-noise ratio in decibels: `20 · log10(maxVal) - 10 · log10(mean((x1 - x2)²))`. @example psnr([0], [0.1], 1) // 20 */
export const psnr = op(
  ['psnr', 'PSNR'],
  (x1: Tensor, x2: Tensor, maxVal: number) => {
    if (!sameShape(x1.shape, x2.shape))
      fail(
        'psnr',
        `the images have shapes ${showShape(x1.shape)} and ${showShape(x2.shape)}`,
        'give both the same shape',
      );
    const [a, b] = align('psnr', [x1, x2] as const, floatType);
    const difference = p.sub(a, b);
    const error = cast(meanOver('psnr', p.mul(difference, difference), {}), a.dtype);
    return p.sub(like(error, 20 * Math.log10(maxVal)), p.mul(p.log(error), like(error, 10 / Math.LN10)));
  },
  ['tensor', 'tensor'],
);
/** Complex64 numbers of given size and angle. @example real(polar([2], [0])) // [2] */
export const polar = op(
  'polar',
  (abs: Tensor, angle: Tensor): Tensor => {
    const [r, a] = align('polar', [abs, angle] as const, () => 'float32');
    return complex(p.mul(r, p.cos(a)), p.mul(r, p.sin(a)));
  },
  ['tensor', 'tensor'],
);
