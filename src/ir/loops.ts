import type { Axis, Combine, Expr, Local, Region, Scalar } from './expr.ts';
import { int, readLocal } from './expr.ts';

/**
 * Loop nests: what a kernel does, with no assumption about the machine. A `for` runs its axis over 0 … size-1:
 * `parallel` says that the iterations are independent and may be dealt out to threads, `vector` that they are
 * independent (or meet only in `accumulate`) and may run in lanes. `share` is set in plans: threads divide the iterations, so
 * many at a time. A `store` with `combine` merges with the element already there.
 */
export type Stmt =
  | {
      readonly op: 'for';
      readonly axis: Axis;
      readonly mode: 'serial' | 'parallel' | 'vector';
      readonly share?: number;
      readonly body: readonly Stmt[];
    }
  | { readonly op: 'while'; readonly condition: Expr; readonly body: readonly Stmt[] }
  | { readonly op: 'if'; readonly condition: Expr; readonly then: readonly Stmt[]; readonly otherwise: readonly Stmt[] }
  | { readonly op: 'set'; readonly local: Local; readonly value: Expr }
  | { readonly op: 'accumulate'; readonly local: Local; readonly combine: Combine; readonly value: Expr }
  | {
      readonly op: 'store';
      readonly to: Region;
      readonly index: readonly Expr[];
      readonly value: Expr;
      readonly combine?: Combine;
    };

export const loop = (axis: Axis, body: readonly Stmt[], mode: 'serial' | 'parallel' | 'vector' = 'serial'): Stmt => ({
  op: 'for',
  axis,
  mode,
  body,
});
export const loops = (
  axes: readonly Axis[],
  body: readonly Stmt[],
  mode: 'serial' | 'parallel' | 'vector' = 'serial',
): readonly Stmt[] => axes.reduceRight<readonly Stmt[]>((inner, axis) => [loop(axis, inner, mode)], body);
export const store = (to: Region, index: readonly Scalar[], value: Expr, combine?: Combine): Stmt => ({
  op: 'store',
  to,
  index: index.map(int),
  value,
  ...(combine && { combine }),
});
export const set = (local: Local, value: Expr): Stmt => ({ op: 'set', local, value });
export const accumulate = (local: Local, combine: Combine, value: Expr): Stmt => ({
  op: 'accumulate',
  local,
  combine,
  value,
});
export const when = (condition: Expr, then: readonly Stmt[], otherwise: readonly Stmt[] = []): Stmt => ({
  op: 'if',
  condition,
  then,
  otherwise,
});
export const whileLoop = (condition: Expr, body: readonly Stmt[]): Stmt => ({ op: 'while', condition, body });
export { readLocal };
