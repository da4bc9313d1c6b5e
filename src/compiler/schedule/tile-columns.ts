import type { Algebra } from '../../algebra/algebra.ts';
import { loadsOf } from '../../algebra/cost.ts';
import { expressionsOf, mapStatements } from '../../algebra/statements.ts';
import { type Axis, type Expr, indexOf, type Local, load, plus, scalarType, times } from '../../ir/expr.ts';
import { loop, type Stmt, set, store, when } from '../../ir/loops.ts';

/** Bytes of rows that stay in the first-level cache while their columns are summed. */
const nearBytes = 16 << 10;

/**
 * Sums columns one block of rows at a time: the block stays in cache while one vector of columns after another runs
 * down it. Partial sums are kept where the results go.
 */
export function tileColumns(list: readonly Stmt[], algebra: Algebra): readonly Stmt[] {
  return list.flatMap((s): readonly Stmt[] => {
    if (s.op === 'if') return [when(s.condition, tileColumns(s.then, algebra), tileColumns(s.otherwise, algebra))];
    if (s.op !== 'for') return [s];
    if (s.mode !== 'vector') return [{ ...s, body: tileColumns(s.body, algebra) }];
    return tiled(s, algebra) ?? [s];
  });
}

function tiled(s: Stmt & { op: 'for' }, algebra: Algebra): readonly Stmt[] | undefined {
  const starts = new Map<Local, Expr>();
  const stores = new Map<Local, Stmt & { op: 'store' }>();
  let rows: (Stmt & { op: 'for' }) | undefined;
  for (const inner of s.body) {
    if (inner.op === 'for' && !rows) rows = inner;
    else if (inner.op === 'set' && !rows && inner.value.op === 'const') starts.set(inner.local, inner.value);
    else if (inner.op === 'store' && rows && inner.value.op === 'local' && !inner.combine)
      stores.set(inner.value.local, inner);
    else return undefined;
  }
  if (!rows?.body.every((x) => x.op === 'accumulate' && stores.has(x.local))) return undefined;
  if (stores.size !== starts.size || [...stores.keys()].some((x) => !starts.has(x))) return undefined;
  if ([...stores].some(([local, { to }]) => scalarType(to.dtype) !== local.type || to.dtype.endsWith('16')))
    return undefined;
  const arrays = new Set(rows.body.flatMap((x) => expressionsOf(x).flatMap((e) => loadsOf(e).map((l) => l.from))));
  const size = tileSize(rows.axis.size, Math.max(8, nearBytes / (4 * s.axis.size * arrays.size)));
  if (!size) return undefined;

  const blocks: Axis = { name: `${rows.axis.name}b`, size: rows.axis.size / size };
  const row: Axis = { name: rows.axis.name, size };
  const at = algebra.simplify(plus(times(indexOf(blocks), size), indexOf(row)));
  const sums = mapStatements(rows.body, (e) => algebra.substitute(e, new Map([[rows.axis, at]])));
  const begin = [...stores].map(([local, { to, index }]) => store(to, index, starts.get(local)!));
  const resume = [...stores].map(([local, { to, index }]) => set(local, algebra.simplify(load(to, index))));
  return [{ ...s, body: begin }, loop(blocks, [{ ...s, body: [...resume, loop(row, sums), ...stores.values()] }])];
}

/** A divisor of n a little below `wanted`, or else above it, if n is much larger. */
function tileSize(n: number, wanted: number): number | undefined {
  const most = Math.min(64, Math.floor(wanted));
  if (n < 4 * most) return undefined;
  for (let d = most; d >= 8 && d >= most / 4; d--) if (n % d === 0) return d;
  for (let d = most + 1; d <= Math.min(64, 4 * most); d++) if (n % d === 0) return d;
  return undefined;
}
