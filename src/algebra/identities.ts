import type { Expr, ScalarType } from '../ir/expr.ts';
import type { ScalarOp } from '../ir/scalar.ts';

const is = (x: Expr, value: number): boolean => x.op === 'const' && x.value === value;
const isFloat = (type: ScalarType): boolean => type === 'f32' || type === 'f64';
const isPowerOfTwo = (x: number): boolean => x !== 0 && Math.abs(Math.log2(Math.abs(x)) % 1) === 0;
const inner = (x: Expr, f: ScalarOp): Expr | undefined => (x.op === 'apply' && x.f === f ? x.args[0] : undefined);

/** Builds the simplified expression. */
interface Maker {
  apply(f: ScalarOp, type: ScalarType, args: readonly Expr[]): Expr;
  constant(value: number, type: ScalarType): Expr;
}
type Identity = (algebra: Maker, type: ScalarType, args: readonly Expr[]) => Expr | undefined;

/** Laws of arithmetic that hold for rounded numbers too (signs of zeros aside). */
const laws: Partial<Record<ScalarOp, Identity>> = {
  add: (algebra, type, [a, b]) => {
    if (is(a, 0)) return b;
    if (is(b, 0)) return a;
    const negative = inner(b, 'neg');
    return negative && algebra.apply('sub', type, [a, negative]);
  },
  sub: (algebra, type, [a, b]) => {
    if (is(b, 0)) return a;
    if (is(a, 0) && isFloat(type)) return algebra.apply('neg', type, [b]);
    const negative = inner(b, 'neg');
    return negative && algebra.apply('add', type, [a, negative]);
  },
  mul: (algebra, type, [a, b]) => {
    for (const [x, y] of [
      [a, b],
      [b, a],
    ] as const) {
      if (is(x, 1)) return y;
      if (is(x, -1)) return algebra.apply('neg', type, [y]);
      if (is(x, 0) && !isFloat(type)) return x;
    }
    return undefined;
  },
  div: (algebra, type, [a, b]) => {
    if (is(b, 1)) return a;
    if (isFloat(type) && b.op === 'const' && isPowerOfTwo(b.value) && Math.abs(Math.log2(Math.abs(b.value))) < 100)
      return algebra.apply('mul', type, [a, algebra.constant(1 / b.value, type)]);
    return undefined;
  },
  pow: (algebra, type, [a, b]) => {
    if (is(b, 1)) return a;
    if (is(b, 2)) return algebra.apply('mul', type, [a, a]);
    if (is(b, 3)) return algebra.apply('mul', type, [algebra.apply('mul', type, [a, a]), a]);
    if (is(b, -1) && isFloat(type)) return algebra.apply('div', type, [algebra.constant(1, type), a]);
    return undefined;
  },
  neg: (algebra, type, [a]) => {
    const double = inner(a, 'neg');
    if (double) return double;
    return a.op === 'apply' && a.f === 'sub' ? algebra.apply('sub', type, [a.args[1], a.args[0]]) : undefined;
  },
  not: (_, __, [a]) => inner(a, 'not'),
  and: (_, type, [a, b]) => (a === b ? a : type === 'bool' ? known(a, b, 1) : undefined),
  or: (_, type, [a, b]) => (a === b ? a : type === 'bool' ? known(a, b, 0) : undefined),
  max: (_, __, [a, b]) => (a === b ? a : undefined),
  min: (_, __, [a, b]) => (a === b ? a : undefined),
  select: (algebra, type, [condition, a, b]) => {
    if (condition.op === 'const') return condition.value ? a : b;
    if (a === b) return a;
    const opposite = inner(condition, 'not');
    return opposite && algebra.apply('select', type, [opposite, b, a]);
  },
  convert: (algebra, type, [a]) => {
    if (a.type === type) return a;
    const before = inner(a, 'convert');
    // A detour through a type that holds every value of the first changes nothing.
    if (!before || !holds(a.type, before.type)) return undefined;
    return before.type === type ? before : algebra.apply('convert', type, [before]);
  },
  reinterpret: (_, type, [a]) => (a.type === type ? a : undefined),
};

/** The other operand if the constant is neutral, or the constant itself if it decides the result. */
function known(a: Expr, b: Expr, neutral: number): Expr | undefined {
  if (a.op === 'const') return a.value === neutral ? b : a;
  if (b.op === 'const') return b.value === neutral ? a : b;
  return undefined;
}

const holds = (wide: ScalarType, narrow: ScalarType): boolean =>
  narrow === 'bool' ? wide !== 'bool' : wide === 'f64' && narrow === 'f32';

/** The simplified operation, if a law of arithmetic applies. */
export const identities = (algebra: Maker, f: ScalarOp, type: ScalarType, args: readonly Expr[]): Expr | undefined =>
  laws[f]?.(algebra, type, args);
