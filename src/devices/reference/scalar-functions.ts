import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from '../../base/half-floats.ts';
import type { ScalarType } from '../../ir/expr.ts';
import type { ScalarOp } from '../../ir/scalar.ts';
import { digamma, erf, erfinv, lgamma } from './special-functions.ts';
import { roundToEven } from './stored-numbers.ts';

type Scalar = (a: number, b: number) => number;
/** What an operation does to operands of each type. `float` stands for f32 and f64: both compute in double precision. */
interface Meaning {
  readonly float?: Scalar;
  readonly f64?: Scalar;
  readonly i32?: Scalar;
  readonly u32?: Scalar;
  /** Booleans are 0 and 1. */
  readonly bool?: Scalar;
}

const signed =
  (f: Scalar): Scalar =>
  (a, b) =>
    f(a, b) | 0;
const unsigned =
  (f: Scalar): Scalar =>
  (a, b) =>
    f(a, b) >>> 0;
const integers = (f: Scalar): Meaning => ({ i32: signed(f), u32: unsigned(f) });
const numbers = (f: Scalar): Meaning => ({ float: f, ...integers(f) });
const anything = (f: Scalar): Meaning => ({ float: f, i32: f, u32: f, bool: f });
const real = (f: Scalar): Meaning => ({ float: f });
const shift = (f: Scalar, all: (a: number) => number): Meaning => integers((a, b) => (b >>> 0 > 31 ? all(a) : f(a, b)));

const floorMod = (a: number, b: number): number => {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
};
const floorDiv = (a: number, b: number): number => {
  if (b === 0) return a / b;
  const quotient = (a - floorMod(a, b)) / b;
  // The difference is a multiple of b up to rounding.
  const down = Math.floor(quotient);
  return quotient - down > 0.5 ? down + 1 : down;
};
function integerPower(base: number, exponent: number): number {
  if (exponent < 0) return base === 1 ? 1 : base === -1 ? (exponent % 2 === 0 ? 1 : -1) : 0;
  let result = 1;
  for (let e = exponent; e > 0; e = Math.floor(e / 2)) {
    if (e % 2 === 1) result = Math.imul(result, base);
    base = Math.imul(base, base);
  }
  return result;
}

const word = new DataView(new ArrayBuffer(8));
function nextAfter32(x: number, y: number): number {
  [x, y] = [Math.fround(x), Math.fround(y)];
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  if (x === y) return y;
  if (x === 0) return Math.sign(y) * 2 ** -149;
  word.setFloat32(0, x);
  word.setInt32(0, word.getInt32(0) + (y > x === x > 0 ? 1 : -1));
  return word.getFloat32(0);
}
function nextAfter64(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  if (x === y) return y;
  if (x === 0) return Math.sign(y) * Number.MIN_VALUE;
  word.setFloat64(0, x);
  word.setBigInt64(0, word.getBigInt64(0) + (y > x === x > 0 ? 1n : -1n));
  return word.getFloat64(0);
}

