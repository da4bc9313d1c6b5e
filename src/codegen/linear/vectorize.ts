import type { Axis, Expr } from '../../ir/expr.ts';
import { Lanes } from './frames.ts';
import type { Summary } from './summary.ts';
import type { Values } from './values.ts';

/** Whether iterations of a loop can run side by side. */
export function canVectorize(axis: Axis, summary: Summary, values: Values): boolean {
  if (summary.hasWhile) return false;
  const lanes = lanesOf(axis, summary, values);
  for (const e of summary.uses.keys()) {
    if (e.type === 'f64') return false;
    // An accumulator must not be read on the way.
    if (e.op === 'local' && summary.accumulated.has(e.local) && !summary.assigned.has(e.local)) return false;
  }
  for (const [local, combine] of summary.accumulated)
    if (!summary.assigned.has(local) && combine === 'several') return false;
  if (summary.branches.some((condition) => lanes.varies(condition))) return false;
  return summary.stores.every((store) => {
    if (store.to.dtype === 'float64') return false;
    // A store by all iterations to the same position rules out lanes.
    return store.index.some((x) => lanes.varies(x));
  });
}

function lanesOf(axis: Axis, summary: Summary, values: Values): Lanes {
  const lanes = new Lanes(axis, 1, values.lowering.algebra);
  for (const local of summary.assigned) lanes.variables.set(local, []);
  return lanes;
}

/**
 * How many vectors to compute side by side: several where sums would wait for each other, where memory is read in
 * pieces of rows, and where bodies are small.
 */
export function bestCopies(axis: Axis, summary: Summary, values: Values): number {
  const lanes = lanesOf(axis, summary, values);
  let work = 0;
  for (const e of summary.uses.keys()) if (isWork(e) && lanes.varies(e)) work++;
  const sums = summary.accumulated.size;
  const hasLoops = summary.axes.size > 0;
  let copies = work <= 12 ? 2 : 1;
  if (sums > 0) copies = work > 24 ? 1 : work > 8 || sums > 2 ? 2 : hasLoops && sums <= 2 ? 8 : 4;
  while (copies > 1 && axis.size < (hasLoops ? 1 : 2) * values.width * copies) copies /= 2;
  return copies;
}
const isWork = (e: Expr): boolean => e.op === 'apply' || e.op === 'load';
