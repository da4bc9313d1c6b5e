import { dtypeInfo } from '../../../base/dtype.ts';
import { sizeOf } from '../../../base/shape.ts';
import type {
  ContractionStep,
  CopyStep,
  Home,
  LoopStep,
  Plan,
  RepeatStep,
  Step,
  SwitchStep,
  WhileStep,
} from '../../../compiler/plan.ts';
import type { Region } from '../../../ir/expr.ts';
import type { ScalarOp } from '../../../ir/scalar.ts';
import { barrier, importLook } from '../barrier.ts';
import {
  type Callable,
  type FunctionBuilder,
  type Label,
  load,
  type MemoryLimits,
  ModuleBuilder,
  type Operand,
  op,
} from '../encoder/index.ts';
import type { ProductKernel } from '../kernels/tiled-product.ts';
import { partOf } from '../part.ts';
import { type Contraction, makeContraction } from './contraction.ts';
import { type Kernel, makeKernel } from './kernel.ts';

/** A plan as machine code: a module that exports `run(threadIndex, threadCount, addresses)`. */
export interface EmittedProgram {
  readonly code: Uint8Array<ArrayBuffer>;
  /** What the words at `addresses` are, in order. */
  readonly table: readonly Entry[];
  /** Whether any step is for several threads. */
  readonly isParallel: boolean;
  /** Bytes that contractions work in, one after the other: those of two lie on two sides of a barrier. */
  readonly workspaceBytes: number;
  /** Operations of f64 that the module imports as `math.<name>`; such a module runs on one thread. */
  readonly hostOperations: readonly ScalarOp[];
}

/** An address that `run` is given. */
export type Entry =
  | { readonly kind: 'input' | 'output'; readonly index: number }
  | { readonly kind: 'arena' | 'workspace' }
  | { readonly kind: 'constant'; readonly region: Region };

export interface EmitOptions {
  /** Whether the module calls `clock.tick(n)` when its n-th kernel is done. */
  readonly ticking?: boolean;
  /** Work, in bytes and arithmetic, from which on a program runs on several threads. */
  readonly leastWork?: number | undefined;
}

export function emitProgram(
  plan: Plan,
  limits: MemoryLimits,
  threads: number,
  { ticking = false, leastWork = worthThreading }: EmitOptions = {},
): EmittedProgram {
  return new ProgramEmitter(plan, limits, threads, ticking).emit(leastWork);
}

export const bytesOf = (region: Region): number => sizeOf(region.shape) * dtypeInfo[region.dtype].bytes;

