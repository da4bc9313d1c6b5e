import { range } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { transpose } from '../movement.ts';
import { type GatherAttrs, gather } from './indexed.ts';

export { type GatherAttrs, gather };

/** `out[…, i, …] = x[…, indices[…, i, …], …]` along one axis; all other axes of x and the indices are equal. */
export function gatherAlong(
  x: Tensor,
  indices: Tensor,
  { axis, mode, fill }: { axis: number; mode: 'clamp' | 'fill'; fill: number },
): Tensor {
  const rank = x.shape.length;
  const attrs: GatherAttrs = { batch: rank - 1, axes: [rank - 1], mode, fill };
  if (axis === rank - 1) return gather(x, [indices], attrs);
  const toLast = [...range(rank).filter((d) => d !== axis), axis];
  const out = gather(transpose(x, { perm: toLast }), [transpose(indices, { perm: toLast })], attrs);
  return transpose(out, { perm: range(rank).map((d) => toLast.indexOf(d)) });
}
