import { costOf, loadsOf } from '../../algebra/cost.ts';
import { type Axis, type Expr, flatten, indexOf, type Local, load, readLocal, scalarType } from '../../ir/expr.ts';
import type { Program } from '../../ir/program.ts';
import type { Scope } from '../../ir/scope.ts';
import type { Equation, Tensor } from '../../ir/tensor.ts';
import type { Formulas } from '../formulas.ts';
import { isBarrier } from '../simplify/order.ts';
import { inlinedTensors } from './inline.ts';
import { type Candidate, join } from './join.ts';
import type { Kernel, Source } from './kernel.ts';
import { viewOf } from './views.ts';

/** Kernels that have nothing but their shape in common are merged if they are no larger than this. */
const small = 1 << 14;
/** How many earlier kernels of the same shape are considered. */
const lookBack = 6;
/** A kernel that loads more arrays than this grows no further. */
const manyReads = 24;
/** Nor does one with this many members, or this much arithmetic: its expressions would become too deep. */
const manyMembers = 64;
const muchWork = 900;

/**
 * Decides which equations are computed together: kernels, in an order that respects their dependencies. A tensor joins
 * the kernel of an operand if its elements depend only on elements at the same index; otherwise a later kernel of the
 * same shape; otherwise it starts a new one.
 */
export function group(
  program: Program,
  formulas: Formulas,
  isInside: (t: Tensor) => boolean = () => false,
  arrays = Number.POSITIVE_INFINITY,
): Kernel[] {
  return new Grouping(program, formulas, isInside, arrays).kernels;
}

/** Where a kernel stands that needs nothing but inputs, and where those begin that may need the others. */
const [firstEarly, firstLate] = [-1e9, 0];

class Grouping {
  private readonly placed = new Map<number, Kernel>();
  /** How many stand early, and how many late. */
  private readonly counts = { early: 0, late: 0 };
  declare private readonly formulas: Formulas;
  declare private readonly inlined: ReadonlySet<Tensor>;
  private readonly homes = new Map<Tensor, Kernel>();
  private readonly bySize = new Map<number, Kernel[]>();
  /** The last kernel that reads an input. */
  private readonly lastReader = new Map<Tensor, number>();
  /** Maps a tensor that came through a barrier to the original. */
  private readonly shown = new Map<Tensor, Tensor>();
  private readonly expanded = new Map<string, Expr>();

  /** Tensors that a contraction cannot store because they lie inside larger ones. */
  declare private readonly isInside: (t: Tensor) => boolean;
  /** Arrays that a kernel can touch. */
  declare private readonly arrays: number;
  declare private readonly results: ReadonlySet<Tensor>;

  constructor(program: Program, formulas: Formulas, isInside: (t: Tensor) => boolean, arrays: number) {
    this.arrays = arrays;
    this.results = new Set(program.outputs);
    this.formulas = formulas;
    this.isInside = isInside;
    this.inlined = inlinedTensors(program, formulas);
    const replaces = new Map<Tensor, Tensor>();
    for (const [k, n] of program.donated) replaces.set(program.outputs[k], program.inputs[n]);
    for (const equation of program.equations) {
      const { rule, outputs } = equation;
      if (rule.kind === 'control' || !rule.at) this.custom(equation);
      else if (rule.kind === 'contraction') this.contraction(equation);
      else if (!this.inlined.has(outputs[0])) this.place(this.candidate(outputs[0]), replaces.get(outputs[0]));
    }
  }

  get kernels(): Kernel[] {
    const all = [...this.placed.values()].sort((a, b) => a.position - b.position);
    for (const kernel of all) kernel.scopes = scopesOf(kernel, this.inlined);
    return all;
  }

  private add(kernel: Omit<Kernel, 'position' | 'scopes'>, isEarly = false): Kernel {
    const position = isEarly ? firstEarly + this.counts.early++ : firstLate + this.counts.late++;
    const added = { ...kernel, position, scopes: [] };
    this.placed.set(position, added);
    return added;
  }

  private reads(kernel: Kernel): void {
    for (const t of kernel.reads) {
      const read = this.shown.get(t) ?? t;
      this.lastReader.set(read, Math.max(kernel.position, this.lastReader.get(read) ?? -Infinity));
    }
  }

