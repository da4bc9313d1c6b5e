import {
  add,
  cast,
  divide,
  expandDims,
  maximum,
  mean,
  moments,
  multiply,
  square,
  subtract,
  sum,
} from '../../ops/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';

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

/** `moving = moving · momentum + value · (1 - momentum)`. */
export function follow(moving: Variable, value: Tensor, momentum: number): void {
  const old = moving.value;
  moving.assign(add(multiply(old, momentum), multiply(cast(value, old.dtype), 1 - momentum)));
}
