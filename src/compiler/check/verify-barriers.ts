import { Algebra } from '../../algebra/algebra.ts';
import type { Region } from '../../ir/expr.ts';
import { touchedBy } from '../memory/barriers.ts';
import type { Plan, Step } from '../plan.ts';
import { type Bytes, bytesIn, clashIn, meet } from './verify-threads.ts';

/** What a step, or a test or count of a control step, touches between two barriers. */
interface Open {
  readonly name: string;
  /** Only the first thread does it. */
  readonly alone: boolean;
  readonly reads: readonly Bytes[];
  readonly writes: readonly Bytes[];
}
const workspace: Bytes = { where: 'workspace', from: 0, to: 1 };

/**
 * Verifies that threads do not interfere: between two barriers no step touches bytes that another step writes on other
 * threads, overlapping arrays included, and no byte written by one thread of a shared step is touched by another. Loops
 * and branches are followed as devices run them: see "Threads" in DESIGN.md.
 */
export function verifyBarriers(plan: Plan, wrong: (problem: string) => never): void {
  const algebra = new Algebra();
  const bytesOfAll = (list: readonly Region[]): Bytes[] =>
    list.map((r) => bytesIn(plan, r)).filter((b): b is Bytes => b !== undefined);
  let open: Open[] = [];
  const touch = (now: Open): void => {
    const clash = (a: readonly Bytes[], b: readonly Bytes[]): boolean => a.some((x) => b.some((y) => meet(x, y)));
    for (const before of open)
      if (
        !(before.alone && now.alone) &&
        (clash(before.writes, now.reads) || clash(before.writes, now.writes) || clash(before.reads, now.writes))
      )
        wrong(`no barrier keeps "${now.name}" from what "${before.name}" still touches`);
    open.push(now);
  };
  const barrier = (): void => {
    open = [];
  };
  const walk = (steps: readonly Step[], alone: boolean): void => {
    for (const step of steps) {
      if (step.barrier && !alone) barrier();
      visit(step, alone || step.serial);
    }
  };
  const visit = (step: Step, alone: boolean): void => {
    const own = (name: string, reads: readonly Region[], writes: readonly Region[], who: boolean): void =>
      touch({ name, alone: who, reads: bytesOfAll(reads), writes: bytesOfAll(writes) });
    const together = (): void => {
      if (!alone) barrier();
    };
    switch (step.kind) {
      case 'loops':
      case 'contraction': {
        const { name } = step.info;
        const clash = alone ? undefined : clashIn(step, plan, algebra);
        if (clash) wrong(`in "${name}", which threads share, ${clash}`);
        const writes = [...bytesOfAll(step.writes), ...(step.kind === 'contraction' ? [workspace] : [])];
        touch({ name, alone, reads: bytesOfAll(step.reads), writes });
        return;
      }
      case 'copy': {
        const { reads, writes } = touchedBy(step);
        own('copy', reads, writes, alone);
        return;
      }
      case 'while':
        walk(step.condition, alone);
        together();
        own('test', [step.test], [], alone);
        walk(step.body, alone);
        together();
        // Whatever follows the loop comes after a test.
        own('test', [step.test], [], alone);
        return;
      case 'repeat':
        own('count', [], [step.counter], true);
        together();
        walk(step.body, alone);
        together();
        return;
      case 'switch': {
        own('choice', [step.index], [], alone);
        const start = open;
        open = step.branches.flatMap((branch) => {
          open = [...start];
          walk(branch, alone);
          return open;
        });
      }
    }
  };
  walk(plan.steps, false);
}
