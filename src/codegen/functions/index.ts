import { Algebra, partsOf } from '../../algebra/algebra.ts';
import { type Expr, type Local, readLocal } from '../../ir/expr.ts';
import type { ScalarOp } from '../../ir/scalar.ts';
import { Lowering } from '../lowering.ts';
import { erf, erfinv } from './error-function.ts';
import { cosh, exp, expm1, logistic, sinh, tanh } from './exponential.ts';
import { acos, asin, atan, atan2 } from './inverse-trigonometric.ts';
import { acosh, asinh, atanh, log, log1p } from './logarithm.ts';

/** An operation on f32 as an expression of its parameters, using only operations that every device has. */
export interface ElementaryFunction {
  readonly parameters: readonly Local[];
  readonly body: Expr;
  /** How often each subexpression is used. */
  readonly uses: ReadonlyMap<Expr, number>;
}

const definitions = {
  exp,
  expm1,
  log,
  log1p,
  logistic,
  tanh,
  sinh,
  cosh,
  asinh,
  acosh,
  atanh,
  asin,
  acos,
  atan,
  atan2,
  erf,
  erfinv,
} satisfies Partial<Record<ScalarOp, (x: Expr, y: Expr) => Expr>>;

/** Operations written once for all devices. */
export type ElementaryOp = keyof typeof definitions;
const isElementary = (f: string): f is ElementaryOp => Object.hasOwn(definitions, f);

const made = new Map<ScalarOp, ElementaryFunction>();

/** The operation on f32 as a function of other operations, if it is defined that way. */
export function elementaryFunction(f: string): ElementaryFunction | undefined {
  if (!isElementary(f)) return undefined;
  const define: (x: Expr, y: Expr) => Expr = definitions[f];
  let known = made.get(f);
  if (!known) {
    const [x, y]: [Local, Local] = [
      { name: 'x', type: 'f32' },
      { name: 'y', type: 'f32' },
    ];
    const body = new Lowering(new Algebra()).expr(define(readLocal(x), readLocal(y)));
    known = { parameters: define.length === 1 ? [x] : [x, y], body, uses: usesOf(body) };
    made.set(f, known);
  }
  return known;
}

function usesOf(body: Expr): ReadonlyMap<Expr, number> {
  const uses = new Map<Expr, number>();
  const visit = (e: Expr): void => {
    const count = uses.get(e) ?? 0;
    uses.set(e, count + 1);
    if (count === 0) partsOf(e).forEach(visit);
  };
  visit(body);
  return uses;
}