  private custom(equation: Equation): void {
    const kernel = this.add({
      kind: equation.rule.kind === 'control' ? 'control' : 'custom',
      rows: [],
      columns: [],
      members: [],
      work: 0,
      equation,
      reads: new Set(equation.inputs),
      hasOwnReductions: true,
    });
    for (const y of equation.outputs) this.homes.set(y, kernel);
    if (isBarrier(equation))
      equation.outputs.forEach((y, k) => {
        const x = equation.inputs[k];
        this.shown.set(y, this.shown.get(x) ?? x);
      });
    this.reads(kernel);
  }

  private contraction(equation: Equation): void {
    const { algebra } = this.formulas;
    const tensor = equation.outputs[0];
    const axes = tensor.shape.map((size, d) => ({ name: `o${d}`, size }));
    const sum: Local = { name: 'sum', type: scalarType(tensor.dtype) };
    const operands = equation.inputs.map((x): Source => viewOf(x, (t) => this.inlined.has(t), this.formulas)!);
    const kernel = this.add({
      kind: 'contraction',
      work: 0,
      rows: axes.filter(({ size }) => size !== 1),
      columns: [],
      members: [
        {
          tensor,
          index: axes.map((a) => algebra.simplify(indexOf(a))),
          value: algebra.simplify(readLocal(sum)),
        },
      ],
      equation,
      operands: operands as [Source, Source],
      sum,
      reads: new Set(operands.map((x) => x.tensor)),
      hasOwnReductions: true,
    });
    this.homes.set(tensor, kernel);
    this.reads(kernel);
  }

  /** A tensor's formula, with those of inlined tensors substituted. */
  private candidate(tensor: Tensor): Candidate {
    const { axes, index: place } = this.formulas.frame(tensor.shape);
    const whole = this.expand(tensor, place);
    const reduction = whole.op === 'reduce' && this.isAlongRows(whole, axes) ? whole : undefined;
    const value = reduction ? reduction.body : whole;
    return {
      tensor,
      index: place,
      axes: axes.filter(({ size }) => size !== 1),
      value,
      loads: loadsOf(value).flatMap(({ from, index }) => {
        const x = this.formulas.tensorOf(from);
        return x ? [{ tensor: x, index }] : [];
      }),
      ...(reduction && { rowReduction: reduction }),
      hasOwnReductions: hasReduction(value),
    };
  }

  private expand(tensor: Tensor, index: readonly Expr[]): Expr {
    const { algebra } = this.formulas;
    const key = `${algebra.id(tensor)}:${index.map((i) => algebra.id(i)).join()}`;
    let value = this.expanded.get(key);
    if (!value) {
      value = this.formulas.at(tensor.equation!, index, (x, at) =>
        this.inlined.has(x) ? this.expand(x, at) : algebra.simplify(load(this.formulas.regionOf(x), at)),
      );
      this.expanded.set(key, value);
    }
    return value;
  }

  /** Whether the reduced elements are closer together in memory than the kept ones. */
  private isAlongRows(e: Expr & { op: 'reduce' }, kept: readonly Axis[]): boolean {
    const { algebra } = this.formulas;
    const inner = kept.findLast(({ size }) => size !== 1);
    const last = e.axes.at(-1);
    if (hasReduction(e.body)) return false;
    if (!inner) return true;
    let balance = 0;
    for (const { from, index } of loadsOf(e.body)) {
      const { terms } = algebra.form(algebra.simplify(flatten(index, from.shape)));
      const steps = new Map([...terms].map(([x, c]) => [x.op === 'index' ? x.axis : undefined, Math.abs(c)]));
      // A load that is constant along the row does not count against it.
      if (steps.has(last)) balance += (steps.get(last) === 1 ? 1 : 0) - (steps.get(inner) === 1 ? 1 : 0);
    }
    return balance > 0;
  }

  private place(candidate: Candidate, replaced: Tensor | undefined): void {
    let after = replaced ? (this.lastReader.get(replaced) ?? -Infinity) : -Infinity;
    for (const { tensor } of candidate.loads) after = Math.max(after, this.homes.get(tensor)?.position ?? -Infinity);
    // What small arrays of weights become comes first, such as the factors of a normalisation: a tail may read it then.
    const isEarly = !replaced && after < firstLate && elementsOf(candidate) <= small;
    const kernel = this.find(candidate, after) ?? this.fresh(candidate, isEarly);
    this.homes.set(candidate.tensor, kernel);
    this.reads(kernel);
  }

