import * as p from '../../primitives/elementwise.ts';
import { op } from '../op.ts';
import { align, cast, type Operand, promotableOf } from '../operands.ts';

/** `x` confined to [min, max]; at a bound half of the gradient passes. @example clip([1, 5, 9], 2, 6) // [2, 5, 6] */
export const clip = op(
  'clip',
  (x: Operand, min: Operand, max: Operand) => {
    // Truth values count as int32 before they meet the bounds.
    const counted = promotableOf(x) === 'bool' ? cast(x, 'int32') : x;
    const [y, low, high] = align('clip', [counted, min, max] as const);
    return p.min(p.max(y, low), high);
  },
  ['operand', 'operand', 'operand'],
);
