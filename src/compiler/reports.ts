import type { Region } from '../ir/expr.ts';
import { showAval } from '../ir/tensor.ts';
import { allSteps, touchedBy } from './memory/barriers.ts';
import { bytesOf } from './memory/homes.ts';
import type { Home, KernelReport, Plan, Step } from './plan.ts';

/** A plan's kernels in order, as `explain()` shows them. */
export function reports(plan: Plan): KernelReport[] {
  const steps = allSteps(plan.steps);
  const standing = standingBytes(steps, plan.homes);
  const writers = new Map<Region, number[]>();
  const found: KernelReport[] = [];
  const writersOf = (regions: readonly Region[]): number[] => [
    ...new Set(regions.flatMap((region) => writers.get(region) ?? [])),
  ];
  steps.forEach((step, k) => {
    if (step.kind === 'copy') writers.set(step.to, writersOf([step.from]));
    if (step.kind !== 'loops' && step.kind !== 'contraction') return;
    const from = writersOf(step.reads).sort((a, b) => a - b);
    for (const region of step.writes) writers.set(region, [...(writers.get(region) ?? []), found.length]);
    found.push({ ...step.info, output: step.writes.map(showAval).join(', '), from, scratch: standing[k] });
  });
  return found;
}

/** For each step, the bytes of intermediates that stand in scratch memory while it runs; loops count as one round. */
function standingBytes(steps: readonly Step[], homes: Plan['homes']): Float64Array {
  const lives = new Map<Home, { readonly first: number; last: number; readonly bytes: number }>();
  steps.forEach((step, k) => {
    const { reads, writes } = touchedBy(step);
    for (const region of [...reads, ...writes]) {
      const home = homes.get(region)!;
      if (home.kind !== 'arena' && home.kind !== 'slot') continue;
      const life = lives.get(home);
      if (life) life.last = k;
      else lives.set(home, { first: k, last: k, bytes: bytesOf(region) });
    }
  });
  const standing = new Float64Array(steps.length + 1);
  for (const { first, last, bytes } of lives.values()) {
    standing[first] += bytes;
    standing[last + 1] -= bytes;
  }
  for (let k = 1; k < standing.length; k++) standing[k] += standing[k - 1];
  return standing;
}
