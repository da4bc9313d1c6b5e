import type { DType } from '../base/dtype.ts';
import { type Shape, showShape } from '../base/shape.ts';
import type { Expr, Region, Scalar } from './expr.ts';
import type { Stmt } from './loops.ts';
import type { Scope } from './scope.ts';

/** What is known of a value before it is computed. */
export interface Aval {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A primitive applied to inputs: one line of a program. */
export interface Equation {
  readonly rule: Rule;
  readonly inputs: readonly Tensor[];
  readonly attrs: unknown;
  readonly outputs: readonly Tensor[];
  /** Undefined if no layer records it. */
  readonly scope: Scope | undefined;
}

/** Bytes that are held somewhere: runtime/ knows where, and frees them. */
export interface Storage {
  readonly bytes: number;
}

/** Where a tensor's value comes from: an equation's output, bytes, or (neither) an input of the program being recorded. */
export interface Origin {
  /** The equation whose output it is. */
  readonly equation?: Equation;
  /** Which of its outputs. */
  readonly index?: number;
  /** The bytes that hold it. */
  readonly storage?: Storage;
  /** Real and imaginary part of a complex tensor, which consists of nothing else. */
  readonly parts?: readonly [re: Tensor, im: Tensor];
  /** The elements of a tensor of strings, row by row: they stay on the host. */
  readonly strings?: readonly string[];
}

let created = 0;

/**
 * An immutable array with a shape and a dtype: concrete (it has `storage`), the output of an equation of a program being
 * recorded, or an input of that program. Higher ranks add the methods that users call.
 */
export class Tensor implements Aval {
  /** Size of each axis; `[]` for a single number. Of a symbolic tensor, sizes may be null. */
  declare readonly shape: Shape;
  /** The type of its elements: `float32`, `int32`, `bool`, … */
  declare readonly dtype: DType;
  declare readonly equation: Equation | undefined;
  /** Which output of the equation this is. */
  declare readonly index: number;
  declare storage: Storage | undefined;
  /** Real and imaginary part if the dtype is complex: they have equations and storage, the tensor itself has none. */
  declare readonly parts: readonly [re: Tensor, im: Tensor] | undefined;
  /** The elements if they are strings: no program sees them. */
  declare readonly strings: readonly string[] | undefined;
  /** Rises with creation: inputs of an equation are older than its outputs. */
  declare readonly serial: number;

