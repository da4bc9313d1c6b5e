import { Algebra } from '../../algebra/algebra.ts';
import { dtypeInfo, type TypedArray } from '../../base/dtype.ts';
import { sizeOf } from '../../base/shape.ts';
import { apply, type Expr, flatten, indexOf, type Region } from '../../ir/expr.ts';
import { loops, type Stmt, when } from '../../ir/loops.ts';
import { Formulas } from '../formulas.ts';
import { bytesOf } from '../memory/homes.ts';
import { Touches } from '../memory/touches.ts';
import type { ContractionStep, Plan, Step } from '../plan.ts';
import { contractionBody } from '../schedule/contraction-loops.ts';
import { bytesOfCopy, nestOf } from '../schedule/deal.ts';
import type { RunLoops } from './interpret-plan.ts';

/**
 * The result of a threaded run: the outputs, and the first conflict of two threads over a byte between two barriers, if
 * any.
 */
export interface Threaded {
  readonly outputs: readonly TypedArray[];
  readonly conflict: string | undefined;
}

/**
 * Interprets a plan with a number of virtual threads, running each up to the next barrier before the next one gets its
 * turn, and records which thread reads and writes which byte: barriers, the division of work and the placement in
 * memory are judged by it. The outputs of a contraction are dealt out one by one, and every thread reads all operands,
 * since kernels may divide them in any way. The arrays of donated inputs are overwritten.
 */
export function interpretThreads(
  plan: Plan,
  inputs: readonly TypedArray[],
  run: RunLoops,
  { threads, backwards = false }: { readonly threads: number; readonly backwards?: boolean },
): Threaded {
  const machine = new VirtualThreads(plan, inputs, run, threads);
  const order = Array.from({ length: threads }, (_, t) => (backwards ? threads - 1 - t : t));
  const running = order.map((thread) => machine.steps(plan.steps, thread, false));
  for (let isOver = false; !isOver; ) {
    const places = running.map((each) => each.next());
    const [first] = places;
    isOver = first.done === true;
    if (places.some(({ done, value }) => done !== first.done || value !== first.value))
      return { outputs: [], conflict: 'threads wait for each other at different barriers' };
    machine.touches.barrier();
  }
  return { outputs: plan.outputs.map((region) => machine.arrayOf(region)), conflict: machine.touches.conflict };
}

class VirtualThreads {
  readonly touches = new Touches();
  private readonly plan: Plan;
  private readonly inputs: readonly TypedArray[];
  private readonly runLoops: RunLoops;
  private readonly threads: number;
  // What is read before it is written shows up as NaN or absurd integers.
  private readonly arena: ArrayBuffer;
  private readonly results = new Map<number, TypedArray>();
  private readonly arrays = new Map<Region, TypedArray>();
  private readonly watched = new Map<string, Map<Region, TypedArray>>();
  private readonly bodies = new Map<string, Map<Step, readonly Stmt[]>>();
  private readonly formulas = new Formulas(new Algebra());

  constructor(plan: Plan, inputs: readonly TypedArray[], runLoops: RunLoops, threads: number) {
    this.plan = plan;
    this.inputs = inputs;
    this.runLoops = runLoops;
    this.threads = threads;
    this.arena = new Uint8Array(plan.scratch[0]).fill(0xff).buffer;
  }

  /** A thread's part of some steps, up to each barrier; `alone`: only the first thread is here. */
  *steps(steps: readonly Step[], thread: number, alone: boolean): Generator<Step> {
    for (const step of steps) {
      if (step.barrier && !alone) yield step;
      if (!step.serial || thread === 0) yield* this.step(step, thread, alone || step.serial);
    }
  }

