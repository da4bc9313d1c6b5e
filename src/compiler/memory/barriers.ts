import type { Region } from '../../ir/expr.ts';
import type { Step } from '../plan.ts';

/** Regions that a step reads and writes itself. */
export function touchedBy(step: Step): { readonly reads: readonly Region[]; readonly writes: readonly Region[] } {
  switch (step.kind) {
    case 'loops':
    case 'contraction':
      return step;
    case 'copy':
      return { reads: [step.from], writes: [step.to] };
    case 'while':
      return all([...step.condition, ...step.body], [step.test], []);
    case 'switch':
      return all(step.branches.flat(), [step.index], []);
    case 'repeat':
      return all(step.body, [], [step.counter]);
  }
}
function all(steps: readonly Step[], reads: readonly Region[], writes: readonly Region[]) {
  const inner = steps.map(touchedBy);
  return {
    reads: [...reads, ...inner.flatMap((s) => s.reads)],
    writes: [...writes, ...inner.flatMap((s) => s.writes)],
  };
}

/**
 * The steps with `barrier` only where one needs what another thread may not have finished. `same` gives regions that share
 * bytes one name.
 */
export function withBarriers<S extends Step>(steps: readonly S[], same: (r: Region) => unknown = (r) => r): S[] {
  let open: { readonly serial: boolean; readonly reads: Set<unknown>; readonly writes: Set<unknown> }[] = [];
  return steps.map((step) => {
    const { reads, writes } = touchedBy(step);
    const [read, written] = [new Set(reads.map(same)), new Set(writes.map(same))];
    const hasSteps = step.kind === 'while' || step.kind === 'switch' || step.kind === 'repeat';
    const barrier = open.some(
      (before) =>
        !(before.serial && step.serial) &&
        (hasSteps || meets(before.writes, read) || meets(before.writes, written) || meets(before.reads, written)),
    );
    if (barrier) open = [];
    open.push({ serial: step.serial, reads: read, writes: written });
    return { ...step, barrier };
  });
}

const meets = (a: ReadonlySet<unknown>, b: ReadonlySet<unknown>): boolean => {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  for (const x of few) if (many.has(x)) return true;
  return false;
};
