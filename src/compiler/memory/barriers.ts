import type { Region } from '../../ir/expr.ts';
import type { Step } from '../plan.ts';

interface Touched {
  readonly reads: readonly Region[];
  readonly writes: readonly Region[];
}

/** Regions that a step, or the steps in it, reads and writes. */
export function touchedBy(step: Step): Touched {
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
function all(steps: readonly Step[], reads: readonly Region[], writes: readonly Region[]): Touched {
  const inner = steps.map(touchedBy);
  return {
    reads: [...reads, ...inner.flatMap((s) => s.reads)],
    writes: [...writes, ...inner.flatMap((s) => s.writes)],
  };
}

/** The lists of steps inside a step. */
export function innerSteps(step: Step): readonly (readonly Step[])[] {
  if (step.kind === 'while') return [step.condition, step.body];
  if (step.kind === 'repeat') return [step.body];
  return step.kind === 'switch' ? step.branches : [];
}

/** Every step, each before those inside it. */
export const allSteps = (steps: readonly Step[]): Step[] =>
  steps.flatMap((step) => [step, ...innerSteps(step).flatMap(allSteps)]);

/** The step with each list of steps inside it changed. */
export function mapInner(step: Step, f: (steps: readonly Step[]) => readonly Step[]): Step {
  if (step.kind === 'while') return { ...step, condition: f(step.condition), body: f(step.body) };
  if (step.kind === 'repeat') return { ...step, body: f(step.body) };
  return step.kind === 'switch' ? { ...step, branches: step.branches.map(f) } : step;
}

/**
 * The workspace shared by the device's own contraction kernels, beside the regions: a name that stands for its bytes.
 */
const workspace = 'workspace';

/** Whether a step, or one in it, needs the workspace. */
export const takesWorkspace = (step: Step): boolean =>
  step.kind === 'contraction' || innerSteps(step).some((list) => list.some(takesWorkspace));

/**
 * The steps, with `barrier` set only where a step needs something another thread may not have finished. `same` maps
 * regions that share bytes to one representative.
 */
export function withBarriers(steps: readonly Step[], same: (r: Region) => unknown): Step[] {
  return timed(steps, same, false);
}

function timed(steps: readonly Step[], same: (r: Region) => unknown, isInner: boolean): Step[] {
  let open: {
    readonly serial: boolean;
    readonly hasSteps: boolean;
    readonly reads: Set<unknown>;
    readonly writes: Set<unknown>;
  }[] = [];
  return steps.map((step, k) => {
    const { reads, writes } = touchedBy(step);
    const now = {
      serial: step.serial,
      hasSteps: innerSteps(step).length > 0,
      reads: new Set(reads.map(same)),
      writes: new Set([...writes.map(same), ...(takesWorkspace(step) ? [workspace] : [])]),
    };
    const barrier =
      // The first step of a loop always waits, so that all threads begin a round together.
      (isInner && k === 0) ||
      open.some(
        (before) =>
          !(before.serial && now.serial) &&
          (now.hasSteps ||
            before.hasSteps ||
            meets(before.writes, now.reads) ||
            meets(before.writes, now.writes) ||
            meets(before.reads, now.writes)),
      );
    if (barrier) open = [];
    open.push(now);
    return { ...mapInner(step, (inner) => timed(inner, same, !step.serial)), barrier };
  });
}

const meets = (a: ReadonlySet<unknown>, b: ReadonlySet<unknown>): boolean => {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  for (const x of few) if (many.has(x)) return true;
  return false;
};