  private *step(step: Step, thread: number, alone: boolean): Generator<Step> {
    const name = 'info' in step ? step.info.name : step.kind;
    const scalar = (region: Region): TypedArray => this.watch(region, thread, name);
    switch (step.kind) {
      case 'loops':
        return this.run(this.loopsOf(step, thread, alone), [...step.reads, ...step.writes], thread, name);
      case 'contraction':
        this.touches.workspace(step, alone, name);
        if (!alone) for (const operand of step.operands) this.whole(operand, thread, name);
        return this.run(this.outputsOf(step, thread, alone), [...step.reads, ...step.writes], thread, name);
      case 'copy': {
        const [from, to] = alone ? [0, bytesOf(step.to)] : bytesOfCopy(bytesOf(step.to), thread, this.threads);
        const size = dtypeInfo[step.to.dtype].bytes;
        const [source, target] = [this.watch(step.from, thread, name), this.watch(step.to, thread, name)];
        for (let i = from / size; i < to / size; i++) target[i] = source[i];
        return;
      }
      case 'while':
        for (;;) {
          yield* this.steps(step.condition, thread, alone);
          if (!alone) yield step;
          if (!scalar(step.test)[0]) return;
          yield* this.steps(step.body, thread, alone);
          if (!alone) yield step;
        }
      case 'switch':
        yield* this.steps(step.branches[scalar(step.index)[0]], thread, alone);
        return;
      case 'repeat':
        for (let round = 0; round < step.times; round++) {
          if (thread === 0) scalar(step.counter)[0] = round;
          if (!alone) yield step;
          yield* this.steps(step.body, thread, alone);
          if (!alone) yield step;
        }
    }
  }

  private run(body: readonly Stmt[], touched: readonly Region[], thread: number, name: string): void {
    const regions = [...new Set(touched)];
    this.runLoops(
      body,
      regions,
      regions.map((r) => this.watch(r, thread, name)),
    );
  }

  private once(step: Step, thread: number, alone: boolean, make: () => readonly Stmt[]): readonly Stmt[] {
    const key = alone ? 'alone' : `${thread}`;
    const known = this.bodies.get(key) ?? new Map<Step, readonly Stmt[]>();
    this.bodies.set(key, known);
    if (!known.has(step)) known.set(step, make());
    return known.get(step)!;
  }

  /** A thread's part of a loop nest: all of it if no loop is dealt out. */
  private loopsOf(step: Step & { kind: 'loops' }, thread: number, alone: boolean): readonly Stmt[] {
    const { algebra } = this.formulas;
    return this.once(step, thread, alone, () =>
      alone ? step.body : step.body.map((s) => nestOf(s, thread, this.threads, algebra)),
    );
  }

  /** The outputs of a contraction that a thread computes: every n-th one. */
  private outputsOf(step: ContractionStep, thread: number, alone: boolean): readonly Stmt[] {
    return this.once(step, thread, alone, () => {
      const { axes } = step;
      const body = contractionBody(step, this.formulas);
      const output = flatten(
        axes.map(indexOf),
        axes.map(({ size }) => size),
      );
      const isOwn: Expr = apply('eq', apply('floorMod', output, this.threads), thread);
      return loops(axes, alone ? body : [when(this.formulas.algebra.simplify(isOwn), body)]);
    });
  }

  private whole(region: Region, thread: number, name: string): void {
    const array = this.watch(region, thread, name);
    for (let i = 0; i < array.length; i++) void array[i];
  }

  arrayOf(region: Region): TypedArray {
    let array = this.arrays.get(region);
    if (array) return array;
    const [make, size] = [dtypeInfo[region.dtype].array, sizeOf(region.shape)];
    const home = this.plan.homes.get(region)!;
    if (home.kind === 'input') array = this.inputs[home.index];
    else if (home.kind === 'constant') array = home.data;
    else if (home.kind === 'arena') array = new make(this.arena, home.offset, size);
    else {
      array = this.results.get(home.index) ?? new make(size);
      this.results.set(home.index, array);
    }
    this.arrays.set(region, array);
    return array;
  }

  /** The array of a region, wrapped to record who touches it. */
  private watch(region: Region, thread: number, step: string): TypedArray {
    const key = `${thread} ${step}`;
    const known = this.watched.get(key) ?? new Map<Region, TypedArray>();
    this.watched.set(key, known);
    let array = known.get(region);
    if (!array)
      known.set(region, (array = this.touches.watched(this.arrayOf(region), { thread, step, region: region.name })));
    return array;
  }
}
