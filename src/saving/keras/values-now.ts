import type { TypedArray } from '../../base/dtype.ts';
import { download } from '../../runtime/storage.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';

/**
 * The values of variables at one moment. All are requested before anything is awaited, so that a concurrent training
 * step cannot come between two of them.
 */
export async function valuesNow(
  variables: readonly Variable[],
  valueOf: (v: Variable) => Tensor = (v) => v.held,
): Promise<ReadonlyMap<Variable, TypedArray>> {
  const asked = variables.map((v) => download(valueOf(v)));
  const data = await Promise.all(asked);
  return new Map(variables.map((v, k) => [v, data[k]]));
}
