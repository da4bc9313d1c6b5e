import { allSteps } from '../../../compiler/memory/barriers.ts';
import { bytesOf } from '../../../compiler/memory/homes.ts';
import type { ContractionStep, CopyStep, LoopStep, Plan, Step } from '../../../compiler/plan.ts';
import type { Region } from '../../../ir/expr.ts';
import { type Emitted, sizesOf } from '../../host/executable.ts';
import { gainsByThreads, kernelSteps, type ProgramWriter, Table, writeSteps } from '../../host/program.ts';
import { type Contraction, makeContraction } from '../../kernels/contraction.ts';
import type { ProductKernel } from '../../kernels/tiled-product.ts';
import type { Callable } from '../../wasm/encoder/index.ts';
import { Assembler, type CodeSymbol, Label } from '../encoder/assembler.ts';
import { x86 } from '../encoder/instructions.ts';
import { at, type Register, r8, rax, rbp, rcx, rdi, rdx, rsi, rsp } from '../encoder/operands.ts';
import { Context, machine } from './context.ts';
import { barrier, HostFunctions } from './host-functions.ts';
import { type Kernel, makeKernel, writeKernel } from './kernel.ts';
import type { NativeCallable } from './kernel-function.ts';
import { type NativeKernels, nativeKernels } from './kernel-machine.ts';
import { Stopwatch, type StopwatchPlace } from './stopwatch.ts';

/**
 * A plan as machine code. Its main function takes its thread number, the number of threads, the table and the control
 * page.
 */
export interface EmittedProgram extends Emitted {
  /** Addresses still missing in the code. */
  readonly symbols: readonly CodeSymbol[];
  /** Offset of the main function. */
  readonly start: number;
  /** Whether any step is shared by several threads. */
  readonly isParallel: boolean;
}

export interface EmitOptions {
  /** 32-bit elements in a vector. */
  readonly lanes: 8 | 16;
  /** The threads that share loops. */
  readonly threads: number;
  /** Where to record how long each kernel takes; such a program runs on one thread. */
  readonly stopwatch?: StopwatchPlace | undefined;
  /** Programs with at least this much work, in bytes and arithmetic operations, run on several threads. */
  readonly leastWork?: number | undefined;
}

export function emitProgram(plan: Plan, options: EmitOptions): EmittedProgram {
  return new ProgramEmitter(plan, options).emit();
}

// The main function's parameters in its frame, below rbp.
const [index, count, table, control] = [-8, -16, -24, -32].map((place) => at(rbp, place)) as [
  ReturnType<typeof at>,
  ReturnType<typeof at>,
  ReturnType<typeof at>,
  ReturnType<typeof at>,
];
const firstRound = -40;

class ProgramEmitter implements ProgramWriter {
  private readonly plan: Plan;
  private readonly options: EmitOptions;
  private readonly assembler = new Assembler();
  private readonly table: Table;
  private readonly kernels = new Map<Step, Kernel>();
  private readonly labels = new Map<string, Label>();
  private readonly host: HostFunctions;
  private readonly copier = new Label();
  private readonly products = new Map<string, ProductKernel>();
  private readonly contractions = new Map<Step, Contraction>();
  private readonly kernelMachine: NativeKernels;
  private readonly stopwatch: Stopwatch | undefined;
  private readonly numbers: ReadonlyMap<Step, number>;
  private workspaceBytes = 0;
  private rounds = 0;

  constructor(plan: Plan, options: EmitOptions) {
    this.plan = plan;
    this.options = options;
    this.table = new Table(plan);
    this.stopwatch = options.stopwatch && new Stopwatch(this.assembler, options.stopwatch);
    this.numbers = new Map(kernelSteps(plan.steps).map((step, n) => [step, n]));
    this.host = new HostFunctions(this.assembler, options.lanes);
    this.kernelMachine = nativeKernels(this.assembler, options.lanes, this.host);
  }

  emit(): EmittedProgram {
    const { assembler, plan, options } = this;
    const steps = allSteps(plan.steps);
    for (const step of steps)
      if (step.kind === 'loops') this.prepare(step);
      else if (step.kind === 'contraction') this.prepareContraction(step);
    this.kernelMachine.finish();
    if (steps.some(({ kind }) => kind === 'copy')) this.writeCopier();
    this.host.write();
    assembler.align();
    const start = assembler.length;
    this.begin(steps);
    this.stopwatch?.start();
    writeSteps(plan.steps, this);
    this.end();
    return {
      code: assembler.build(),
      symbols: assembler.symbols,
      start,
      table: this.table.entries,
      ...sizesOf(plan),
      isParallel: gainsByThreads(plan.steps, options.leastWork),
      workspaceBytes: this.workspaceBytes,
    };
  }

