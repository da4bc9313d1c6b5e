import { range } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { transpose } from '../movement.ts';
import { type ScatterAttrs, scatter } from './indexed.ts';

export { type ScatterAttrs, scatter };

/** `out[…, indices[…, i, …], …] ∘= updates[…, i, …]` along one axis; all other axes of x, updates and indices are equal. */
export function scatterAlong(
  x: Tensor,
  updates: Tensor,
  indices: Tensor,
  { axis: d, combine }: { axis: number; combine: ScatterAttrs['combine'] },
): Tensor {
  const last = x.shape.length - 1;
  const attrs: ScatterAttrs = { batch: last, axes: [last], combine };
  if (d === last) return scatter(x, updates, [indices], attrs);
  const toLast = { perm: [...range(x.shape.length).filter((k) => k !== d), d] };
  const out = scatter(transpose(x, toLast), transpose(updates, toLast), [transpose(indices, toLast)], attrs);
  return transpose(out, { perm: range(x.shape.length).map((k) => toLast.perm.indexOf(k)) });
}
