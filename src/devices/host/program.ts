import type { TypedArray } from '../../base/dtype.ts';
import { allSteps } from '../../compiler/memory/barriers.ts';
import type { ContractionStep, CopyStep, Home, LoopStep, Plan, Step } from '../../compiler/plan.ts';
import type { Region } from '../../ir/expr.ts';

// Shared by all devices with one memory and threads that turn a plan's steps into one program.

/** An address argument of a program. */
export type Entry =
  | { readonly kind: 'input' | 'output'; readonly index: number }
  | { readonly kind: 'arena' | 'workspace' }
  | { readonly kind: 'constant'; readonly data: TypedArray };

/** The steps that are kernels, in the order in which `Executable.kernels` names them. */
export const kernelSteps = (steps: readonly Step[]): (LoopStep | ContractionStep)[] =>
  allSteps(steps).filter((step) => step.kind === 'loops' || step.kind === 'contraction');

/**
 * Whether the work for threads justifies the barriers between steps: about 30 microseconds in total, where unknown
 * numbers of loop rounds count as many.
 */
export function gainsByThreads(steps: readonly Step[], leastWork = worthThreading): boolean {
  const work = (list: readonly Step[]): number =>
    list.reduce((sum, step) => {
      if (step.kind === 'while') return sum + 100 * work([...step.condition, ...step.body]);
      if (step.kind === 'repeat') return sum + step.times * work(step.body);
      if (step.kind === 'switch') return sum + Math.max(...step.branches.map(work));
      if (step.serial) return sum;
      return sum + (step.kind === 'copy' ? worthThreading : step.info.flops + step.info.bytes);
    }, 0);
  return work(steps) >= leastWork;
}
const worthThreading = 1_000_000;

/** The locations of regions: each is a word of the program's address table, plus an offset in bytes. */
export class Table {
  /** What the words refer to, in order. */
  readonly entries: Entry[] = [];
  private readonly plan: Plan;
  private readonly slots = new Map<string | Region, number>();

  constructor(plan: Plan) {
    this.plan = plan;
  }

  place(region: Region): { readonly slot: number; readonly offset: number } {
    const home = this.plan.homes.get(region) as Exclude<Home, { kind: 'slot' }>;
    const entry: Entry = home.kind === 'arena' ? { kind: 'arena' } : home;
    const key = home.kind === 'constant' ? region : home.kind === 'arena' ? 'arena' : `${home.kind} ${home.index}`;
    return { slot: this.slot(entry, key), offset: home.kind === 'arena' ? home.offset : 0 };
  }

  /** The word of the contraction workspace. */
  get workspace(): number {
    return this.slot({ kind: 'workspace' }, 'workspace');
  }

  private slot(entry: Entry, key: string | Region): number {
    let slot = this.slots.get(key);
    if (slot === undefined) this.slots.set(key, (slot = this.entries.push(entry) - 1));
    return slot;
  }
}

/** Generates a program in the machine's terms. `alone`: only the first thread is here. */
export interface ProgramWriter {
  barrier(): void;
  /** Work of the first thread alone, while the others continue. */
  first(body: () => void): void;
  kernel(step: LoopStep | ContractionStep, alone: boolean): void;
  copy(step: CopyStep, alone: boolean): void;
  /** Runs `condition` and, while the boolean in the region is true, `body` and `condition` again. */
  while(test: Region, condition: () => void, body: () => void): void;
  /** Runs the branch of the number in the region, the last one where there is none. */
  switch(index: Region, branches: readonly (() => void)[]): void;
  /** Runs `body` a number of times; `write` stores the number of the round in the region. */
  repeat(times: number, counter: Region, body: (write: () => void) => void): void;
}

/** Writes steps in order. */
export function writeSteps(steps: readonly Step[], writer: ProgramWriter, alone = false): void {
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i];
    if (alone || !step.serial) {
      if (step.barrier && !alone) writer.barrier();
      writeStep(step, writer, alone);
      continue;
    }
    // The first thread runs consecutive serial steps in one go.
    const group = [step];
    if (step.barrier) writer.barrier();
    while (steps[i + 1]?.serial && !steps[i + 1].barrier) group.push(steps[++i]);
    writer.first(() => {
      for (const each of group) writeStep(each, writer, true);
    });
  }
}

function writeStep(step: Step, writer: ProgramWriter, alone: boolean): void {
  const inner = (steps: readonly Step[]): void => writeSteps(steps, writer, alone);
  const wait = (): void => {
    if (!alone) writer.barrier();
  };
  switch (step.kind) {
    case 'loops':
    case 'contraction':
      writer.kernel(step, alone);
      break;
    case 'copy':
      writer.copy(step, alone);
      break;
    case 'while':
      writer.while(
        step.test,
        () => {
          inner(step.condition);
          wait();
        },
        () => {
          inner(step.body);
          // Whatever the next turn overwrites is no longer read by anyone.
          wait();
        },
      );
      break;
    case 'switch':
      writer.switch(
        step.index,
        step.branches.map((branch) => () => inner(branch)),
      );
      break;
    case 'repeat':
      writer.repeat(step.times, step.counter, (write) => {
        if (alone) write();
        else {
          writer.first(write);
          writer.barrier();
        }
        inner(step.body);
        wait();
      });
  }
}