  constructor(aval: Aval, origin: Origin = {}) {
    this.shape = aval.shape;
    this.dtype = aval.dtype;
    this.equation = origin.equation;
    this.index = origin.index ?? 0;
    this.storage = origin.storage;
    this.parts = origin.parts;
    this.strings = origin.strings;
    this.serial = created++;
  }
  /** Number of axes. */
  get ndim(): number {
    return this.shape.length;
  }
}

/** The serial of the next tensor: tensors made from now on have this one or a larger one. */
export const nextSerial = (): number => created;

export const showAval = ({ shape, dtype }: Aval): string => `${dtype}${showShape(shape)}`;

// Tensors, equations, rules and programs refer to each other: in one file, so that no files import each other in a circle.

/** A function over tensors, recorded: inputs, the equations in order, outputs. Sub-programs of control flow are programs too. */
export interface Program {
  /** What errors and reports call the program. */
  readonly name: string;
  /** Placeholders of the values that a run is given, in order. */
  readonly inputs: readonly Tensor[];
  /** The steps, each after those whose results it uses. */
  readonly equations: readonly Equation[];
  /** The tensors whose values a run returns, in order. */
  readonly outputs: readonly Tensor[];
  /**
   * Inputs whose bytes an output may take over, by output: `donated[k]` is the position of the input that output k replaces
   * in place. This is how variables are updated.
   */
  readonly donated: ReadonlyMap<number, number>;
}

/**
 * The kind of work that a primitive does: the compiler asks for this, never for its name.
 * `elementwise`: inputs and output have one shape, element i needs elements i. `movement`: each output element is one input
 * element or a constant (views, pads, concatenation, gathers). `generator`: no tensor inputs that are read at many places
 * (iota, fill, random bits). `reduce`: `at` is one reduction over an axis or more. `window`: a reduction over a window that
 * slides. `contraction`: sums of products (dot, conv). `loops`: no formula but a loop nest. `control`: runs sub-programs.
 */
export type Kind = 'elementwise' | 'movement' | 'generator' | 'reduce' | 'window' | 'contraction' | 'loops' | 'control';

/** An input of a formula: call it with one index per axis. */
export interface Operand extends Aval {
  (...index: Scalar[]): Expr;
}

export interface SampleInput {
  readonly shape: Shape;
  /** float32 by default. */
  readonly dtype?: DType;
  /** Random values lie in [low, high); from -1 to 1 by default. */
  readonly low?: number;
  readonly high?: number;
  /** The values themselves, if random ones make no sense. */
  readonly values?: readonly number[];
}
export interface Sample<A> {
  readonly inputs: readonly SampleInput[];
  readonly attrs: A;
}

/** What a gradient rule may ask of the autodiff above it. */
export interface VjpContext {
  /** Gradients of `outputs`, seeded with `seeds`, with respect to `wrt`; null where there is none. */
  gradients(outputs: readonly Tensor[], seeds: readonly (Tensor | null)[], wrt: readonly Tensor[]): (Tensor | null)[];
}

/** What a loop nest is built from; `scratch` gives temporary arrays. */
type Parts<A> = [
  inputs: readonly Region[],
  outputs: readonly Region[],
  attrs: A,
  scratch: (aval: Aval, name: string) => Region,
];

type Gradients = readonly (Tensor | null)[];

/** An axis that a window slides along: element `q·stride + t·dilation − low` of the left operand's, spread out by `spacing`. */
export interface SlidingAxis {
  /** The axis in the left operand, that of the taps t in the right one, and that of the positions q in the result. */
  readonly left: number;
  readonly right: number;
  readonly out: number;
  readonly stride: number;
  readonly dilation: number;
  readonly spacing: number;
  readonly low: number;
}
/** How a contraction sums products, by the axes of its operands and its result. */
export interface Contraction {
  readonly batch: readonly (readonly [left: number, right: number, out: number])[];
  /** Axes of one operand that the result also has. */
  readonly lines: readonly [
    left: readonly (readonly [axis: number, out: number])[],
    right: readonly (readonly [axis: number, out: number])[],
  ];
  /** Axes that are summed over. */
  readonly depth: readonly (readonly [left: number, right: number])[];
  readonly windows: readonly SlidingAxis[];
}

/** All that there is to know about a primitive. */
export interface Rule<A = any> {
  readonly name: string;
  readonly kind: Kind;
  /** Shape and dtype of the result, or of each result. */
  result(inputs: readonly Aval[], attrs: A): Aval | readonly Aval[];
  /** The formula of the output element at `index`. */
  at?(inputs: readonly Operand[], index: readonly Expr[], attrs: A, out: Aval): Expr;
  /** What a contraction sums, for kernels that work in blocks. */
  contraction?(inputs: readonly Aval[], attrs: A): Contraction;
  /** The loop nest that fills the outputs, if there is no formula. */
  loops?(...parts: Parts<A>): readonly Stmt[];
  /** The same for machines with thousands of threads, where several share a line; `loops` is used if this is absent. */
  wideLoops?(...parts: Parts<A>): readonly Stmt[];
  /** Gradients of the inputs (null: none), from that of the only output, in terms of primitives. */
  vjp?(g: Tensor, inputs: readonly Tensor[], attrs: A, out: Tensor, context: VjpContext): Gradients;
  /** The same for a primitive with many outputs; a null among `g` is an output that nothing depends on. */
  vjpMany?(
    g: Gradients,
    inputs: readonly Tensor[],
    attrs: A,
    outputs: readonly Tensor[],
    context: VjpContext,
  ): Gradients;
  /** The programs that a control primitive runs. */
  programs?(attrs: A): readonly Program[];
  /** Inputs and attributes from which tests derive: gradient against finite differences, every device against the reference. */
  readonly samples: readonly Sample<A>[];
}

type Args<In extends readonly unknown[], A> = A extends void ? In : [...In, attrs: A];
export interface Primitive<In extends readonly unknown[], A = void, Out = Tensor> {
  (...args: Args<In, A>): Out;
  readonly rule: Rule<A>;
}
