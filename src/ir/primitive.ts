import type { DType } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { noSize, type Shape, showShape } from '../base/shape.ts';
import { applyToPairs, meetsComplex } from './complex.ts';
import type { Expr, Region, Scalar } from './expr.ts';
import { load } from './expr.ts';
import type { Stmt } from './loops.ts';
import type { Program } from './program.ts';
import { type Aval, type Equation, Tensor } from './tensor.ts';

/**
 * What kind of work a primitive is: the one thing the compiler asks instead of its name.
 * `elementwise`: inputs and output have one shape, element i needs elements i. `movement`: each output element is one input
 * element or a constant (views, pads, concatenation, gathers). `generator`: no tensor inputs that are read at many places
 * (iota, fill, random bits). `reduce`: `at` is one reduction over an axis or more. `window`: a reduction over a window that
 * slides. `contraction`: sums of products (dot, conv). `loops`: no formula but a loop nest. `control`: runs sub-programs.
 */
export type Kind = 'elementwise' | 'movement' | 'generator' | 'reduce' | 'window' | 'contraction' | 'loops' | 'control';

/** An input of a formula: call it with one index an axis. */
export interface Operand extends Aval {
  (...index: Scalar[]): Expr;
}

export interface SampleInput {
  readonly shape: Shape;
  /** float32 when absent. */
  readonly dtype?: DType;
  /** Random values lie in [low, high); -1 and 1 when absent. */
  readonly low?: number;
  readonly high?: number;
  /** The values themselves, where random ones do not make sense. */
  readonly values?: readonly number[];
}
export interface Sample<A> {
  readonly inputs: readonly SampleInput[];
  readonly attrs: A;
}

/** What a gradient rule may ask of the autodiff above it. */
export interface VjpContext {
  /** Gradients of `outputs`, seeded with `seeds`, with respect to `wrt`; null where nothing flows. */
  gradients(outputs: readonly Tensor[], seeds: readonly (Tensor | null)[], wrt: readonly Tensor[]): (Tensor | null)[];
}

/** What a loop nest is made of; `scratch` gives temporary arrays. */
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
  /** Axes of one operand that the result has too. */
  readonly lines: readonly [
    left: readonly (readonly [axis: number, out: number])[],
    right: readonly (readonly [axis: number, out: number])[],
  ];
  /** Axes that are summed over. */
  readonly depth: readonly (readonly [left: number, right: number])[];
  readonly windows: readonly SlidingAxis[];
}

/** Everything that is known of a primitive. */
export interface Rule<A = any> {
  readonly name: string;
  readonly kind: Kind;
  /** Shape and dtype of the result, or of each result. */
  result(inputs: readonly Aval[], attrs: A): Aval | readonly Aval[];
  /** The formula of the output element at `index`. */
  at?(inputs: readonly Operand[], index: readonly Expr[], attrs: A, out: Aval): Expr;
  /** What a contraction's formula sums, for kernels that do it in blocks. */
  contraction?(inputs: readonly Aval[], attrs: A): Contraction;
  /** The loop nest that fills the outputs, for what is no formula. */
  loops?(...parts: Parts<A>): readonly Stmt[];
  /** The same for machines of thousands of threads, which must share a single line too; `loops` serves where absent. */
  wideLoops?(...parts: Parts<A>): readonly Stmt[];
  /** Gradients for the inputs (null: none flows), from that of the only output, in primitives. */
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

/** Records the primitive applied to tensors, and gives its outputs. */
export function bind<A>(rule: Rule<A>, inputs: readonly Tensor[], attrs: A): Tensor | readonly Tensor[] {
  if (meetsComplex(inputs, attrs)) return applyToPairs(rule as Rule, inputs, attrs, bind);
  const result = rule.result(inputs, attrs);
  const outputs: Tensor[] = [];
  const equation: Equation = { rule, inputs, attrs, outputs };
  const avals: readonly Aval[] = Array.isArray(result) ? result : [result as Aval];
  for (const { shape } of avals)
    if (noSize(shape) !== undefined)
      fail(
        `primitive ${rule.name}`,
        `shape ${showShape(shape)} holds something that is no size`,
        'give whole numbers of at least 0',
      );
  avals.forEach((aval, index) => outputs.push(new Tensor(aval, { equation, index })));
  return Array.isArray(result) ? outputs : outputs[0]!;
}

/** Declares a primitive and returns the function that records it: tensors first, then the attributes. */
export function primitive<In extends readonly Tensor[], A = void, Out = Tensor>(
  name: string,
  rule: Omit<Rule<A>, 'name'>,
): Primitive<In, A, Out> {
  const named: Rule<A> = { name, ...rule };
  const record = (...args: unknown[]): unknown => {
    const last = args[args.length - 1];
    const count = args.length === 0 || last instanceof Tensor ? args.length : args.length - 1;
    return bind(named, args.slice(0, count) as Tensor[], args[count] as A);
  };
  return Object.assign(record, { rule: named }) as unknown as Primitive<In, A, Out>;
}

/** An operand that reads a region. */
export const operand = (region: Region): Operand =>
  Object.assign((...index: Scalar[]) => load(region, index), { shape: region.shape, dtype: region.dtype });
