import { type Algebra, type Dependency, partsOf } from '../../algebra/algebra.ts';
import { anyInt } from '../../algebra/ranges.ts';
import { bodiesOf, expressionsOf, mapStatements } from '../../algebra/statements.ts';
import { sizeOf } from '../../base/shape.ts';
import { type Axis, type Expr, indexOf } from '../../ir/expr.ts';
import { type Stmt, when } from '../../ir/loops.ts';

/**
 * Keeps every load in bounds: where only the condition of a `select` makes a position valid, the position is clamped,
 * so that both arms may be evaluated. What a condition decides for a whole vector is clamped before it.
 */
export function guard(list: readonly Stmt[], algebra: Algebra): readonly Stmt[] {
  const [only] = list;
  if (list.length === 1 && only.op === 'for' && only.mode === 'parallel')
    return [{ ...only, body: guard(only.body, algebra) }];
  const turns = list.length === 1 && only.op === 'if' ? fewerTurns(only.condition) : undefined;
  if (!turns) return guarded(list, algebra);
  const { then, otherwise, condition } = only as Stmt & { op: 'if' };
  return [when(condition, inTurns(then, turns, algebra), guard(otherwise, algebra))];
}

/** A loop of which a condition admits only the first turns, as it is where the condition holds. */
export function fewerTurns(e: Expr): { readonly whole: Axis; readonly some: Axis } | undefined {
  if (e.op !== 'apply' || e.f !== 'lt') return undefined;
  const [index, bound] = e.args as [Expr, Expr];
  if (index.op !== 'index' || bound.op !== 'const') return undefined;
  return { whole: index.axis, some: { name: index.axis.name, size: Math.min(bound.value, index.axis.size) } };
}

/** Statements done in those turns only have positions from those turns only. */
function inTurns(
  list: readonly Stmt[],
  { whole, some }: { readonly whole: Axis; readonly some: Axis },
  algebra: Algebra,
): readonly Stmt[] {
  const replaced = (body: readonly Stmt[], from: Axis, to: Axis): readonly Stmt[] => {
    const moved = new Map([[from, algebra.simplify(indexOf(to))]]);
    return mapStatements(body, (e) => algebra.substitute(e, moved));
  };
  if (some.size <= 1) return guarded(list, algebra);
  return replaced(guard(replaced(list, whole, some), algebra), some, whole);
}

function guarded(list: readonly Stmt[], algebra: Algebra): readonly Stmt[] {
  const vectors = new Set<Axis>();
  const conditions = new Map<Expr, Set<Dependency> | 'always'>();
  for (const s of list) collect(s);
  if ([...conditions.values()].every((c) => c === 'always')) return list;
  const memo = new Map<Expr, Expr>();
  const rewrite = (e: Expr): Expr => {
    let result = memo.get(e);
    if (result) return result;
    result = e;
    if (partsOf(e).length > 0) {
      const parts = partsOf(e).map(rewrite);
      if (e.op === 'load') result = algebra.simplify({ ...e, index: [inside(e, parts[0])] });
      else if (e.op === 'apply') result = algebra.simplify({ ...e, args: parts });
      else if (e.op === 'reduce') result = algebra.simplify({ ...e, body: parts[0] });
    }
    memo.set(e, result);
    return result;
  };
  return mapStatements(list, rewrite);

  /** Which axes the conditions over each load depend on. */
  function collect(s: Stmt): void {
    if (s.op === 'for' && s.mode === 'vector') vectors.add(s.axis);
    for (const e of expressionsOf(s)) visit(e, undefined);
    for (const body of bodiesOf(s)) for (const inner of body) collect(inner);
  }
  function visit(e: Expr, over: Set<Dependency> | undefined): void {
    const before = conditions.get(e);
    if (before === 'always' || (before && over && [...over].every((a) => before.has(a)))) return;
    conditions.set(e, over ? new Set([...(before ?? []), ...over]) : 'always');
    if (e.op !== 'apply' || e.f !== 'select') {
      for (const x of partsOf(e)) visit(x, over);
      return;
    }
    const [condition, a, b] = e.args as [Expr, Expr, Expr];
    visit(condition, over);
    const inner = new Set([...(over ?? []), ...algebra.dependsOn(condition)]);
    visit(a, inner);
    visit(b, inner);
  }

  function inside(e: Expr & { op: 'load' }, position: Expr): Expr {
    const last = sizeOf(e.from.shape) - 1;
    const [low, high] = algebra.ranges.of(position);
    if (low >= 0 && high <= last) return position;
    const over = conditions.get(e);
    // A position that depends on data and is not guarded by a condition is taken to be valid.
    if (over === 'always' && (low === anyInt[0] || high === anyInt[1])) return position;
    const { constant, terms } = algebra.form(position);
    const along = new Map<Expr, number>();
    let span = 0;
    for (const [x, c] of terms)
      if (x.op === 'index' && vectors.has(x.axis) && c > 0 && over !== 'always' && !over?.has(x.axis)) {
        along.set(x, c);
        span += c * (x.axis.size - 1);
      }
    if (span > last) along.clear();
    const room = along.size > 0 ? last - span : last;
    const base = algebra.expression({ constant, terms: new Map([...terms].filter(([x]) => !along.has(x))) });
    const bounded = algebra.apply('max', 'i32', [
      algebra.apply('min', 'i32', [base, algebra.constant(room, 'i32')]),
      algebra.constant(0, 'i32'),
    ]);
    return algebra.apply('add', 'i32', [bounded, algebra.expression({ constant: 0, terms: along })]);
  }
}
