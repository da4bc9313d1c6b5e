import { constant, type Expr, type ScalarType } from '../ir/expr.ts';
import type { ScalarOp } from '../ir/scalar.ts';
import type { Builder } from './builder.ts';
import { bfloat16, float16, type HalfFormat } from './half-floats.ts';

type Expansion = (args: readonly [Expr, Expr], build: Builder, type: ScalarType) => Expr | undefined;

export const isFloatType = (type: ScalarType): boolean => type === 'f32' || type === 'f64';
/** The exponent of a positive power of two. */
export function exponentOf(x: Expr): number | undefined {
  const exponent = x.op === 'const' ? Math.log2(x.value) : Number.NaN;
  return Number.isInteger(exponent) ? exponent : undefined;
}
const integral: Expansion = ([x]) => (isFloatType(x.type) ? undefined : x);
/** Booleans are ordered, false before true, whatever their form in registers. */
const truth =
  (f: (a: Expr, b: Expr, build: Builder) => Expr): Expansion =>
  ([a, b], build) =>
    a.type === 'bool' ? f(a, b, build) : undefined;
/** A shift by a constant; `whole` is the result of shifting by 32 or more. */
const shift =
  (whole: (x: Expr, build: Builder, type: ScalarType) => Expr): Expansion =>
  ([x, n], build, type) =>
    n.op !== 'const' ? undefined : n.value === 0 ? x : n.value >>> 0 > 31 ? whole(x, build, type) : undefined;
const zeros = shift((_, __, type) => constant(0, type));
const signs = shift((x, { op }) => op('shiftRight', x, 31));

const rounded =
  ({ encode, decode }: HalfFormat): Expansion =>
  ([x], build) =>
    decode(encode(x, build), build);

/**
 * Operations expressed through others. Anything an expansion leaves undefined, and every other operation, is an
 * instruction or a function.
 */
export const expansions: Partial<Record<ScalarOp, Expansion>> = {
  add: truth((a, b, { op }) => op('or', a, b)),
  mul: truth((a, b, { op }) => op('and', a, b)),
  max: truth((a, b, { op }) => op('or', a, b)),
  min: truth((a, b, { op }) => op('and', a, b)),
  lt: truth((a, b, { op }) => op('and', op('not', a), b)),
  le: truth((a, b, { op }) => op('or', op('not', a), b)),
  gt: truth((a, b, { op }) => op('and', a, op('not', b))),
  ge: truth((a, b, { op }) => op('or', a, op('not', b))),
  ne: truth((a, b, { op }) => op('xor', a, b)),
  eq: truth((a, b, { op }) => op('not', op('xor', a, b))),

  neg: ([x], { op }, type) => (isFloatType(type) ? undefined : op('sub', constant(0, type), x)),
  abs: ([x], { op }, type) =>
    type === 'u32' ? x : type === 'i32' ? op('select', op('lt', x, 0), op('neg', x), x) : undefined,
  sign: ([x], { op }, type) => {
    const below = type === 'u32' ? constant(0, type) : op('select', op('lt', x, 0), constant(-1, type), x);
    return op('select', op('gt', x, 0), constant(1, type), below);
  },
  floor: integral,
  ceil: integral,
  trunc: integral,
  round: integral,
  float16: rounded(float16),
  bfloat16: rounded(bfloat16),
  rsqrt: ([x], { op }, type) => op('div', constant(1, type), op('sqrt', x)),
  logistic: ([x], { op }, type) =>
    type === 'f64' ? op('div', constant(1, type), op('add', constant(1, type), op('exp', op('neg', x)))) : undefined,

  div: ([a, b], { op }, type) => {
    const exponent = exponentOf(b);
    if (exponent === undefined) return undefined;
    if (type === 'u32') return op('shiftRightLogical', a, exponent);
    // The product with an exact reciprocal is the quotient.
    return isFloatType(type) && Math.abs(exponent) < 100 ? op('mul', a, 2 ** -exponent) : undefined;
  },
  rem: ([a, b], { op }, type) =>
    type === 'u32' && exponentOf(b) !== undefined ? op('and', a, 2 ** exponentOf(b)! - 1) : undefined,
  floorDiv: ([a, b], { op }, type) => {
    if (type === 'u32') return op('div', a, b);
    // Kept as it is for integers, so that index arithmetic stays readable.
    if (type === 'i32') return undefined;
    // The remainder is a multiple of b, except for rounding.
    const quotient = op('div', op('sub', a, op('floorMod', a, b)), b);
    const down = op('floor', quotient);
    const whole = op('select', op('gt', op('sub', quotient, down), 0.5), op('add', down, 1), down);
    return op('select', op('eq', b, 0), op('div', a, b), whole);
  },
  floorMod: ([a, b], { op }, type) => {
    if (type === 'u32') return op('rem', a, b);
    if (type === 'i32') return undefined;
    const rest = op('rem', a, b);
    const wrong = op('and', op('ne', rest, 0), op('xor', op('lt', rest, 0), op('lt', b, 0)));
    return op('select', wrong, op('add', rest, b), rest);
  },

  shiftLeft: zeros,
  shiftRightLogical: zeros,
  shiftRight: ([x, n], build, type) =>
    type === 'u32' ? build.op('shiftRightLogical', x, n) : signs([x, n], build, type),

  nextAfter: ([x, y], { op, reinterpret }, type) => {
    if (type !== 'f32') return undefined;
    const bits = reinterpret(x, 'i32');
    const away = op('xor', op('gt', y, x), op('lt', x, 0));
    const next = reinterpret(op('add', bits, op('select', away, constant(1, 'i32'), constant(-1, 'i32'))), 'f32');
    const smallest = reinterpret(op('or', op('and', reinterpret(y, 'i32'), -(2 ** 31)), 1), 'f32');
    const moved = op('select', op('eq', x, 0), smallest, next);
    const ordered = op('and', op('eq', x, x), op('eq', y, y));
    return op('select', op('eq', x, y), y, op('select', ordered, moved, op('add', x, y)));
  },
};
