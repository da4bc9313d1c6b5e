import { partsOf } from '../../algebra/algebra.ts';
import { bodiesOf, mapStatements } from '../../algebra/statements.ts';
import { type Expr, load, type Region } from '../../ir/expr.ts';
import { type Stmt, store, when } from '../../ir/loops.ts';
import type { Equation } from '../../ir/tensor.ts';
import type { ArrayIndex } from '../plan.ts';
import type { Places } from './places.ts';

/**
 * The loop nest supplied by a primitive, over the flat regions of the plan; `isWide` for machines with thousands of
 * threads.
 */
export function customNest(
  { rule, inputs, outputs, attrs }: Equation,
  places: Places,
  isWide: boolean,
): { readonly body: readonly Stmt[]; readonly indices: ReadonlyMap<Expr, ArrayIndex> } {
  const flat = new Map<Region, Region>();
  const stand = (region: Region, place: Region): Region => {
    flat.set(region, place);
    return region;
  };
  const regions = [...inputs, ...outputs].map((t) =>
    stand({ name: rule.name, shape: t.shape, dtype: t.dtype }, places.regionOf(t)),
  );
  const nest = (isWide && rule.wideLoops) || rule.loops!;
  const body = nest(regions.slice(0, inputs.length), regions.slice(inputs.length), attrs, (aval, name) =>
    stand({ name, shape: aval.shape, dtype: aval.dtype }, places.scratch(aval, name)),
  );
  const memo = new Map<Expr, Expr>();
  const indices = new Map<Expr, ArrayIndex>();
  const position = (index: readonly Expr[], { shape }: Region): Expr => {
    const found = places.position(index, shape);
    indices.set(found, { index, shape });
    return found;
  };
  const { algebra } = places.formulas;
  const flatten = (e: Expr): Expr => {
    let result = memo.get(e);
    if (result) return result;
    const parts = partsOf(e).map(flatten);
    result =
      e.op === 'load'
        ? load(flat.get(e.from)!, [position(parts, e.from)])
        : e.op === 'apply'
          ? { ...e, args: parts }
          : e.op === 'reduce'
            ? { ...e, body: parts[0] }
            : e;
    result = algebra.simplify(result);
    memo.set(e, result);
    return result;
  };
  const stores = (list: readonly Stmt[]): readonly Stmt[] =>
    list.map((s): Stmt => {
      if (s.op === 'store') return store(flat.get(s.to)!, [position(s.index, s.to)], s.value, s.combine);
      if (bodiesOf(s).length === 0) return s;
      if (s.op === 'if') return when(s.condition, stores(s.then), stores(s.otherwise));
      return { ...(s as Stmt & { op: 'for' | 'while' }), body: stores((s as Stmt & { op: 'for' }).body) };
    });
  return { body: stores(mapStatements(body, flatten)), indices };
}
