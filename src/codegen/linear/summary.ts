import type { Dependency } from '../../algebra/algebra.ts';
import type { Axis, Combine, Expr, Local } from '../../ir/expr.ts';
import type { Stmt } from '../../ir/loops.ts';
import type { Place, Places } from './addresses.ts';

/** A summary of a loop's body, nested statements included. */
export interface Summary {
  /** How often each expression is used. */
  readonly uses: ReadonlyMap<Expr, number>;
  /** Expressions that are always computed when the body runs, unlike those in arms and while loops. */
  readonly certain: ReadonlySet<Expr>;
  /** The expressions used directly by statements, apart from conditions. */
  readonly roots: ReadonlySet<Expr>;
  readonly places: readonly Place[];
  readonly stores: readonly (Stmt & { op: 'store' })[];
  readonly axes: ReadonlySet<Axis>;
  readonly assigned: ReadonlySet<Local>;
  readonly accumulated: ReadonlyMap<Local, Combine | 'several'>;
  /** Axes, locals and regions that the body changes. */
  readonly kills: ReadonlySet<Dependency>;
  readonly branches: readonly Expr[];
  readonly hasWhile: boolean;
}

/** Operands of an expression; of a load, the terms of its address that are not axes. */
export function operandsOf(e: Expr, places: Places): readonly Expr[] {
  if (e.op === 'apply') return e.args;
  if (e.op === 'load') return places.of(e.from, e.index).terms.map(([x]) => x);
  return [];
}

export function summarize(body: readonly Stmt[], places: Places): Summary {
  const uses = new Map<Expr, number>();
  const certain = new Set<Expr>();
  const roots = new Set<Expr>();
  const found = new Map<string, Place>();
  const stores: (Stmt & { op: 'store' })[] = [];
  const axes = new Set<Axis>();
  const assigned = new Set<Local>();
  const accumulated = new Map<Local, Combine | 'several'>();
  const kills = new Set<Dependency>();
  const branches: Expr[] = [];
  let hasWhile = false;

  const note = (place: Place): void => {
    const key = [place.base, place.offset, ...place.terms.flatMap(([x, c]) => [uid(x), c])].join(' ');
    if (!found.has(key)) found.set(key, place);
  };
  const ids = new Map<Expr, number>();
  const uid = (x: Expr): number => {
    const known = ids.get(x) ?? ids.size;
    ids.set(x, known);
    return known;
  };
  const visit = (e: Expr, sure: boolean): void => {
    const count = uses.get(e) ?? 0;
    uses.set(e, count + 1);
    if (count > 0 && (!sure || certain.has(e))) return;
    if (sure) certain.add(e);
    if (e.op === 'load') note(places.of(e.from, e.index));
    for (const x of operandsOf(e, places)) visit(x, sure);
  };
  const root = (e: Expr, sure: boolean): void => {
    if (sure) roots.add(e);
    visit(e, sure);
  };
  const walk = (list: readonly Stmt[], sure: boolean): void => {
    for (const stmt of list)
      switch (stmt.op) {
        case 'for':
          axes.add(stmt.axis);
          kills.add(stmt.axis);
          walk(stmt.body, sure);
          break;
        case 'while':
          hasWhile = true;
          visit(stmt.condition, false);
          walk(stmt.body, false);
          break;
        case 'if':
          branches.push(stmt.condition);
          visit(stmt.condition, sure);
          walk(stmt.then, false);
          walk(stmt.otherwise, false);
          break;
        case 'set':
          assigned.add(stmt.local);
          kills.add(stmt.local);
          root(stmt.value, sure);
          break;
        case 'accumulate': {
          const known = accumulated.get(stmt.local);
          accumulated.set(stmt.local, known === undefined || known === stmt.combine ? stmt.combine : 'several');
          kills.add(stmt.local);
          root(stmt.value, sure);
          break;
        }
        case 'store': {
          stores.push(stmt);
          kills.add(stmt.to);
          root(stmt.value, sure);
          const place = places.of(stmt.to, stmt.index);
          note(place);
          for (const [x] of place.terms) visit(x, sure);
        }
      }
  };
  walk(body, true);
  return {
    uses,
    certain,
    roots,
    places: [...found.values()],
    stores,
    axes,
    assigned,
    accumulated,
    kills,
    branches,
    hasWhile,
  };
}
