import type { Algebra } from '../algebra/algebra.ts';
import { loadsOf } from '../algebra/cost.ts';
import { expressionsOf, mapStatements } from '../algebra/statements.ts';
import { type Axis, axis, type Expr, indexOf, plus, times } from '../ir/expr.ts';
import { loop, type Stmt } from '../ir/loops.ts';

type For = Stmt & { op: 'for' };

/** Cache lines read by a tile: few enough to stay cached even if all fall into one set, or as many as a vector has lanes. */
const mostLines = 8;
/** Elements in a cache line. */
const lineLength = 16;

/**
 * Tiles two loops if the inner one strides through memory that the outer one walks contiguously (a transposition), so
 * that everything a tile reads is used while it is cached. Undefined if there is nothing to tile.
 */
export function tiled(body: readonly Stmt[], lanes: number, algebra: Algebra): readonly Stmt[] | undefined {
  let changed = false;
  const result = body.map((s): Stmt => {
    if (s.op !== 'for') return s;
    const cut = cutInto(s, lanes, algebra);
    if (cut) {
      changed = true;
      return cut;
    }
    const inner = s.mode === 'vector' ? undefined : tiled(s.body, lanes, algebra);
    if (!inner) return s;
    changed = true;
    return { ...s, body: inner };
  });
  return changed ? result : undefined;
}

function cutInto(outer: For, lanes: number, algebra: Algebra): Stmt | undefined {
  const [inner, ...others] = outer.body;
  if (outer.mode === 'vector' || others.length > 0 || inner?.op !== 'for' || inner.mode !== 'vector') return undefined;
  if (!inner.body.every((s) => s.op === 'set' || s.op === 'store')) return undefined;
  const [rows, columns] = [
    divisorOf(outer.axis.size, lineLength, 1),
    divisorOf(inner.axis.size, Math.max(mostLines, lanes), lanes),
  ];
  // Few rows or columns stay in the cache as they are.
  if (rows < 4 || columns < lanes || inner.axis.size <= 4 * columns || outer.axis.size <= rows) return undefined;
  const loads = inner.body.flatMap((s) => expressionsOf(s).flatMap(loadsOf));
  if (!loads.some((e) => jumps(e, outer.axis, inner.axis, algebra))) return undefined;
  const [rowTile, row] = [axis(outer.axis.size / rows, `${outer.axis.name}t`), axis(rows, outer.axis.name)];
  const [columnTile, column] = [axis(inner.axis.size / columns, `${inner.axis.name}t`), axis(columns, inner.axis.name)];
  const joined = new Map([
    [outer.axis, algebra.simplify(plus(times(indexOf(rowTile), rows), indexOf(row)))],
    [inner.axis, algebra.simplify(plus(times(indexOf(columnTile), columns), indexOf(column)))],
  ]);
  const moved = mapStatements(inner.body, (e) => algebra.substitute(e, joined));
  const tiles = loop(rowTile, [loop(columnTile, [loop(row, [loop(column, moved, 'vector')])])], outer.mode);
  return outer.share === undefined ? tiles : { ...(tiles as For), share: Math.ceil(outer.share / rows) };
}

/** The largest divisor of n up to a limit that is a multiple of `unit`; 1 if there is none. */
function divisorOf(n: number, limit: number, unit: number): number {
  for (let d = limit; d > 1; d--) if (n % d === 0 && d % unit === 0) return d;
  return 1;
}

function jumps({ index }: Expr & { op: 'load' }, outer: Axis, inner: Axis, algebra: Algebra): boolean {
  const { terms } = algebra.form(index[0]);
  const along = (a: Axis): number => Math.abs(terms.get(algebra.simplify(indexOf(a))) ?? 0);
  return along(inner) >= lineLength && along(outer) === 1;
}
