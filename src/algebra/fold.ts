import type { Combine, ScalarType } from '../ir/expr.ts';
import type { ScalarOp } from '../ir/scalar.ts';

type Function = (...args: number[]) => number;

const numbers: Partial<Record<ScalarOp, Function>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  max: (a, b) => Math.max(a, b),
  min: (a, b) => Math.min(a, b),
  neg: (a) => -a,
  abs: (a) => Math.abs(a),
  eq: (a, b) => +(a === b),
  ne: (a, b) => +(a !== b),
  lt: (a, b) => +(a < b),
  le: (a, b) => +(a <= b),
  gt: (a, b) => +(a > b),
  ge: (a, b) => +(a >= b),
  select: (c, a, b) => (c ? a : b),
};
const floats: Partial<Record<ScalarOp, Function>> = {
  ...numbers,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  sqrt: (a) => Math.sqrt(a),
  rsqrt: (a) => 1 / Math.sqrt(a),
  exp: (a) => Math.exp(a),
  log: (a) => Math.log(a),
  floor: (a) => Math.floor(a),
  ceil: (a) => Math.ceil(a),
  trunc: (a) => Math.trunc(a),
};
const integers: Partial<Record<ScalarOp, Function>> = {
  ...numbers,
  mul: (a, b) => Math.imul(a, b),
  floorDiv: (a, b) => (b === 0 ? -1 : Math.floor(a / b)),
  floorMod: (a, b) => (b === 0 ? a : a - Math.floor(a / b) * b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shiftLeft: (a, b) => (b >>> 0 > 31 ? 0 : a << b),
  shiftRightLogical: (a, b) => (b >>> 0 > 31 ? 0 : a >>> b),
};
const truths: Partial<Record<ScalarOp, Function>> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  not: (a) => 1 - a,
  eq: numbers.eq!,
  ne: numbers.ne!,
  select: numbers.select!,
};

/** A number as a scalar of the type represents it. */
export function rounded(x: number, type: ScalarType): number {
  if (type === 'f32') return Math.fround(x);
  if (type === 'i32') return x | 0;
  if (type === 'u32') return x >>> 0;
  return type === 'bool' ? +(x !== 0) : x;
}

/** The value of an operation on constants of type `from`; undefined for operations left to the device. */
export function fold(f: ScalarOp, from: ScalarType, type: ScalarType, args: readonly number[]): number | undefined {
  if (f === 'convert') return converted(args[0], from, type);
  const operand = f === 'select' ? type : from;
  const table =
    operand === 'f32' || operand === 'f64' ? floats : operand === 'bool' ? truths : (integers as typeof floats);
  const value = table[f]?.(...args);
  return value === undefined ? undefined : rounded(value, type);
}

function converted(x: number, from: ScalarType, to: ScalarType): number {
  if (to === 'bool' || to === 'f32' || to === 'f64' || (from !== 'f32' && from !== 'f64')) return rounded(x, to);
  const [low, high] = to === 'i32' ? [-(2 ** 31), 2 ** 31 - 1] : [0, 2 ** 32 - 1];
  return Number.isNaN(x) ? 0 : Math.trunc(Math.min(Math.max(x, low), high));
}

/** The result of an empty reduction. */
export function identityOf(combine: Combine, type: ScalarType): number {
  const bounds: Record<ScalarType, readonly [low: number, high: number]> = {
    f32: [-Infinity, Infinity],
    f64: [-Infinity, Infinity],
    i32: [-(2 ** 31), 2 ** 31 - 1],
    u32: [0, 2 ** 32 - 1],
    bool: [0, 1],
  };
  const all = type === 'bool' ? 1 : type === 'u32' ? 2 ** 32 - 1 : -1;
  return { add: 0, mul: 1, max: bounds[type][0], min: bounds[type][1], and: all, or: 0 }[combine];
}
