import { allSteps } from '../../../compiler/memory/barriers.ts';
import { bytesOf } from '../../../compiler/memory/homes.ts';
import type { ContractionStep, CopyStep, LoopStep, Plan, Step } from '../../../compiler/plan.ts';
import type { Region } from '../../../ir/expr.ts';
import { type ScalarOp, scalarOps } from '../../../ir/scalar.ts';
import { type Emitted, sizesOf } from '../../host/executable.ts';
import { gainsByThreads, kernelSteps, type ProgramWriter, Table, writeSteps } from '../../host/program.ts';
import { partOf } from '../../kernels/part.ts';
import type { ProductKernel } from '../../kernels/tiled-product.ts';
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
import { type Contraction, makeContraction } from './contraction.ts';
import { type Kernel, makeKernel } from './kernel.ts';

/** A plan as machine code: a module that exports `run(threadIndex, threadCount, addresses)`. */
export interface EmittedProgram extends Emitted {
  /** Whether any step is shared by several threads. */
  readonly isParallel: boolean;
  /** Operations of f64 that the module imports as `math.<name>`; such a module runs on one thread. */
  readonly hostOperations: readonly ScalarOp[];
}

export interface EmitOptions {
  /** Whether the module calls `clock.tick(n)` when its n-th kernel is done. */
  readonly ticking?: boolean;
  /** From this much work, in bytes and arithmetic, a program runs on several threads. */
  readonly leastWork?: number | undefined;
}

export function emitProgram(
  plan: Plan,
  limits: MemoryLimits,
  threads: number,
  { ticking = false, leastWork }: EmitOptions = {},
): EmittedProgram {
  return new ProgramEmitter(plan, limits, threads, ticking).emit(leastWork);
}

class ProgramEmitter implements ProgramWriter {
  private readonly plan: Plan;
  private readonly threads: number;
  private readonly module = new ModuleBuilder();
  private readonly kernels = new Map<Step, Kernel>();
  private readonly hostFunctions = new Map<ScalarOp, Callable>();
  private readonly table: Table;
  private readonly products = new Map<string, ProductKernel>();
  private workspaceBytes = 0;
  private run!: FunctionBuilder;
  private readonly tick: Callable | undefined;
  private readonly numbers: ReadonlyMap<Step, number>;

  constructor(plan: Plan, limits: MemoryLimits, threads: number, ticking: boolean) {
    this.plan = plan;
    this.table = new Table(plan);
    this.threads = threads;
    this.module.importMemory('env', 'memory', limits);
    importLook(this.module);
    this.tick = ticking ? this.module.importFunction('clock', 'tick', { params: ['i32'], results: [] }) : undefined;
    this.numbers = new Map(kernelSteps(plan.steps).map((step, n) => [step, n]));
  }

  emit(leastWork: number | undefined): EmittedProgram {
    const { module, plan } = this;
    const steps = allSteps(plan.steps);
    // Host functions are imported before the first function is made.
    for (const step of steps)
      if (step.kind === 'loops')
        this.kernels.set(step, makeKernel(step.info.name, step.body, step.serial ? 1 : this.threads, plan.algebra));
    for (const kernel of this.kernels.values())
      for (const name of kernel.hostOperations)
        if (!this.hostFunctions.has(name))
          this.hostFunctions.set(
            name,
            module.importFunction('math', name, {
              params: new Array<'f64'>(scalarOps[name].arity).fill('f64'),
              results: ['f64'],
            }),
          );
    this.run = module.func('run', ['i32', 'i32', 'i32']);
    module.export('run', this.run);
    writeSteps(plan.steps, this);
    return {
      code: module.build(),
      table: this.table.entries,
      ...sizesOf(plan),
      isParallel: this.hostFunctions.size === 0 && gainsByThreads(plan.steps, leastWork),
      workspaceBytes: this.workspaceBytes,
      hostOperations: [...this.hostFunctions.keys()],
    };
  }

  barrier(): void {
    const [index, count] = this.run.params;
    this.run.call(barrier(this.module), index, count);
  }

  first(body: () => void): void {
    this.run.if(op('i32.eqz', this.run.params[0]), body);
  }

  kernel(step: LoopStep | ContractionStep, alone: boolean): void {
    if (step.kind === 'contraction') this.contraction(step, makeContraction(step, this.plan.algebra), alone);
    else {
      const kernel = this.kernels.get(step)!;
      const f = this.module.once(kernel.key, () => kernel.write(this.module, (name) => this.hostFunctions.get(name)!));
      this.run.call(f, ...this.team(alone), ...kernel.regions.map((region) => this.address(region)));
    }
    const number = this.numbers.get(step);
    if (this.tick && number !== undefined) this.run.call(this.tick, number);
  }

  private contraction({ operands }: ContractionStep, made: Contraction, alone: boolean): void {
    let product = this.products.get(made.key);
    if (!product) this.products.set(made.key, (product = made.write(this.module)));
    this.workspaceBytes = Math.max(this.workspaceBytes, product.workspace(alone ? 1 : this.threads));
    const sides = operands.map((region, side) => {
      const offset = 4 * made.offsets[side];
      return offset === 0 ? this.address(region) : op('i32.add', this.address(region), offset);
    });
    const workspace = this.word(this.table.workspace);
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
    const { slot, offset } = this.table.place(region);
    return offset > 0 ? op('i32.add', this.word(slot), offset) : this.word(slot);
  }

  private word(slot: number): Operand {
    return load('i32.load', this.run.params[2], 4 * slot);
  }

  copy({ from, to }: CopyStep, alone: boolean): void {
    const copier = this.module.once('copy', () => {
      const f = this.module.func('copy', ['i32', 'i32', 'i32', 'i32', 'i32']);
      const [index, count, target, source, bytes] = f.params as [Operand, Operand, Operand, Operand, Operand];
      // Threads share whole lines of 64 bytes; the last one takes the remainder.
      const lines = f.let('i32', op('i32.shr_u', bytes, 6));
      const [start, end] = partOf(f, lines, index, count);
      for (const line of [start, end]) f.set(line, op('i32.shl', line, 6));
      f.if(op('i32.eq', op('i32.add', index, 1), count), () => f.set(end, bytes));
      f.memoryCopy(op('i32.add', target, start), op('i32.add', source, start), op('i32.sub', end, start));
      return f;
    });
    this.run.call(copier, ...this.team(alone), this.address(to), this.address(from), bytesOf(to));
  }

  while(test: Region, condition: () => void, body: () => void): void {
    const { run } = this;
    run.block((done) => {
      run.loop((again) => {
        condition();
        run.brIf(done, op('i32.eqz', load('i32.load8_u', this.address(test))));
        body();
        run.br(again);
      });
    });
  }

  switch(index: Region, branches: readonly (() => void)[]): void {
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
        branches[k]();
        run.br(done);
      };
      open(branches.length - 1);
    });
  }

  repeat(times: number, counter: Region, body: (write: () => void) => void): void {
    const { run } = this;
    const round = run.local('i32');
    run.for(round, 0, times, 1, () => body(() => run.store('i32.store', this.address(counter), round)));
  }
}
