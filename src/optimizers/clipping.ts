import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';

interface Limits {
  readonly clipnorm: number | null;
  readonly globalClipnorm: number | null;
  readonly clipvalue: number | null;
}
const squares = (x: Tensor): Tensor => ops.sum(ops.square(x));

/** A gradient scaled down to a norm. */
function byNorm(g: Tensor, limit: number): Tensor {
  const norm = ops.sqrt(squares(g));
  return ops.divide(ops.multiply(g, limit), ops.maximum(norm, limit));
}
/** All gradients, scaled down so that their joint norm does not exceed the limit; an infinite norm makes them NaN. */
function byGlobalNorm(gradients: readonly Tensor[], limit: number): Tensor[] {
  const norm = ops.sqrt(gradients.map(squares).reduce((a, b) => ops.add(a, b)));
  const finite = ops.multiply(ops.minimum(ops.divide(1, norm), 1 / limit), limit);
  const scale = ops.add(finite, ops.subtract(norm, norm));
  return gradients.map((g) => ops.multiply(g, scale));
}

/** Gradients within the limits that are set. */
export function clipGradients(gradients: readonly Tensor[], limits: Limits): readonly Tensor[] {
  const { clipnorm, globalClipnorm, clipvalue } = limits;
  if (clipnorm) return gradients.map((g) => byNorm(g, clipnorm));
  if (globalClipnorm) return byGlobalNorm(gradients, globalClipnorm);
  if (clipvalue) return gradients.map((g) => ops.clip(g, -clipvalue, clipvalue));
  return gradients;
}
