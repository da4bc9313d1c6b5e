import type { Axis, Combine, Expr, Local } from '../../ir/expr.ts';
import type { Scope } from '../../ir/scope.ts';
import type { Equation, Tensor } from '../../ir/tensor.ts';
import type { View } from '../plan.ts';

/** A tensor that a kernel computes, in terms of the kernel's axes. */
export interface Member {
  readonly tensor: Tensor;
  /** For each axis of the tensor, the kernel axis it corresponds to (or 0 where the size is 1). */
  readonly index: readonly Expr[];
  /** Loads have one index per axis; tensors of the same kernel are loaded at exactly their `index`. */
  readonly value: Expr;
  /** The value is combined over the kernel's columns. */
  readonly combine?: Combine;
}

/**
 * A future step. `loops`: over rows; reductions, and members that use the columns, run over the columns of each row,
 * pass after pass. `contraction`: each sum of products goes through the other members before it is stored. `custom`:
 * the loop nest supplied by its primitive. `control`: sub-programs.
 */
export interface Kernel {
  readonly kind: 'loops' | 'contraction' | 'custom' | 'control';
  readonly position: number;
  rows: readonly Axis[];
  columns: readonly Axis[];
  readonly members: Member[];
  /** Unless the kernel is `loops`: the equation it performs. */
  readonly equation?: Equation;
  readonly operands?: readonly [Source, Source];
  readonly sum?: Local;
  /** Tensors it loads that are inputs or computed by other kernels. */
  readonly reads: Set<Tensor>;
  /** The layers for which it computes something. */
  scopes: readonly Scope[];
  /** Arithmetic for one element of each member. */
  work: number;
  /** Formulas in it that reduce over axes of their own. */
  hasOwnReductions: boolean;
}

/** An operand that is read as it stands, through a view of another tensor. */
export interface Source {
  readonly tensor: Tensor;
  readonly view: View;
}
