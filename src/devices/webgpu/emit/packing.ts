import { partsOf } from '../../../algebra/algebra.ts';
import { mapStatements } from '../../../algebra/statements.ts';
import { sizeOf } from '../../../base/shape.ts';
import type { LoopStep } from '../../../compiler/plan.ts';
import { type Expr, load, plus, type Region } from '../../../ir/expr.ts';
import { loop, type Stmt, store, when } from '../../../ir/loops.ts';
import type { EmitContext } from '../dispatch.ts';
import { elementType } from './bindings.ts';

/** A region's elements packed into another region, at an offset. */
export interface Part {
  readonly region: Region;
  readonly within: Region;
  readonly offset: number;
}
export interface Packed {
  readonly step: LoopStep;
  /** Copied in before the step, and out after it. */
  readonly before: readonly Part[];
  readonly after: readonly Part[];
}

/** Packed arrays begin at multiples of this many elements, because copies start at multiples of 4 bytes. */
const alignment = 4;

/**
 * The step with no more arrays than a kernel may bind: the smallest ones of each type are packed into one array before
 * the step and unpacked after it.
 */
export function packed(step: LoopStep, context: EmitContext): Packed {
  const places = new Map<unknown, Region[]>();
  for (const r of new Set([...step.reads, ...step.writes])) {
    const place = context.placeOf(r);
    places.set(place, [...(places.get(place) ?? []), r]);
  }
  if (places.size <= context.gpu.bindings) return { step, before: [], after: [] };
  const groups = new Map<string, Region[][]>();
  for (const regions of places.values()) {
    const type = elementType(regions[0].dtype, context.gpu);
    const isWritten = regions.some((r) => step.writes.includes(r));
    // A bfloat16 is rounded where it is stored, so arrays packed together must share a dtype.
    const key = `${isWritten ? regions[0].dtype : type} ${isWritten}`;
    groups.set(key, [...(groups.get(key) ?? []), regions]);
  }
  let count = places.size;
  const moved = new Map<Region, { to: Region; offset: number }>();
  const [before, after]: [Part[], Part[]] = [[], []];
  for (const group of [...groups.values()].sort((a, b) => b.length - a.length)) {
    if (count <= context.gpu.bindings) break;
    const bySize = group.sort((a, b) => sizeOf(a[0].shape) - sizeOf(b[0].shape));
    const chosen = bySize.slice(0, Math.min(bySize.length, count - context.gpu.bindings + 1));
    if (chosen.length < 2) continue;
    count -= chosen.length - 1;
    let total = 0;
    const offsets = chosen.map(([r]) => {
      const offset = total;
      total += Math.ceil(sizeOf(r.shape) / alignment) * alignment;
      return offset;
    });
    const to = context.scratch({ shape: [total], dtype: chosen[0][0].dtype });
    chosen.forEach((regions, k) => {
      const offset = offsets[k];
      const [first] = regions;
      // Copied in too, since the step may write only part of it.
      before.push({ region: first, within: to, offset });
      if (regions.some((r) => step.writes.includes(r))) after.push({ region: first, within: to, offset });
      for (const r of regions) moved.set(r, { to, offset });
    });
  }
  return { step: withRegions(step, moved), before, after };
}

function withRegions(step: LoopStep, moved: ReadonlyMap<Region, { to: Region; offset: number }>): LoopStep {
  const known = new Map<Expr, Expr>();
  const replace = (e: Expr): Expr => {
    const before = known.get(e);
    if (before) return before;
    const parts = partsOf(e).map(replace);
    const place = e.op === 'load' ? moved.get(e.from) : undefined;
    const result: Expr =
      e.op === 'load'
        ? place
          ? load(place.to, [plus(parts[0], place.offset)])
          : { ...e, index: parts }
        : e.op === 'apply'
          ? { ...e, args: parts }
          : e.op === 'reduce'
            ? { ...e, body: parts[0] }
            : e;
    known.set(e, result);
    return result;
  };
  const stores = (list: readonly Stmt[]): readonly Stmt[] =>
    list.map((s): Stmt => {
      if (s.op === 'for') return loop(s.axis, stores(s.body), s.mode);
      if (s.op === 'while') return { ...s, body: stores(s.body) };
      if (s.op === 'if') return when(s.condition, stores(s.then), stores(s.otherwise));
      const place = s.op === 'store' ? moved.get(s.to) : undefined;
      return place && s.op === 'store' ? store(place.to, [plus(s.index[0], place.offset)], s.value, s.combine) : s;
    });
  const now = (r: Region): Region => moved.get(r)?.to ?? r;
  return {
    ...step,
    reads: [...new Set(step.reads.map(now))],
    writes: [...new Set(step.writes.map(now))],
    body: stores(mapStatements(step.body, replace)),
  };
}