/** Every step, those of control flow included. */
function* allSteps(steps: readonly Step[]): Generator<Step> {
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
function gainsByThreads(steps: readonly Step[], leastWork: number): boolean {
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

class ProgramEmitter {
  private readonly plan: Plan;
  private readonly threads: number;
  private readonly module = new ModuleBuilder();
  private readonly kernels = new Map<Step, Kernel>();
  private readonly hostFunctions = new Map<ScalarOp, Callable>();
  private readonly table: Entry[] = [];
  private readonly slots = new Map<string | Region, number>();
  private readonly products = new Map<string, ProductKernel>();
  private workspaceBytes = 0;
  private run!: FunctionBuilder;
  private readonly tick: Callable | undefined;
  private readonly numbers: ReadonlyMap<Step, number>;

  constructor(plan: Plan, limits: MemoryLimits, threads: number, ticking: boolean) {
    this.plan = plan;
    this.threads = threads;
    this.module.importMemory('env', 'memory', limits);
    importLook(this.module);
    this.tick = ticking ? this.module.importFunction('clock', 'tick', { params: ['i32'], results: [] }) : undefined;
    this.numbers = new Map(kernelSteps(plan.steps).map((step, n) => [step, n]));
  }

  emit(leastWork: number): EmittedProgram {
    const { module, plan } = this;
    const steps = [...allSteps(plan.steps)];
    // Host functions are imported before the first function is made.
    for (const step of steps)
      if (step.kind === 'loops')
        this.kernels.set(step, makeKernel(step.info.name, step.body, step.serial ? 1 : this.threads, plan.algebra));
    for (const kernel of this.kernels.values())
      for (const name of kernel.hostOperations)
        if (!this.hostFunctions.has(name))
          this.hostFunctions.set(
            name,
            module.importFunction('math', name, { params: ['f64', 'f64'], results: ['f64'] }),
          );
    this.run = module.func('run', ['i32', 'i32', 'i32']);
    module.export('run', this.run);
    this.steps(plan.steps, false);
    return {
      code: module.build(),
      table: this.table,
      isParallel: this.hostFunctions.size === 0 && gainsByThreads(plan.steps, leastWork),
      workspaceBytes: this.workspaceBytes,
      hostOperations: [...this.hostFunctions.keys()],
    };
  }

  /** Steps in order; `alone`: only the first thread is here. */
  private steps(steps: readonly Step[], alone: boolean): void {
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      if (alone || !step.serial) {
        if (step.barrier && !alone) this.barrier();
        this.step(step, alone);
        continue;
      }
      // The first thread does neighbouring serial steps in one go.
      const group = [step];
      if (step.barrier) this.barrier();
      while (steps[i + 1]?.serial && !steps[i + 1].barrier) group.push(steps[++i]);
      const [index] = this.run.params;
      this.run.if(op('i32.eqz', index), () => {
        for (const each of group) this.step(each, true);
      });
    }
  }

  private barrier(): void {
    const [index, count] = this.run.params;
    this.run.call(barrier(this.module), index, count);
  }

  private step(step: Step, alone: boolean): void {
    this.call(step, alone);
    const number = this.numbers.get(step);
    if (this.tick && number !== undefined) this.run.call(this.tick, number);
  }

  private call(step: Step, alone: boolean): void {
    switch (step.kind) {
      case 'loops': {
        const kernel = this.kernels.get(step)!;
        const f = this.module.once(kernel.key, () =>
          kernel.write(this.module, (name) => this.hostFunctions.get(name)!),
        );
        this.run.call(f, ...this.team(alone), ...kernel.regions.map((region) => this.address(region)));
        break;
      }
      case 'contraction':
        this.contraction(step, makeContraction(step, this.plan.algebra), alone);
        break;
      case 'copy':
        this.copy(step, alone);
        break;
      case 'while':
        this.while(step, alone);
        break;
      case 'switch':
        this.switch(step, alone);
        break;
      case 'repeat':
        this.repeat(step, alone);
    }
  }

  private contraction({ operands }: ContractionStep, made: Contraction, alone: boolean): void {
    let product = this.products.get(made.key);
    if (!product) this.products.set(made.key, (product = made.write(this.module)));
    this.workspaceBytes = Math.max(this.workspaceBytes, product.workspace(alone ? 1 : this.threads));
    const sides = operands.map((region, side) => {
      const offset = 4 * made.offsets[side];
      return offset === 0 ? this.address(region) : op('i32.add', this.address(region), offset);
    });
    const workspace = this.word({ kind: 'workspace' }, 'workspace');
    this.run.call(
      product.function,
      ...this.team(alone),
      ...sides,
      workspace,
      ...made.regions.map((r) => this.address(r)),
    );
  }

  private team(alone: boolean): [Operand, Operand] {
    const [index, count] = this.run.params;
    return alone ? [0, 1] : [index, count];
  }

  /** The address of a region: a word of the table and, in the arena, an offset. */
  private address(region: Region): Operand {
    const home = this.plan.homes.get(region) as Exclude<Home, { kind: 'slot' }>;
    const entry: Entry =
      home.kind === 'constant' ? { kind: 'constant', region } : home.kind === 'arena' ? { kind: 'arena' } : home;
    const key = home.kind === 'constant' ? region : home.kind === 'arena' ? 'arena' : `${home.kind} ${home.index}`;
    const base = this.word(entry, key);
    return home.kind === 'arena' && home.offset > 0 ? op('i32.add', base, home.offset) : base;
  }

  private word(entry: Entry, key: string | Region): Operand {
    let slot = this.slots.get(key);
    if (slot === undefined) this.slots.set(key, (slot = this.table.push(entry) - 1));
    return load('i32.load', this.run.params[2], 4 * slot);
  }

  private copy({ from, to }: CopyStep, alone: boolean): void {
    const copier = this.module.once('copy', () => {
      const f = this.module.func('copy', ['i32', 'i32', 'i32', 'i32', 'i32']);
      const [index, count, target, source, bytes] = f.params as [Operand, Operand, Operand, Operand, Operand];
      // Threads share lines of 64 bytes; the last one takes what is left over.
      const lines = f.let('i32', op('i32.shr_u', bytes, 6));
      const [start, end] = partOf(f, lines, index, count);
      for (const line of [start, end]) f.set(line, op('i32.shl', line, 6));
      f.if(op('i32.eq', op('i32.add', index, 1), count), () => f.set(end, bytes));
      f.memoryCopy(op('i32.add', target, start), op('i32.add', source, start), op('i32.sub', end, start));
      return f;
    });
    this.run.call(copier, ...this.team(alone), this.address(to), this.address(from), bytesOf(to));
  }

  private while({ condition, test, body }: WhileStep, alone: boolean): void {
    const { run } = this;
    run.block((done) => {
      run.loop((again) => {
        this.steps(condition, alone);
        if (!alone) this.barrier();
        run.brIf(done, op('i32.eqz', load('i32.load8_u', this.address(test))));
        this.steps(body, alone);
        // What the next turn overwrites, nobody reads any more.
        if (!alone) this.barrier();
        run.br(again);
      });
    });
  }

  private switch({ index, branches }: SwitchStep, alone: boolean): void {
    const { run } = this;
    run.block((done) => {
      const labels: Label[] = [];
      const open = (k: number): void => {
        if (k < 0) {
          run.brTable(labels, labels.at(-1)!, load('i32.load', this.address(index)));
          return;
        }
        run.block((label) => {
          labels[k] = label;
          open(k - 1);
        });
        this.steps(branches[k], alone);
        run.br(done);
      };
      open(branches.length - 1);
    });
  }

  private repeat({ times, counter, body }: RepeatStep, alone: boolean): void {
    const { run } = this;
    const round = run.local('i32');
    run.for(round, 0, times, 1, () => {
      const write = () => run.store('i32.store', this.address(counter), round);
      if (alone) write();
      else {
        run.if(op('i32.eqz', run.params[0]), write);
        this.barrier();
      }
      this.steps(body, alone);
      if (!alone) this.barrier();
    });
  }
}
