import { dtypeInfo } from '../../base/dtype.ts';
import { sizeOf } from '../../base/shape.ts';
import type { ContractionStep, CopyStep, Home, LoopStep, Plan, Step } from '../../compiler/plan.ts';
import type { Region } from '../../ir/expr.ts';

// What all devices with one memory and threads have in common that make one program of a plan's steps.

/** An address that a program is given. */
export type Entry =
  | { readonly kind: 'input' | 'output'; readonly index: number }
  | { readonly kind: 'arena' | 'workspace' }
  | { readonly kind: 'constant'; readonly region: Region };

export const bytesOf = (region: Region): number => sizeOf(region.shape) * dtypeInfo[region.dtype].bytes;

/** Every step, those of control flow included. */
export function* allSteps(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step;
    if (step.kind === 'while') yield* allSteps([...step.condition, ...step.body]);
    else if (step.kind === 'repeat') yield* allSteps(step.body);
    else if (step.kind === 'switch') yield* allSteps(step.branches.flat());
  }
}

/** The steps that are kernels, in the order in which `Executable.kernels` names them. */
export const kernelSteps = (steps: readonly Step[]): (LoopStep | ContractionStep)[] =>
  [...allSteps(steps)].filter((step) => step.kind === 'loops' || step.kind === 'contraction');

/**
 * Whether what threads would take over is worth the barriers between steps: some 30 microseconds of work in all, the rounds of a
 * loop not known being taken as many.
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

/** Where regions lie: each at a word of the table that a program is given, and so many bytes on. */
export class Table {
  /** What the words are, in order. */
  readonly entries: Entry[] = [];
  private readonly plan: Plan;
  private readonly slots = new Map<string | Region, number>();

  constructor(plan: Plan) {
    this.plan = plan;
  }

  place(region: Region): { readonly slot: number; readonly offset: number } {
    const home = this.plan.homes.get(region) as Exclude<Home, { kind: 'slot' }>;
    const entry: Entry =
      home.kind === 'constant' ? { kind: 'constant', region } : home.kind === 'arena' ? { kind: 'arena' } : home;
    const key = home.kind === 'constant' ? region : home.kind === 'arena' ? 'arena' : `${home.kind} ${home.index}`;
    return { slot: this.slot(entry, key), offset: home.kind === 'arena' ? home.offset : 0 };
  }

  /** The word of the memory that contractions work in. */
  get workspace(): number {
    return this.slot({ kind: 'workspace' }, 'workspace');
  }

  private slot(entry: Entry, key: string | Region): number {
    let slot = this.slots.get(key);
    if (slot === undefined) this.slots.set(key, (slot = this.entries.push(entry) - 1));
    return slot;
  }
}

/** Writes what a program does, in the machine's words. `alone`: only the first thread is here. */
export interface ProgramWriter {
  barrier(): void;
  /** What the first thread does while the others go on. */
  first(body: () => void): void;
  kernel(step: LoopStep | ContractionStep, alone: boolean): void;
  copy(step: CopyStep, alone: boolean): void;
  /** Runs `condition` and, while the truth value in the region holds then, `body` and `condition` again. */
  while(test: Region, condition: () => void, body: () => void): void;
  /** Runs the branch of the number in the region, the last one where there is none. */
  switch(index: Region, branches: readonly (() => void)[]): void;
  /** Runs `body` so many times; `write` puts the number of the round into the region. */
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
    // The first thread does neighbouring serial steps in one go.
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
          // What the next turn overwrites, nobody reads any more.
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