  /** Writes the function of a kernel unless an identical one exists. */
  private prepare(step: LoopStep): void {
    const { assembler, options } = this;
    const kernel = makeKernel(step.body, step.serial ? 1 : options.threads, this.plan.algebra, options.lanes);
    this.kernels.set(step, kernel);
    if (this.labels.has(kernel.key)) return;
    const label = new Label();
    this.labels.set(kernel.key, label);
    writeKernel(new Context(assembler, options.lanes, this.host.label), label, kernel.code());
  }

  private prepareContraction(step: ContractionStep): void {
    const made = makeContraction(step, this.plan.algebra, machine(this.options.lanes));
    this.contractions.set(step, made);
    let product = this.products.get(made.key);
    if (!product) this.products.set(made.key, (product = made.write(this.kernelMachine)));
    this.workspaceBytes = Math.max(this.workspaceBytes, product.workspace(step.serial ? 1 : this.options.threads));
  }

  private begin(steps: readonly Step[]): void {
    const { assembler: a } = this;
    const rounds = steps.filter(({ kind }) => kind === 'repeat').length;
    // A contraction also takes two operands and a workspace.
    const most = [...this.kernels.values(), ...this.contractions.values()].map(({ regions }) => regions.length + 6);
    const words = Math.max(6, ...most);
    a.push(rbp);
    a.general('mov', { a: rbp, m: rsp });
    a.general('subNumber', { m: rsp, immediate: 8 * (words + rounds) - firstRound });
    a.general('movStore', { a: rdi, m: index });
    a.general('movStore', { a: rsi, m: count });
    a.general('movStore', { a: rdx, m: table });
    a.general('movStore', { a: rcx, m: control });
  }

  private end(): void {
    const { assembler: a } = this;
    a.instruction({ encoding: x86.vzeroupper });
    a.general('mov', { a: rsp, m: rbp });
    a.pop(rbp);
    a.general('ret', {});
  }

  barrier(): void {
    const { assembler: a } = this;
    a.general('mov', { a: rdi, m: index });
    a.general('mov', { a: rsi, m: count });
    a.general('mov', { a: rdx, m: control });
    a.moveSymbol(rax, barrier);
    a.general('call', { m: rax, wide: false });
  }

  first(body: () => void): void {
    const { assembler: a } = this;
    const others = new Label();
    a.general('cmpNumber', { m: index, immediate: 0 });
    a.jump(others, 'notEqual');
    body();
    a.bind(others);
  }

  kernel(step: LoopStep | ContractionStep, alone: boolean): void {
    if (step.kind === 'contraction') this.contraction(step, alone);
    else {
      const { key, regions } = this.kernels.get(step)!;
      this.call(this.labels.get(key)!, regions, alone);
    }
    this.stopwatch?.tick(this.numbers.get(step)!);
  }

  private contraction(step: ContractionStep, alone: boolean): void {
    const { assembler: a } = this;
    const { key, regions, offsets } = this.contractions.get(step)!;
    this.team(alone);
    a.general('mov', { a: rcx, m: table });
    let word = 2;
    const give = (): void => a.general('movStore', { a: rax, m: at(rsp, 8 * word++) });
    step.operands.forEach((region, side) => {
      this.address(rax, rcx, region);
      if (offsets[side as 0 | 1] !== 0) {
        a.moveNumber(rdx, 4 * offsets[side as 0 | 1]);
        a.general('add', { a: rax, m: rdx });
      }
      give();
    });
    a.general('mov', { a: rax, m: at(rcx, 8 * this.table.workspace) });
    give();
    for (const region of regions) {
      this.address(rax, rcx, region);
      give();
    }
    a.general('mov', { a: rax, m: control });
    give();
    a.general('mov', { a: rdi, m: rsp });
    a.call((this.products.get(key)!.function as Callable as NativeCallable).label);
  }

  /** Stores the thread number and the number of threads where functions expect them. */
  private team(alone: boolean): void {
    const { assembler: a } = this;
    if (alone) {
      a.general('movNumber', { m: at(rsp, 0), immediate: 0 });
      a.general('movNumber', { m: at(rsp, 8), immediate: 1 });
    } else {
      for (const [k, place] of [index, count].entries()) {
        a.general('mov', { a: rax, m: place });
        a.general('movStore', { a: rax, m: at(rsp, 8 * k) });
      }
    }
  }

