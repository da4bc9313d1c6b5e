import type { Algebra } from '../algebra/algebra.ts';
import { type Shape, sizeOf } from '../base/shape.ts';
import { type Axis, axis, type Expr, indexOf, load, type Region } from '../ir/expr.ts';
import type { Operand } from '../ir/primitive.ts';
import type { Equation, Tensor } from '../ir/tensor.ts';

/** An equation's formula at the axes of its output, in the algebra's form. */
export interface Formula {
  /** One an axis of the output. */
  readonly axes: readonly Axis[];
  readonly value: Expr;
}

interface Frame {
  readonly axes: readonly Axis[];
  readonly index: readonly Expr[];
}

/** Formulas of tensors. Reads appear as loads from the region that stands for a tensor, with one index per axis. */
export class Formulas {
  declare readonly algebra: Algebra;
  private readonly regions = new Map<Tensor, Region>();
  private readonly tensors = new Map<Region, Tensor>();
  private readonly known = new Map<Tensor, Formula>();
  private readonly frames = new Map<string, Frame>();

  constructor(algebra: Algebra) {
    this.algebra = algebra;
  }

  /** The region that stands for a tensor. */
  regionOf(tensor: Tensor): Region {
    let region = this.regions.get(tensor);
    if (!region) {
      region = { name: `t${this.regions.size}`, shape: tensor.shape, dtype: tensor.dtype };
      this.regions.set(tensor, region);
      this.tensors.set(region, tensor);
    }
    return region;
  }

  /** The tensor that a region stands for; undefined for anything else, such as a loop counter. */
  tensorOf(region: Region): Tensor | undefined {
    return this.tensors.get(region);
  }

  /**
   * Axes for an array of a given shape, and their indices. All arrays of a shape share them, so that formulas have more
   * in common.
   */
  frame(shape: Shape): Frame {
    const key = shape.join();
    let frame = this.frames.get(key);
    if (!frame) {
      const axes = shape.map((size, d) => axis(size, `i${d}`));
      frame = { axes, index: axes.map((a) => this.algebra.simplify(indexOf(a))) };
      this.frames.set(key, frame);
    }
    return frame;
  }

  /** The formula with its operands given by `read`. */
  at(equation: Equation, index: readonly Expr[], read: (x: Tensor, index: readonly Expr[]) => Expr): Expr {
    const operands = equation.inputs.map(
      (x): Operand =>
        Object.assign((...at: (Expr | number)[]) => read(x, this.index(at)), { shape: x.shape, dtype: x.dtype }),
    );
    return this.algebra.simplify(equation.rule.at!(operands, index, equation.attrs, equation.outputs[0]));
  }

  /** The formula of a tensor that an equation computes, in terms of that equation's inputs. */
  of(tensor: Tensor): Formula {
    let formula = this.known.get(tensor);
    if (!formula) {
      const { axes, index } = this.frame(tensor.shape);
      const value = this.at(tensor.equation!, index, (x, at) => load(this.regionOf(x), at));
      formula = { axes, value };
      this.known.set(tensor, formula);
    }
    return formula;
  }

  private index(at: readonly (Expr | number)[]): Expr[] {
    return at.map((i) => (typeof i === 'number' ? this.algebra.constant(i, 'i32') : this.algebra.simplify(i)));
  }
}

/** Whether each index is the axis of its place (or 0, where there is one place only). */
export const isIdentity = (index: readonly Expr[], axes: readonly Axis[]): boolean =>
  index.length === axes.length &&
  index.every((i, d) => (axes[d].size === 1 ? i.op === 'const' : i.op === 'index' && i.axis === axes[d]));

export const elements = (x: { readonly shape: readonly number[] }): number => sizeOf(x.shape);
