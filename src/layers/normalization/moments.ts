import {
  add,
  cast,
  divide,
  divideNoNan,
  expandDims,
  full,
  greater,
  maximum,
  mean,
  moments,
  multiply,
  square,
  subtract,
  sum,
} from '../../ops/index.ts';
import type { Replicas, Tensor, Variable } from '../../tensor/index.ts';

/** Mean and variance over axes; with a mask, over the positions where it is true. */
export function batchMoments(x: Tensor, axis: readonly number[], mask: Tensor | null | undefined): [Tensor, Tensor] {
  if (!mask) return moments(x, axis);
  const weight = expandDims(cast(mask, x.dtype), -1);
  const count = maximum(sum(multiply(weight, cast(1, x.dtype)), { axis, keepdims: true }), 1e-7);
  const share = (y: Tensor): Tensor => divide(sum(multiply(y, weight), { axis, keepdims: true }), count);
  const centre = share(x);
  const spread = share(square(subtract(x, centre)));
  const squeeze = (y: Tensor): Tensor => mean(y, { axis });
  return [squeeze(centre), squeeze(spread)];
}

/**
 * Mean and variance of the batches of all replicas, from those of this one. Sums are taken about a value that all have in
 * common, the moving mean, so that little cancels.
 */
export function momentsOfAll(
  { share, sum: total }: Replicas,
  [own, spread]: readonly [Tensor, Tensor],
  count: Tensor,
  origin: Tensor,
): [Tensor, Tensor] {
  const counted = multiply(count, cast(greater(share, 0), count.dtype));
  const offset = subtract(own, origin);
  const squares = add(spread, square(offset));
  const [n, first, second] = total([counted, multiply(counted, offset), multiply(counted, squares)]) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const centre = divideNoNan(first, n);
  return [add(origin, centre), maximum(subtract(divideNoNan(second, n), square(centre)), 0)];
}
/** How many values of each channel there are; with a mask, where it is true. */
export function countOf(x: Tensor, axis: readonly number[], mask: Tensor | null | undefined): Tensor {
  if (mask) return sum(cast(mask, x.dtype));
  return full(
    [],
    axis.reduce((n, d) => n * x.shape[d]!, 1),
    { dtype: x.dtype },
  );
}

/** `moving = moving · momentum + value · (1 - momentum)`. */
export function follow(moving: Variable, value: Tensor, momentum: number): void {
  const old = moving.value;
  moving.assign(add(multiply(old, momentum), multiply(cast(value, old.dtype), 1 - momentum)));
}
