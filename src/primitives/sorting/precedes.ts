import { apply, type Expr } from '../../ir/expr.ts';

export interface SortAttrs {
  readonly axis: number;
  /** Largest first. NaN counts as larger than all, in either direction; equal elements keep their order. */
  readonly descending: boolean;
}

/** Whether a sorts before b. */
export function precedes(a: Expr, b: Expr, descending: boolean): Expr {
  const plain = apply(descending ? 'gt' : 'lt', a, b);
  if (a.type !== 'f32' && a.type !== 'f64') return plain;
  const [nan, number] = descending ? [a, b] : [b, a];
  return apply('or', plain, apply('and', apply('ne', nan, nan), apply('eq', number, number)));
}
