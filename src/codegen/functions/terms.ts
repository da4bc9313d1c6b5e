import { apply, constant, type Expr, reinterpret, type Scalar, select } from '../../ir/expr.ts';

// The vocabulary for writing elementary functions of f32. Bare numbers take the type of the operand beside them.

export const add = (a: Scalar, b: Scalar): Expr => apply('add', a, b);
export const sub = (a: Scalar, b: Scalar): Expr => apply('sub', a, b);
export const mul = (a: Scalar, b: Scalar): Expr => apply('mul', a, b);
export const div = (a: Scalar, b: Scalar): Expr => apply('div', a, b);
/** a · b + c, rounded once or twice, whichever is faster. */
export const fma = (a: Scalar, b: Scalar, c: Scalar): Expr => apply('fma', a, b, c);
export const neg = (x: Expr): Expr => apply('neg', x);
export const abs = (x: Expr): Expr => apply('abs', x);
export const sqrt = (x: Expr): Expr => apply('sqrt', x);
export const floor = (x: Expr): Expr => apply('floor', x);
export const less = (a: Scalar, b: Scalar): Expr => apply('lt', a, b);
export const lessEqual = (a: Scalar, b: Scalar): Expr => apply('le', a, b);
export const equal = (a: Scalar, b: Scalar): Expr => apply('eq', a, b);
export const isNaN = (x: Expr): Expr => apply('ne', x, x);
export const and = (a: Scalar, b: Scalar): Expr => apply('and', a, b);
export const or = (a: Scalar, b: Scalar): Expr => apply('or', a, b);
export const number = (x: number): Expr => constant(x, 'f32');
/** a where the condition holds, else b. */
export const either = (condition: Expr, a: Scalar, b: Scalar): Expr =>
  select(condition, typeof a === 'number' ? number(a) : a, typeof b === 'number' ? number(b) : b);

/** The smaller of x and a bound; NaN where x is. */
export const atMost = (x: Expr, bound: Scalar): Expr => either(less(bound, x), bound, x);
/** The larger of x and a bound; NaN where x is. */
export const atLeast = (x: Expr, bound: Scalar): Expr => either(less(x, bound), bound, x);

/** The bits of a float, as an integer. */
export const bitsOf = (x: Expr): Expr => reinterpret(x, 'i32');
/** The float with an integer's bits. */
export const floatOf = (x: Expr): Expr => reinterpret(x, 'f32');
export const shiftLeft = (x: Expr, by: number): Expr => apply('shiftLeft', x, by);
export const shiftRight = (x: Expr, by: number): Expr => apply('shiftRightLogical', x, by);
/** The magnitude of x, which is not negative, with the sign of another float. */
export const withSign = (x: Expr, of: Expr): Expr => floatOf(or(bitsOf(x), and(bitsOf(of), -(2 ** 31))));

/** The polynomial with these coefficients, highest power first, by Horner's rule. */
export const polynomial = (x: Expr, [first, ...others]: readonly number[]): Expr =>
  others.reduce<Expr>((sum, c) => fma(sum, x, c), number(first));
