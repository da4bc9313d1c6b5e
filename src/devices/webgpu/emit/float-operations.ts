import { fail } from '../../../base/errors.ts';
import type { ScalarOp } from '../../../ir/scalar.ts';

type Text = (a: string, b: string, c: string) => string;

const infix =
  (sign: string): Text =>
  (a, b) =>
    `(${a} ${sign} ${b})`;
const call =
  (name: string): Text =>
  (a) =>
    `${name}(${a})`;
const refused: Text = (a) =>
  fail('webgpu device', `an operation on bits met the float ${a}`, 'convert the operands first');

/** How WGSL does each scalar operation on f32; `function` stands for a call of `<operation>_f32` (`functions.ts`). */
export const onFloats = {
  add: infix('+'),
  sub: infix('-'),
  mul: infix('*'),
  div: infix('/'),
  rem: 'function',
  floorDiv: 'function',
  floorMod: 'function',
  pow: 'function',
  max: 'function',
  min: 'function',
  atan2: 'function',
  nextAfter: 'function',
  neg: (a) => `(-${a})`,
  abs: call('abs'),
  sign: 'function',
  floor: call('floor'),
  ceil: call('ceil'),
  trunc: call('trunc'),
  round: call('round'),
  float16: 'function',
  bfloat16: 'function',
  sqrt: call('sqrt'),
  rsqrt: call('inverseSqrt'),
  exp: 'function',
  expm1: 'function',
  log: 'function',
  log1p: 'function',
  logistic: 'function',
  sin: 'function',
  cos: 'function',
  tan: 'function',
  asin: 'function',
  acos: 'function',
  atan: 'function',
  sinh: 'function',
  cosh: 'function',
  tanh: 'function',
  asinh: 'function',
  acosh: 'function',
  atanh: 'function',
  erf: 'function',
  erfinv: 'function',
  lgamma: 'function',
  digamma: 'function',
  and: refused,
  or: refused,
  xor: refused,
  not: refused,
  shiftLeft: refused,
  shiftRight: refused,
  shiftRightLogical: refused,
  eq: infix('=='),
  ne: infix('!='),
  lt: infix('<'),
  le: infix('<='),
  gt: infix('>'),
  ge: infix('>='),
  fma: (a, b, c) => `fma(${a}, ${b}, ${c})`,
  // Selection and conversions are written elsewhere, alike for all types.
  select: refused,
  convert: refused,
  reinterpret: refused,
} satisfies Record<ScalarOp, Text | 'function'>;

/** Operations on f32 that are functions. */
export type FloatFunction = {
  [F in ScalarOp]: (typeof onFloats)[F] extends 'function' ? `${F}_f32` : never;
}[ScalarOp];
