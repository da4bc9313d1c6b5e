import { type Algebra, partsOf } from '../../algebra/algebra.ts';
import { eachStatement, expressionsOf, mapStatements } from '../../algebra/statements.ts';
import { type Axis, type Expr, type Local, type Region, readLocal } from '../../ir/expr.ts';
import { type Stmt, set, when } from '../../ir/loops.ts';

/** What changes while a loop runs. */
interface Changing {
  readonly axes: ReadonlySet<Axis>;
  readonly locals: ReadonlySet<Local>;
  readonly regions: ReadonlySet<Region>;
}

/** Hoists loop invariants, for devices that write a plan's statements as text. */
export function hoist(list: readonly Stmt[], algebra: Algebra): readonly Stmt[] {
  return list.flatMap((s): readonly Stmt[] => {
    if (s.op === 'if') return [when(s.condition, hoist(s.then, algebra), hoist(s.otherwise, algebra))];
    if (s.op === 'while') return [{ ...s, body: hoist(s.body, algebra) }];
    if (s.op !== 'for') return [s];
    const moved: Stmt[] = [];
    // Each thread computes what it needs by itself.
    const body = s.axis.size > 1 && s.mode !== 'parallel' ? withoutInvariants(s, moved, algebra) : s.body;
    return [...moved, { ...s, body: hoist(body, algebra) }];
  });
}

function withoutInvariants(s: Stmt & { op: 'for' }, moved: Stmt[], algebra: Algebra): readonly Stmt[] {
  const changing = changedBy(s);
  const locals = new Map<Expr, Expr>();
  const fixed = new Map<Expr, boolean>();
  const isFixed = (e: Expr): boolean => {
    let known = fixed.get(e);
    if (known === undefined) {
      known =
        !(e.op === 'index' && changing.axes.has(e.axis)) &&
        !(e.op === 'local' && changing.locals.has(e.local)) &&
        !(e.op === 'load' && changing.regions.has(e.from)) &&
        e.op !== 'reduce' &&
        partsOf(e).every(isFixed);
      fixed.set(e, known);
    }
    return known;
  };
  const local = (e: Expr): void => {
    if (locals.has(e)) return;
    const place: Local = { name: 'fixed', type: e.type };
    moved.push(set(place, e));
    locals.set(e, algebra.simplify(readLocal(place)));
  };
  const seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    if (isFixed(e)) {
      if (e.op === 'apply' || e.op === 'load') local(e);
      return;
    }
    if (e.op === 'apply' && e.f === 'add' && e.type === 'i32') splitSum(e);
    else for (const x of partsOf(e)) visit(x);
  };
  /** The invariant part of a sum becomes one local, whatever the order of its terms. */
  const splitSum = (e: Expr): void => {
    const { constant, terms } = algebra.form(e);
    const staying = new Map([...terms].filter(([x]) => isFixed(x)));
    for (const [x] of terms) if (!isFixed(x)) for (const part of partsOf(x)) visit(part);
    if (staying.size === 0 || (staying.size === 1 && constant === 0 && [...staying][0][1] === 1)) return;
    const part = algebra.expression({ constant, terms: staying });
    local(part);
    const rest = new Map([...terms].filter(([x]) => !isFixed(x)));
    rest.set(locals.get(part)!, 1);
    sums.set(e, { constant: 0, terms: rest });
  };
  const sums = new Map<Expr, { constant: number; terms: Map<Expr, number> }>();
  const walk = (list: readonly Stmt[]): void => {
    for (const inner of list) {
      for (const e of expressionsOf(inner)) visit(e);
      // Nothing under a condition is computed before it is known to be needed.
      if (inner.op === 'for') walk(inner.body);
    }
  };
  walk(s.body);
  for (const [e, form] of sums) locals.set(e, algebra.substitute(algebra.expression(form), locals));
  return locals.size === 0 ? s.body : mapStatements(s.body, (e) => algebra.substitute(e, locals));
}

function changedBy(s: Stmt & { op: 'for' }): Changing {
  const changing = { axes: new Set([s.axis]), locals: new Set<Local>(), regions: new Set<Region>() };
  eachStatement(s.body, (inner) => {
    if (inner.op === 'for') changing.axes.add(inner.axis);
    else if (inner.op === 'set' || inner.op === 'accumulate') changing.locals.add(inner.local);
    else if (inner.op === 'store') changing.regions.add(inner.to);
  });
  return changing;
}
