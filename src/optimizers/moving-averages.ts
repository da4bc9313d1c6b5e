import type { Tensor } from '../ir/tensor.ts';
import { add, cast, equal, mod, multiply, notEqual, subtract, where } from '../ops/index.ts';
import type { Variable } from '../tensor/index.ts';

interface AveragingOptions {
  /** Weight of the previous average. */
  readonly emaMomentum: number;
  /** Number of steps after which the averages replace the weights; null for never. */
  readonly emaOverwriteFrequency: number | null;
}

/** Updates the averages with the values of the variables; `iterations` counts the steps before this one. */
export function updateAverages(
  averages: ReadonlyMap<Variable, Variable>,
  iterations: Tensor,
  { emaMomentum, emaOverwriteFrequency }: AveragingOptions,
): void {
  for (const [variable, average] of averages) {
    // The first average is the weight itself.
    const momentum = multiply(cast(notEqual(iterations, 0), variable.dtype), emaMomentum);
    const value = variable.read();
    const next = average.assign(add(multiply(momentum, average.read()), multiply(subtract(1, momentum), value)));
    if (emaOverwriteFrequency === null) continue;
    const isDue = equal(mod(add(iterations, 1), emaOverwriteFrequency), 0);
    variable.assign(where(isDue, next, value));
  }
}
