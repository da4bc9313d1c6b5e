import { apply, constant, type Expr, load, plus, type Region, scalarType } from '../../ir/expr.ts';
import { type Stmt, store, when, whileLoop } from '../../ir/loops.ts';
import { each, variable } from './matrix.ts';

/** An element is negligible beside others if rounding would lose it. */
export const roundingOf = (region: Region): number => (scalarType(region.dtype) === 'f64' ? 1e-15 : 1e-7);

/**
 * Sweeps over all pairs p < q of n columns until none needs a rotation. `pair` says whether one is needed and between which
 * numbers: the symmetric 2 x 2 matrix [[app, apq], [apq, aqq]] that the rotation makes diagonal.
 */
export function sweeps(
  n: number,
  region: Region,
  pair: (p: Expr, q: Expr) => { before: readonly Stmt[]; app: Expr; apq: Expr; aqq: Expr; needed: Expr },
  rotate: (p: Expr, q: Expr, cos: Expr, sin: Expr) => readonly Stmt[],
): readonly Stmt[] {
  const type = scalarType(region.dtype);
  const isMoving = variable('isMoving', 'bool');
  const round = variable('round', 'i32');
  const [theta, tan, cos, sin] = [
    variable('theta', type),
    variable('tan', type),
    variable('cos', type),
    variable('sin', type),
  ];
  const body = (p: Expr, q: Expr): Stmt[] => {
    const { before, app, apq, aqq, needed } = pair(p, q);
    const t = theta.value;
    const root = apply('sqrt', apply('add', apply('mul', t, t), 1));
    return [
      ...before,
      when(needed, [
        isMoving.set(constant(1, 'bool')),
        theta.set(apply('div', apply('sub', aqq, app), apply('mul', apq, 2))),
        tan.set(apply('div', 1, apply('add', apply('abs', t), root))),
        when(apply('lt', t, 0), [tan.set(apply('neg', tan.value))]),
        cos.set(apply('div', 1, apply('sqrt', apply('add', apply('mul', tan.value, tan.value), 1)))),
        sin.set(apply('mul', tan.value, cos.value)),
        ...rotate(p, q, cos.value, sin.value),
      ]),
    ];
  };
  return [
    isMoving.set(constant(1, 'bool')),
    round.set(0),
    whileLoop(apply('and', isMoving.value, apply('lt', round.value, 40)), [
      isMoving.set(constant(0, 'bool')),
      round.set(plus(round.value, 1)),
      each(n, 'p', (p) => [each(n, 'q', (q) => [when(apply('gt', q, p), body(p, q))])]),
    ]),
  ];
}

/** Rotates two elements: `a, b = cos·a − sin·b, sin·a + cos·b`. */
export function rotatePair(
  to: Region,
  a: readonly Expr[],
  b: readonly Expr[],
  cos: Expr,
  sin: Expr,
  kept: ReturnType<typeof variable>,
): Stmt[] {
  return [
    kept.set(load(to, a)),
    store(to, a, apply('sub', apply('mul', cos, kept.value), apply('mul', sin, load(to, b)))),
    store(to, b, apply('add', apply('mul', sin, kept.value), apply('mul', cos, load(to, b)))),
  ];
}
