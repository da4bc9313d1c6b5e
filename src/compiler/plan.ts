import type { Algebra } from '../algebra/algebra.ts';
import type { TypedArray } from '../base/dtype.ts';
import type { Shape } from '../base/shape.ts';
import type { Axis, Expr, Local, Region } from '../ir/expr.ts';
import type { Stmt } from '../ir/loops.ts';
import type { Equation } from '../ir/tensor.ts';

/** Where a region of a plan has its bytes. */
export type Home =
  | { readonly kind: 'input'; readonly index: number }
  | { readonly kind: 'output'; readonly index: number }
  /** At this many bytes from the start of the scratch memory that lives while the program runs. */
  | { readonly kind: 'arena'; readonly offset: number }
  /** In this buffer of the plan's, which is its own while it is needed. */
  | { readonly kind: 'slot'; readonly index: number }
  | { readonly kind: 'constant'; readonly data: TypedArray };

/** What is known of the machine that a plan is for. */
export interface Target {
  /** Elements of 32 bits in a vector; with 1 no loop becomes one. */
  readonly vectorWidth: number;
  /**
   * How the turns of parallel loops are given out: in `shares`, one a worker, with barriers between steps that need each other;
   * or as `turns`, each turn of the outer loops being a worker of its own and each step waiting for those before it.
   */
  readonly dealing: 'shares' | 'turns';
  /** How many take shares; where turns are dealt out, how many partial sums keep the machine busy. */
  readonly workers: number;
  /** Work, in additions and loads, from which on workers share a step; what is worth it where absent. With 0, in small pieces. */
  readonly leastWork?: number | undefined;
  /** Where intermediate arrays live: in one stretch of memory, or in buffers, each of them one array's at a time. */
  readonly scratch: 'arena' | 'slots';
  /** Arrays that one kernel can touch. */
  readonly arrays: number;
  /** Bytes of a region as the device stores it. */
  bytesOf(region: Region): number;
  /** Whether the device has a kernel of its own for this contraction; otherwise it gets loops. */
  contraction(step: ContractionStep): boolean;
}

/** What a kernel shows of itself in `explain()`. */
export interface KernelInfo {
  readonly name: string;
  readonly fused: readonly string[];
  readonly bytes: number;
  readonly flops: number;
}

/** When and by whom a step is run. */
interface Timing {
  /** Every thread must have finished all steps before this one first. Steps between two barriers touch different bytes. */
  readonly barrier: boolean;
  /** The first thread does it alone; such steps may need each other without a barrier between them. */
  readonly serial: boolean;
}

/**
 * A kernel given as a loop nest. Its outermost parallel loops are dealt out to threads. Regions are flat: loads and stores
 * give one position, and it lies inside the region even in an arm that a `select` does not take. In a vector loop locals that
 * are set there hold a lane each, also across serial loops inside. What is the same in all turns stands where it is used: who makes
 * code for registers computes it in front of the loop (`codegen/linear`); where `turns` are dealt out it was set there.
 */
export interface LoopStep extends Timing {
  readonly kind: 'loops';
  readonly info: KernelInfo;
  readonly reads: readonly Region[];
  readonly writes: readonly Region[];
  readonly body: readonly Stmt[];
  /** Of positions that a primitive's own loops give: the index that they stand for, which lies inside along each axis. */
  readonly indices?: ReadonlyMap<Expr, ArrayIndex>;
}

/** An index, one an axis, in an array of this shape. */
export interface ArrayIndex {
  readonly index: readonly Expr[];
  readonly shape: Shape;
}

/** Where the element at an index of an array stands: at `offset + Σ index[d] · strides[d]` of a region. Strides may be negative. */
export interface View {
  readonly offset: number;
  readonly strides: readonly number[];
}

/**
 * A contraction (dot or conv) with its fused tail. The device may have a hand-tuned kernel for it, or lower it to loops with
 * `contractionLoops`. Each finished sum stands in `sum`; then `stores` are done, `axes` being the output's index.
 */
export interface ContractionStep extends Timing {
  readonly kind: 'contraction';
  readonly info: KernelInfo;
  readonly equation: Equation;
  readonly operands: readonly [Region, Region];
  /** How each operand stands in its region, by the axes of the equation's input: transposed and reversed views cost nothing. */
  readonly views: readonly [View, View];
  /** One an axis of the equation's output. */
  readonly axes: readonly Axis[];
  readonly sum: Local;
  /** Values depend on `sum`, the axes, and loads of other regions. Stores are done in order. */
  readonly stores: readonly ContractionStore[];
  readonly reads: readonly Region[];
  readonly writes: readonly Region[];
}

export interface ContractionStore {
  readonly to: Region;
  /** The position, in the step's axes: what `view` says of them. */
  readonly index: readonly Expr[];
  readonly value: Expr;
  readonly view: View;
}

export interface CopyStep extends Timing {
  readonly kind: 'copy';
  readonly from: Region;
  readonly to: Region;
}

/** Runs `condition`, then while its result (a bool scalar) holds, `body` and `condition` again. */
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

/** What a device makes machine code of: kernels in order over regions whose places are decided. */
export interface Plan {
  readonly name: string;
  /** The form in which the expressions of the steps are. */
  readonly algebra: Algebra;
  readonly inputs: readonly Region[];
  readonly outputs: readonly Region[];
  /** Output k takes the bytes of input `donated.get(k)`: their regions share a home of kind `input`. */
  readonly donated: ReadonlyMap<number, number>;
  readonly homes: ReadonlyMap<Region, Home>;
  readonly dealing: Target['dealing'];
  /** Bytes of the arena alone, or of each slot. */
  readonly scratch: readonly number[];
  readonly steps: readonly Step[];
}
