import type { DType } from '../base/dtype.ts';
import { apply, constant, type Expr, reinterpret } from '../ir/expr.ts';

/**
 * A number as its array would store it. What is recomputed inside another kernel keeps more digits than 16-bit floats
 * have: compared with what was stored, such as a maximum with the elements that it was taken from, equal values
 * would differ.
 */
export function asStored(x: Expr, dtype: DType): Expr {
  if (dtype === 'bfloat16') return keepingNaN(x, rounded(x, 16));
  if (dtype !== 'float16') return x;
  const size = apply('abs', x);
  // Below the smallest normal half, all steps are equal: those of the floats from 1/2 to 1.
  const small = apply('sub', apply('add', size, 0.5), 0.5);
  const signed = apply('select', apply('lt', x, 0), apply('neg', small), small);
  const normal = rounded(x, 13);
  const large = apply('select', apply('ge', apply('abs', normal), 65536), apply('mul', normal, Infinity), normal);
  return keepingNaN(x, apply('select', apply('lt', size, 2 ** -14), signed, large));
}

const keepingNaN = (x: Expr, y: Expr): Expr => apply('select', apply('eq', x, x), y, x);

/** The nearest number whose last bits are 0, ties to even. */
function rounded(x: Expr, bits: number): Expr {
  const u32 = (value: number): Expr => constant(value, 'u32');
  const word = reinterpret(x, 'u32');
  const odd = apply('and', apply('shiftRightLogical', word, u32(bits)), u32(1));
  const raised = apply('add', apply('add', word, u32(2 ** (bits - 1) - 1)), odd);
  return reinterpret(apply('and', raised, u32(2 ** 32 - 2 ** bits)), 'f32');
}
