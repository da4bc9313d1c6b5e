import {
  add,
  clip,
  divide,
  greater,
  maximum,
  minimum,
  multiply,
  sqrt,
  square,
  subtract,
  sum,
  where,
} from '../ops/index.ts';
import type { Tensor } from '../tensor/index.ts';

interface Limits {
  readonly clipnorm: number | null;
  readonly globalClipnorm: number | null;
  readonly clipvalue: number | null;
}

/** Gradients cut to the limits that an optimizer sets. */
export function clipGradients(
  gradients: readonly Tensor[],
  { clipnorm, globalClipnorm, clipvalue }: Limits,
): readonly Tensor[] {
  if (clipnorm !== null && clipnorm > 0) return gradients.map((g) => clipByNorm(g, clipnorm));
  if (globalClipnorm !== null && globalClipnorm > 0) return clipByGlobalNorm(gradients, globalClipnorm);
  if (clipvalue !== null && clipvalue > 0) return gradients.map((g) => clip(g, -clipvalue, clipvalue));
  return gradients;
}

function clipByNorm(g: Tensor, limit: number): Tensor {
  const squares = sum(square(g));
  const isPositive = greater(squares, 0);
  const norm = where(isPositive, sqrt(where(isPositive, squares, 1)), squares);
  return divide(multiply(g, limit), maximum(norm, limit));
}
function clipByGlobalNorm(gradients: readonly Tensor[], limit: number): Tensor[] {
  const norm = sqrt(gradients.map((g) => sum(square(g))).reduce((a, b) => add(a, b)));
  // An infinite norm makes every gradient NaN, as it should be seen.
  const scale = add(multiply(minimum(divide(1, norm), 1 / limit), limit), subtract(norm, norm));
  return gradients.map((g) => multiply(g, scale));
}
