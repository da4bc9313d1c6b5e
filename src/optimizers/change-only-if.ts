import { where } from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';

/** Lets `change` assign the variables, and keeps what it assigned only where the condition holds. */
export function changeOnlyIf(condition: Tensor, variables: readonly Variable[], change: () => void): void {
  const before = variables.map((v) => v.read());
  change();
  variables.forEach((v, k) => {
    const after = v.read();
    if (after !== before[k]) v.assign(where(condition, after, before[k]));
  });
}
