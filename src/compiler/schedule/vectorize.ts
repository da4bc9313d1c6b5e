import type { Algebra } from '../../algebra/algebra.ts';
import { loadsOf } from '../../algebra/cost.ts';
import { eachStatement, expressionsOf } from '../../algebra/statements.ts';
import type { Axis, Expr } from '../../ir/expr.ts';
import type { Stmt } from '../../ir/loops.ts';
import type { Target } from '../plan.ts';

type For = Stmt & { op: 'for' };

/**
 * Marks the vector loop of every nest of independent loops: the innermost, unless an outer one walks through memory
 * more evenly (a sum over rows is vectorised along the columns that are kept).
 */
export function vectorize(
  list: readonly Stmt[],
  target: Pick<Target, 'vectorWidth'>,
  algebra: Algebra,
): readonly Stmt[] {
  if (target.vectorWidth === 1) return list;
  return list.map((s): Stmt => {
    if (s.op !== 'for') return s;
    const inner = innerLoops(s.body);
    if (inner.length === 0) return { ...s, mode: 'vector' };
    const perfect = s.body.length === 1;
    const own = perfect ? Number.NEGATIVE_INFINITY : evenness(s.axis, s, algebra);
    const theirs = inner.reduce((sum, f) => sum + evenness(deepest(f).axis, f, algebra), 0);
    if (own > theirs) return { ...s, mode: 'vector' };
    return { ...s, body: vectorize(s.body, target, algebra) };
  });
}

const innerLoops = (list: readonly Stmt[]): For[] => list.filter((s): s is For => s.op === 'for');
const deepest = (f: For): For => {
  const inner = innerLoops(f.body);
  return inner.length === 0 ? f : deepest(inner.at(-1)!);
};

/** The number of loads and stores that advance by one element along the axis, minus those that jump. */
function evenness(axis: Axis, s: Stmt, algebra: Algebra): number {
  let balance = 0;
  const count = (position: Expr): void => {
    if (!algebra.dependsOn(position).has(axis)) return;
    for (const [x, c] of algebra.form(position).terms)
      if (x.op === 'index' && x.axis === axis) {
        balance += Math.abs(c) === 1 ? 1 : -1;
        return;
      }
    balance -= 1;
  };
  eachStatement([s], (inner) => {
    for (const e of expressionsOf(inner)) for (const x of loadsOf(e)) count(x.index[0]);
    if (inner.op === 'store') count(inner.index[0]);
  });
  return balance;
}
