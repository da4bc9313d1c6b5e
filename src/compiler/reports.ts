import type { Region } from '../ir/expr.ts';
import { showAval } from '../ir/tensor.ts';
import { allSteps, touchedBy } from './memory/barriers.ts';
import { bytesOf } from './memory/homes.ts';
import type { Home, KernelReport, Plan, Step } from './plan.ts';

/** A plan's kernels in order, as `explain()` shows them. */
export function reports(plan: Plan): KernelReport[] {
  const steps = allSteps(plan.steps);
  const standing = standingBytes(steps, plan.homes);
  const writers = new Map<Region, readonly number[]>();
  const writersOf = (region: Region): readonly number[] => writers.get(region) ?? [];
  const found: KernelReport[] = [];
  steps.forEach((step, k) => {
    if (step.kind === 'copy') writers.set(step.to, writersOf(step.from));
    if (!('info' in step)) return;
    const from = [...new Set(step.reads.flatMap(writersOf))];
    for (const region of step.writes) writers.set(region, [...writersOf(region), found.length]);
    found.push({ ...step.info, output: step.writes.map(showAval).join(', '), from, scratch: standing[k] });
  });
  return found;
}

/** For each step, the bytes of intermediates that stand in scratch memory while it runs; loops count as one round. */
function standingBytes(steps: readonly Step[], homes: Plan['homes']): Float64Array {
  // The step up to which a home is counted already.
  const counted = new Map<Home, number>();
  const standing = new Float64Array(steps.length + 1);
  steps.forEach((step, k) => {
    const { reads, writes } = touchedBy(step);
    for (const region of [...reads, ...writes]) {
      const home = homes.get(region)!;
      if (home.kind !== 'arena' && home.kind !== 'slot') continue;
      standing[counted.get(home) ?? k] += bytesOf(region);
      standing[k + 1] -= bytesOf(region);
      counted.set(home, k + 1);
    }
  });
  for (let k = 1; k < standing.length; k++) standing[k] += standing[k - 1];
  return standing;
}
