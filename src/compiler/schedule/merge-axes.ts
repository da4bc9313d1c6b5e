import { type Algebra, partsOf } from '../../algebra/algebra.ts';
import { bodiesOf, expressionsOf, mapStatements } from '../../algebra/statements.ts';
import type { Axis, Expr } from '../../ir/expr.ts';
import { indexOf } from '../../ir/expr.ts';
import { type Stmt, when } from '../../ir/loops.ts';

/**
 * Merges two directly nested loops if all index arithmetic continues evenly from the end of the inner loop to the next
 * turn of the outer: an elementwise kernel over a whole array becomes one flat loop.
 */
export function mergeAxes(list: readonly Stmt[], algebra: Algebra): readonly Stmt[] {
  return list.map((s): Stmt => {
    if (s.op === 'if') return when(s.condition, mergeAxes(s.then, algebra), mergeAxes(s.otherwise, algebra));
    if (s.op === 'while') return { ...s, body: mergeAxes(s.body, algebra) };
    if (s.op !== 'for') return s;
    let nest = s;
    for (;;) {
      const [inner] = nest.body;
      if (nest.body.length !== 1 || inner.op !== 'for' || inner.mode !== nest.mode) break;
      const merged = mergedLoop(nest.axis, inner, algebra);
      if (!merged) break;
      nest = merged;
    }
    const body = mergeAxes(nest.body, algebra);
    // The inner loops may have become one that can now be merged with this one.
    const again = body.length === 1 && body[0].op === 'for' && body[0].axis !== (nest.body[0] as { axis?: Axis }).axis;
    const result = { ...nest, body };
    return again ? mergeAxes([result], algebra)[0] : result;
  });
}

function mergedLoop(outer: Axis, inner: Stmt & { op: 'for' }, algebra: Algebra): (Stmt & { op: 'for' }) | undefined {
  const forms = new Set<Expr>();
  collect(inner.body, forms);
  for (const e of forms) {
    let [a, b] = [0, 0];
    for (const [x, c] of algebra.form(e).terms) {
      if (x.op !== 'index') continue;
      if (x.axis === outer) a = c;
      else if (x.axis === inner.axis) b = c;
    }
    if (a !== b * inner.axis.size) return undefined;
  }
  const axis: Axis = { name: inner.axis.name, size: outer.size * inner.axis.size };
  const moved = new Map<Axis, Expr>([
    [outer, algebra.constant(0, 'i32')],
    [inner.axis, algebra.simplify(indexOf(axis))],
  ]);
  return { ...inner, axis, body: mapStatements(inner.body, (e) => algebra.substitute(e, moved)) };

  /** All integer sums that are not part of a larger one. */
  function collect(list: readonly Stmt[], found: Set<Expr>): void {
    const seen = new Set<Expr>();
    const visit = (e: Expr): void => {
      if (seen.has(e)) return;
      seen.add(e);
      if (e.type !== 'i32') {
        for (const x of partsOf(e)) visit(x);
        return;
      }
      found.add(e);
      for (const [x] of algebra.form(e).terms) if (x.op !== 'index') for (const part of partsOf(x)) visit(part);
    };
    for (const s of list) {
      for (const e of expressionsOf(s)) visit(e);
      for (const body of bodiesOf(s)) collect(body, found);
    }
  }
}