  private fresh(candidate: Candidate, isEarly: boolean): Kernel {
    const { axes, rowReduction, hasOwnReductions } = candidate;
    const kernel = this.add(
      {
        kind: 'loops',
        rows: axes.map((a) => ({ ...a })),
        columns: (rowReduction?.axes ?? []).map((a) => ({ ...a })),
        members: [],
        work: 0,
        reads: new Set(),
        hasOwnReductions,
      },
      isEarly,
    );
    join(kernel, candidate, this.formulas.algebra);
    const size = frameSize(kernel);
    const list = this.bySize.get(size);
    if (list) list.push(kernel);
    else this.bySize.set(size, [kernel]);
    return kernel;
  }

  private find(candidate: Candidate, after: number): Kernel | undefined {
    const { algebra } = this.formulas;
    const near = this.placed.get(after);
    const needs = candidate.loads.some(({ tensor }) => near && this.homes.get(tensor) === near);
    if (near && needs && this.accepts(near, candidate) && join(near, candidate, algebra)) return near;
    const size = elementsOf(candidate);
    const list = this.bySize.get(size) ?? [];
    for (let k = list.length - 1; k >= Math.max(0, list.length - lookBack); k--) {
      const kernel = list[k];
      if (kernel.position < after || (kernel === near && needs)) continue;
      const related = size <= small || candidate.loads.some(({ tensor }) => kernel.reads.has(tensor));
      if (related && this.accepts(kernel, candidate) && join(kernel, candidate, algebra)) return kernel;
    }
    return undefined;
  }

  /** A lower bound on the arrays a kernel touches with one more member: its reads, and results of the program. */
  private arraysWith(kernel: Kernel, candidate: Candidate): number {
    const own = new Set(kernel.members.map((m) => m.tensor));
    const reads = new Set(kernel.reads);
    for (const { tensor } of candidate.loads) if (!own.has(tensor)) reads.add(tensor);
    let writes = 1;
    for (const t of own) if (this.results.has(t)) writes++;
    return reads.size + writes;
  }

  private accepts(kernel: Kernel, candidate: Candidate): boolean {
    if (kernel.kind === 'contraction' && this.isInside(candidate.tensor)) return false;
    if (kernel.members.length > 0 && this.arraysWith(kernel, candidate) > this.arrays) return false;
    if (kernel.reads.size >= manyReads || kernel.members.length >= manyMembers) return false;
    return kernel.members.length === 0 || kernel.work + costOf(candidate.value) <= muchWork;
  }
}

/** The layers for which a kernel computes something, what it never stores included. */
function scopesOf({ equation, members }: Kernel, inlined: ReadonlySet<Tensor>): readonly Scope[] {
  const seen = new Set<Equation>();
  const found = new Map<string, Scope>();
  const visit = (each: Equation): void => {
    if (seen.has(each)) return;
    seen.add(each);
    const { scope, inputs } = each;
    // Constants are shared by whoever needs them.
    if (scope && inputs.length > 0) found.set(`${scope.path} ${scope.isBackward}`, scope);
    for (const x of inputs) if (x.equation && inlined.has(x)) visit(x.equation);
  };
  if (equation) visit(equation);
  for (const { tensor } of members) visit(tensor.equation!);
  return [...found.values()];
}

const hasReduction = (e: Expr): boolean => {
  const seen = new Set<Expr>();
  const visit = (x: Expr): boolean => {
    if (seen.has(x)) return false;
    seen.add(x);
    if (x.op === 'reduce') return true;
    return (x.op === 'apply' ? x.args : x.op === 'load' ? x.index : []).some(visit);
  };
  return visit(e);
};

const elementsOf = ({ axes, rowReduction }: Candidate): number =>
  [...axes, ...(rowReduction?.axes ?? [])].reduce((n, a) => n * a.size, 1);

const frameSize = ({ rows, columns }: Kernel): number => [...rows, ...columns].reduce((n, a) => n * a.size, 1);
