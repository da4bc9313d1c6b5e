import { type Algebra, partsOf } from '../../algebra/algebra.ts';
import { addForms } from '../../algebra/linear.ts';
import { eachStatement, expressionsOf, mapStatements } from '../../algebra/statements.ts';
import { type Axis, type Expr, indexOf, plus } from '../../ir/expr.ts';
import type { Stmt } from '../../ir/loops.ts';
import type { ScalarOp } from '../../ir/scalar.ts';

const comparisons: readonly ScalarOp[] = ['lt', 'le', 'gt', 'ge', 'eq', 'ne'];
/** A loop is cut into at most this many pieces. */
const mostPieces = 8;

/**
 * Cuts vector loops where a condition on their index alone changes: the borders and the interior of a padded array, or
 * the parts of a concatenation, become loops of their own, without the condition.
 */
export function splitRanges(list: readonly Stmt[], algebra: Algebra): readonly Stmt[] {
  return list.flatMap((s): readonly Stmt[] => {
    if (s.op !== 'for') return [s];
    if (s.mode !== 'vector') return [{ ...s, body: splitRanges(s.body, algebra) }];
    const cuts = [...cutsOf(s, algebra)].sort((a, b) => a - b);
    if (cuts.length === 0 || cuts.length >= mostPieces) return [s];
    return [0, ...cuts].map((start, k) => {
      const axis: Axis = { name: s.axis.name, size: (cuts[k] ?? s.axis.size) - start };
      const moved = new Map<Axis, Expr>([[s.axis, algebra.simplify(plus(indexOf(axis), start))]]);
      return { ...s, axis, body: mapStatements(s.body, (e) => algebra.substitute(e, moved)) };
    });
  });
}

/** The indices at which a condition changes its value. */
function cutsOf(s: Stmt & { op: 'for' }, algebra: Algebra): ReadonlySet<number> {
  const cuts = new Set<number>();
  const seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    if (!algebra.dependsOn(e).has(s.axis)) return;
    if (e.op === 'apply' && comparisons.includes(e.f) && e.args[0].type === 'i32') cut(e.f, e.args);
    for (const x of partsOf(e)) visit(x);
  };
  const cut = (f: ScalarOp, [a, b]: readonly Expr[]): void => {
    // a ~ b is c·i + k ~ 0.
    const { constant, terms } = addForms(algebra.form(a), algebra.form(b), -1);
    const [only] = terms;
    if (terms.size !== 1 || only[0].op !== 'index' || only[0].axis !== s.axis) return;
    const zero = -constant / only[1];
    const first = Math.ceil(zero);
    const after = Math.floor(zero) + 1;
    const rises = only[1] > 0;
    const places = f === 'eq' || f === 'ne' ? [first, after] : (f === 'lt' || f === 'ge') === rises ? [first] : [after];
    for (const place of places) if (place > 0 && place < s.axis.size) cuts.add(place);
  };
  eachStatement(s.body, (inner) => {
    for (const e of expressionsOf(inner)) visit(e);
  });
  return cuts;
}
