import type { Algebra } from '../algebra/algebra.ts';
import type { TypedArray } from '../base/dtype.ts';
import type { Shape } from '../base/shape.ts';
import type { Axis, Expr, Local, Region } from '../ir/expr.ts';
import type { Stmt } from '../ir/loops.ts';
import type { Scope } from '../ir/scope.ts';
import type { Equation } from '../ir/tensor.ts';

/** Where a region of a plan has its bytes. */
export type Home =
  | { readonly kind: 'input'; readonly index: number }
  | { readonly kind: 'output'; readonly index: number }
  /** At this byte offset in the scratch memory, which exists while the program runs. */
  | { readonly kind: 'arena'; readonly offset: number }
  /** In this buffer of the plan, exclusively while it is needed. */
  | { readonly kind: 'slot'; readonly index: number }
  | { readonly kind: 'constant'; readonly data: TypedArray };

/** What is known of the machine that a plan is for. */
export interface Target {
  /** 32-bit elements in a vector; with 1, no loop is vectorised. */
  readonly vectorWidth: number;
  /**
   * How the turns of parallel loops are distributed: in `shares`, one per worker, with barriers between dependent
   * steps; or as `turns`, where each turn of the outer loops is a worker of its own and each step waits for those
   * before it.
   */
  readonly dealing: 'shares' | 'turns';
  /** With `turns`, how loops become them (`schedule/turns.ts`): devices bring it, so that others need not carry it. */
  readonly asTurns?: (list: readonly Stmt[], algebra: Algebra) => readonly Stmt[];
  /** The number of workers taking shares; with `turns`, how many partial sums keep the machine busy. */
  readonly workers: number;
  /** Workers share a step from this much work on, in additions and loads; by default, where it pays. With 0, in small pieces. */
  readonly leastWork?: number | undefined;
  /** Where intermediate arrays live: in one block of memory, or in buffers that hold one array at a time. */
  readonly scratch: 'arena' | 'slots';
  /** The number of arrays that a kernel can touch. */
  readonly arrays: number;
  /** Bytes of a region as the device stores it. */
  bytesOf(region: Region): number;
  /** Whether the device has a kernel of its own for this contraction; otherwise it gets loops. */
  contraction(step: ContractionStep): boolean;
}

/** What is known of a kernel by itself. */
export interface KernelInfo {
  /** What it computes, e.g. `conv + add + max`. */
  readonly name: string;
  /** Names of the primitives that were fused into it. */
  readonly fused: readonly string[];
  /** Bytes read and written, at the least. */
  readonly bytes: number;
  /** Floating-point operations of one run; a multiply-add counts as two. */
  readonly flops: number;
  /** The layers for which it computes something. */
  readonly scopes: readonly Scope[];
}
/** A kernel of a program, as `explain()` shows it. */
export interface KernelReport extends KernelInfo {
  /** Dtype and shape of what it writes: `float32(32, 10)`. */
  readonly output: string;
  /** Positions of the kernels whose results it reads. */
  readonly from: readonly number[];
  /** Bytes of intermediates that stand in memory while it runs. */
  readonly scratch: number;
}

/** When a step is run, and by which threads. */
interface Timing {
  /**
   * Every thread must first have finished all steps before this one. Steps between two barriers touch different bytes.
   */
  readonly barrier: boolean;
  /** Run by the first thread alone; such steps may depend on each other without a barrier between them. */
  readonly serial: boolean;
}

/**
 * A kernel given as a loop nest. Its outermost parallel loops are dealt out to threads. Regions are flat: loads and
 * stores have one position, which is in bounds even in an arm that a `select` does not take. In a vector loop, locals
 * set there hold one value per lane, also across inner serial loops. Loop-invariant values appear where they are used:
 * generators of register code hoist them (`codegen/linear`); for devices that deal out `turns` they are hoisted
 * already.
 */
export interface LoopStep extends Timing {
  readonly kind: 'loops';
  readonly info: KernelInfo;
  readonly reads: readonly Region[];
  readonly writes: readonly Region[];
  readonly body: readonly Stmt[];
  /** For positions given by a primitive's own loops: the index they stand for, which is in bounds along each axis. */
  readonly indices?: ReadonlyMap<Expr, ArrayIndex>;
}

/** An index per axis, in an array of this shape. */
export interface ArrayIndex {
  readonly index: readonly Expr[];
  readonly shape: Shape;
}

/** Where an array's elements are found: at `offset + Σ index[d] · strides[d]` of a region. Strides may be negative. */
export interface View {
  readonly offset: number;
  readonly strides: readonly number[];
}

/**
 * A contraction (dot or conv) with its fused tail. The device may have a hand-tuned kernel for it, or lower it to loops
 * with `contractionLoops`. Each finished sum is in `sum`; then `stores` are performed, with `axes` as the output's
 * index.
 */
export interface ContractionStep extends Timing {
  readonly kind: 'contraction';
  readonly info: KernelInfo;
  readonly equation: Equation;
  readonly operands: readonly [Region, Region];
  /** How each operand lies in its region, by the axes of the equation's input: transposed and reversed views cost nothing. */
  readonly views: readonly [View, View];
  /** One per axis of the equation's output. */
  readonly axes: readonly Axis[];
  readonly sum: Local;
  /** Values depend on `sum`, the axes, and loads from other regions. Stores are performed in order. */
  readonly stores: readonly ContractionStore[];
  readonly reads: readonly Region[];
  readonly writes: readonly Region[];
}

export interface ContractionStore {
  readonly to: Region;
  /** The position in terms of the step's axes, as `view` defines it. */
  readonly index: readonly Expr[];
  readonly value: Expr;
  readonly view: View;
}

export interface CopyStep extends Timing {
  readonly kind: 'copy';
  readonly from: Region;
  readonly to: Region;
}

/** Runs `condition`; then, while its result (a bool scalar) is true, `body` and `condition` again. */
export interface WhileStep extends Timing {
  readonly kind: 'while';
  readonly condition: readonly Step[];
  readonly test: Region;
  readonly body: readonly Step[];
}

/** Runs the branch that the int32 scalar `index` (already clamped) selects. */
export interface SwitchStep extends Timing {
  readonly kind: 'switch';
  readonly index: Region;
  readonly branches: readonly (readonly Step[])[];
}

/** Runs `body` `times` times, writing the round (0, 1, …) to the int32 scalar `counter` before each. */
export interface RepeatStep extends Timing {
  readonly kind: 'repeat';
  readonly times: number;
  readonly counter: Region;
  readonly body: readonly Step[];
}

export type Step = LoopStep | ContractionStep | CopyStep | WhileStep | SwitchStep | RepeatStep;

/** What a device generates code from: kernels in order, over regions with a fixed place. */
export interface Plan {
  readonly name: string;
  /** The algebra that the steps' expressions belong to. */
  readonly algebra: Algebra;
  readonly inputs: readonly Region[];
  readonly outputs: readonly Region[];
  /** Output k reuses the bytes of input `donated.get(k)`: their regions share a home of kind `input`. */
  readonly donated: ReadonlyMap<number, number>;
  readonly homes: ReadonlyMap<Region, Home>;
  readonly dealing: Target['dealing'];
  /** Bytes of the arena (one number), or of each slot. */
  readonly scratch: readonly number[];
  readonly steps: readonly Step[];
}
