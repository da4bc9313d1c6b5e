import type { DType } from '../base/dtype.ts';
import type { Shape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import { asTensor } from '../tensor/like.ts';
import { atPath } from '../tensor/scopes.ts';
import { type InitialValue, Variable } from '../tensor/variable.ts';

/** A variable of an optimizer, whose path begins with the optimizer's name wherever it is made. */
export const makeVariable = (
  owner: string,
  name: string,
  shape: Shape,
  dtype: DType,
  initial: InitialValue | number = 0,
): Variable =>
  atPath(
    [owner],
    () =>
      new Variable(
        typeof initial === 'number' ? (s, { dtype: type }) => ops.full(s, initial, { dtype: type }) : initial,
        {
          name,
          shape,
          dtype,
          trainable: false,
          aggregation: 'only_first_replica',
        },
      ),
  );

/** Runs `f`, whose assignments to the given variables hold only where the condition is true. */
export function assignOnlyIf(condition: Tensor, variables: readonly Variable[], f: () => void): void {
  const before = variables.map((v) => v.value);
  f();
  variables.forEach((v, k) => {
    const after = v.value;
    if (after !== before[k]) v.assign(ops.where(condition, after, before[k]!));
  });
}

/** Adds to a variable. */
export const assignAdd = (variable: Variable, x: Tensor): void =>
  void variable.assign(ops.add(variable.value, asTensor(x, variable.dtype)));
/** Subtracts from a variable. */
export const assignSub = (variable: Variable, x: Tensor): void =>
  void variable.assign(ops.subtract(variable.value, asTensor(x, variable.dtype)));
