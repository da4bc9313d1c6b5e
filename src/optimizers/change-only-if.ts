import { where } from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';

/** Runs `change`, and keeps what it assigned to the variables only if the condition holds. */
export function changeOnlyIf(condition: Tensor, variables: readonly Variable[], change: () => void): void {
  const before = variables.map((v) => v.read());
  change();
  variables.forEach((v, k) => {
    const after = v.read();
    if (after !== before[k]) v.assign(where(condition, after, before[k]));
  });
}