  /** Calls a function with the thread numbers and the addresses of regions. */
  private call(label: Label, regions: readonly Region[], alone: boolean): void {
    const { assembler: a } = this;
    this.team(alone);
    a.general('mov', { a: rcx, m: table });
    regions.forEach((region, k) => {
      this.address(rax, rcx, region);
      a.general('movStore', { a: rax, m: at(rsp, 8 * (k + 2)) });
    });
    a.general('mov', { a: rdi, m: rsp });
    a.call(label);
  }

  /** The address of a region: a word of the table and, in the arena, an offset. */
  private address(to: Register, from: Register, region: Region): void {
    const { assembler: a } = this;
    const { slot, offset } = this.table.place(region);
    a.general('mov', { a: to, m: at(from, 8 * slot) });
    if (offset >= 2 ** 31) {
      a.moveNumber(rdx, offset);
      a.general('add', { a: to, m: rdx });
    } else if (offset > 0) a.general('addNumber', { m: to, immediate: offset });
  }

  /** A region's address, in rax. */
  private addressOf(region: Region): void {
    this.assembler.general('mov', { a: rcx, m: table });
    this.address(rax, rcx, region);
  }

  copy({ from, to }: CopyStep, alone: boolean): void {
    const { assembler: a } = this;
    a.moveNumber(rax, bytesOf(to));
    a.general('movStore', { a: rax, m: at(rsp, 32) });
    this.call(this.copier, [to, from], alone);
  }

  /** Threads share whole 64-byte lines; the last one takes the remainder. */
  private writeCopier(): void {
    const { assembler: a } = this;
    a.align();
    a.bind(this.copier);
    a.general('mov', { a: r8, m: rdi });
    const bound = (more: number): void => {
      a.general('mov', { a: rax, m: at(r8, 32) });
      a.general('shr', { m: rax, immediate: 6 });
      a.general('mov', { a: rcx, m: at(r8) });
      if (more) a.general('addNumber', { m: rcx, immediate: more });
      a.general('imul', { a: rax, m: rcx });
      a.general('xor', { a: rdx, m: rdx });
      a.general('div', { m: at(r8, 8) });
      a.general('shl', { m: rax, immediate: 6 });
    };
    bound(0);
    a.general('mov', { a: rsi, m: rax });
    bound(1);
    const inner = new Label();
    a.general('mov', { a: rcx, m: at(r8) });
    a.general('addNumber', { m: rcx, immediate: 1 });
    a.general('cmp', { a: rcx, m: at(r8, 8) });
    a.jump(inner, 'notEqual');
    a.general('mov', { a: rax, m: at(r8, 32) });
    a.bind(inner);
    a.general('mov', { a: rcx, m: rax });
    a.general('sub', { a: rcx, m: rsi });
    a.general('mov', { a: rdi, m: at(r8, 16) });
    a.general('add', { a: rdi, m: rsi });
    a.general('add', { a: rsi, m: at(r8, 24) });
    // rep movsb
    a.raw(0xf3, 0xa4);
    a.general('ret', {});
  }

  while(test: Region, condition: () => void, body: () => void): void {
    const { assembler: a } = this;
    const [again, done] = [new Label(), new Label()];
    a.bind(again);
    condition();
    this.addressOf(test);
    a.general('movzx8', { a: rax, m: at(rax) });
    a.general('test', { a: rax, m: rax });
    a.jump(done, 'equal');
    body();
    a.jump(again);
    a.bind(done);
  }

  switch(number: Region, branches: readonly (() => void)[]): void {
    const { assembler: a } = this;
    const done = new Label();
    const labels = branches.map(() => new Label());
    this.addressOf(number);
    a.general('mov', { a: rax, m: at(rax), wide: false });
    labels.slice(0, -1).forEach((label, k) => {
      a.general('cmpNumber', { m: rax, immediate: k, wide: false });
      a.jump(label, 'equal');
    });
    a.jump(labels.at(-1)!);
    branches.forEach((branch, k) => {
      a.bind(labels[k]);
      branch();
      a.jump(done);
    });
    a.bind(done);
  }

  repeat(times: number, counter: Region, body: (write: () => void) => void): void {
    const { assembler: a } = this;
    if (times === 0) return;
    const round = at(rbp, firstRound - 8 * this.rounds++);
    const again = new Label();
    a.general('movNumber', { m: round, immediate: 0 });
    a.bind(again);
    body(() => {
      this.addressOf(counter);
      a.general('mov', { a: rcx, m: round, wide: false });
      a.general('movStore', { a: rcx, m: at(rax), wide: false });
    });
    a.general('addNumber', { m: round, immediate: 1 });
    a.general('cmpNumber', { m: round, immediate: times });
    a.jump(again, 'less');
  }
}
