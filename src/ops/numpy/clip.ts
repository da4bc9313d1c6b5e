import * as p from '../../primitives/elementwise.ts';
import { op } from '../op.ts';
import { align, type Operand } from '../operands.ts';
import { resultType } from '../promotion.ts';

/** `x` confined to [min, max]; at a bound half of the gradient passes. @example clip([1, 5, 9], 2, 6) // [2, 5, 6] */
export const clip = op(
  'clip',
  (x: Operand, min: Operand, max: Operand) => {
    const [y, low, high] = align('clip', [x, min, max] as const, (dtype) =>
      dtype === 'bool' ? resultType('int') : dtype,
    );
    return p.min(p.max(y, low), high);
  },
  ['operand', 'operand', 'operand'],
);
