import { type Expr, flatten, load } from '../../ir/expr.ts';
import type { Tensor } from '../../ir/tensor.ts';
import type { Formulas } from '../formulas.ts';
import type { Source } from './kernel.ts';

/**
 * A tensor as a view of a stored one: where each of its elements is found. Undefined if its elements are computed, or
 * not evenly spaced. `inlined` says which tensors to look through.
 */
export function viewOf(tensor: Tensor, inlined: (t: Tensor) => boolean, formulas: Formulas): Source | undefined {
  const { algebra } = formulas;
  const read = (t: Tensor, index: readonly Expr[]): Expr => {
    const { equation } = t;
    if (!inlined(t) || !equation?.rule.at || equation.rule.kind !== 'movement')
      return load(formulas.regionOf(t), index);
    return formulas.at(equation, index, read);
  };
  const { axes, index } = formulas.frame(tensor.shape);
  const value = algebra.simplify(read(tensor, index));
  if (value.op !== 'load') return undefined;
  const base = formulas.tensorOf(value.from);
  if (!base) return undefined;
  const { constant, terms } = algebra.form(algebra.simplify(flatten(value.index, base.shape)));
  if (base.dtype !== tensor.dtype) return undefined;
  const strides = axes.map(() => 0);
  for (const [x, c] of terms) {
    if (x.op !== 'index') return undefined;
    const d = axes.indexOf(x.axis);
    if (d < 0) return undefined;
    strides[d] = c;
  }
  return { tensor: base, view: { offset: constant, strides } };
}