/** The meaning of every scalar operation; integer division by zero gives -1 (all bits), its remainder the dividend. */
export const scalarFunctions = {
  add: numbers((a, b) => a + b),
  sub: numbers((a, b) => a - b),
  mul: { float: (a, b) => a * b, ...integers(Math.imul) },
  div: { float: (a, b) => a / b, ...integers((a, b) => (b === 0 ? -1 : Math.trunc(a / b))) },
  rem: { float: (a, b) => a % b, ...integers((a, b) => (b === 0 ? a : a % b)) },
  floorDiv: { float: floorDiv, ...integers((a, b) => (b === 0 ? -1 : Math.floor(a / b))) },
  floorMod: { float: floorMod, ...integers((a, b) => (b === 0 ? a : floorMod(a, b))) },
  // Unlike in JavaScript, in IEEE 754 1 to any power, and ±1 to an infinite power, is 1.
  pow: { float: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b), ...integers(integerPower) },
  max: anything((a, b) => Math.max(a, b)),
  min: anything((a, b) => Math.min(a, b)),
  atan2: real(Math.atan2),
  nextAfter: { float: nextAfter32, f64: nextAfter64 },
  neg: numbers((a) => -a),
  abs: { float: Math.abs, i32: signed(Math.abs), u32: (a) => a },
  sign: { float: Math.sign, i32: Math.sign, u32: Math.sign },
  floor: real(Math.floor),
  ceil: real(Math.ceil),
  trunc: real(Math.trunc),
  round: real(roundToEven),
  float16: real((a) => fromFloat16(toFloat16(a))),
  bfloat16: real((a) => fromBfloat16(toBfloat16(a))),
  sqrt: real(Math.sqrt),
  rsqrt: real((a) => 1 / Math.sqrt(a)),
  exp: real(Math.exp),
  expm1: real(Math.expm1),
  log: real(Math.log),
  log1p: real(Math.log1p),
  logistic: real((a) => 1 / (1 + Math.exp(-a))),
  sin: real(Math.sin),
  cos: real(Math.cos),
  tan: real(Math.tan),
  asin: real(Math.asin),
  acos: real(Math.acos),
  atan: real(Math.atan),
  sinh: real(Math.sinh),
  cosh: real(Math.cosh),
  tanh: real(Math.tanh),
  asinh: real(Math.asinh),
  acosh: real(Math.acosh),
  atanh: real(Math.atanh),
  erf: real(erf),
  erfinv: real(erfinv),
  lgamma: real(lgamma),
  digamma: real(digamma),
  and: { ...integers((a, b) => a & b), bool: (a, b) => a & b },
  or: { ...integers((a, b) => a | b), bool: (a, b) => a | b },
  xor: { ...integers((a, b) => a ^ b), bool: (a, b) => a ^ b },
  not: { ...integers((a) => ~a), bool: (a) => 1 - a },
  shiftLeft: shift(
    (a, b) => a << b,
    () => 0,
  ),
  shiftRight: {
    i32: (a, b) => a >> (b >>> 0 > 31 ? 31 : b),
    u32: (a, b) => (b > 31 ? 0 : a >>> b),
  },
  shiftRightLogical: shift(
    (a, b) => a >>> b,
    () => 0,
  ),
  eq: anything((a, b) => +(a === b)),
  ne: anything((a, b) => +(a !== b)),
  lt: anything((a, b) => +(a < b)),
  le: anything((a, b) => +(a <= b)),
  gt: anything((a, b) => +(a > b)),
  ge: anything((a, b) => +(a >= b)),
  // These three take more than two operands, or operands of several types: the kernel's text spells them out.
  fma: {},
  select: {},
  convert: {},
  reinterpret: {},
} as const satisfies Record<ScalarOp, Meaning>;

/** The function of an operation on operands of a type; undefined if it is not defined for them. */
export const scalarFunction = (f: ScalarOp, type: ScalarType): Scalar | undefined => {
  const meaning: Meaning = scalarFunctions[f];
  return type === 'f64' ? (meaning.f64 ?? meaning.float) : type === 'f32' ? meaning.float : meaning[type];
};

const saturate =
  (low: number, high: number): Scalar =>
  (a) =>
    Number.isNaN(a) ? 0 : Math.trunc(Math.min(Math.max(a, low), high));
/** Values of any type converted to `to`. */
export function conversion(from: ScalarType, to: ScalarType): Scalar {
  if (to === 'bool') return (a) => +(a !== 0);
  if (to === 'f32' || to === 'f64') return (a) => a;
  const floating = from === 'f32' || from === 'f64';
  if (to === 'i32') return floating ? saturate(-(2 ** 31), 2 ** 31 - 1) : (a) => a | 0;
  return floating ? saturate(0, 2 ** 32 - 1) : (a) => a >>> 0;
}

/** The 32 bits of a value read as another type. */
export function reinterpretation(from: ScalarType, to: ScalarType): Scalar {
  const read = to === 'f32' ? 'getFloat32' : to === 'u32' ? 'getUint32' : 'getInt32';
  return (a) => {
    if (from === 'f32') word.setFloat32(0, a);
    else word.setInt32(0, a);
    return word[read](0);
  };
}
