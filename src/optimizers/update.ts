import { fail, type Named } from '../base/errors.ts';
import { maximum, where } from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';
import type { SlotsByName } from './slots.ts';

/** What the update of one variable may use. */
export interface Update {
  /** The gradient of the loss, clipped and averaged as the options say; shape of the variable. */
  readonly gradient: Tensor;
  /** The variable to be updated. */
  readonly variable: Variable;
  /** The learning rate of this step, a scalar of the variable's dtype. */
  readonly learningRate: Tensor;
  /** Slots of the variable by name. */
  readonly slots: SlotsByName;
  /** Number of this step, from 1, as a float of the variable's dtype. */
  readonly step: Tensor;
}
/** A variable with its gradient. */
export interface Pair {
  readonly variable: Variable;
  readonly gradient: Tensor;
}

/** What optimizers around others see of the state; symbols, so that attributes of users' classes may have any name. */
export const callCount: unique symbol = Symbol('callCount');
export const trained: unique symbol = Symbol('trained');
export const updateCount: unique symbol = Symbol('updateCount');

/**
 * Gradients with their variables; those that no gradient reached are left out. `known` builds the optimizer if need be, and
 * returns the variables that it was built for.
 */
export function pairUp(
  optimizer: Named & { readonly built: boolean },
  gradients: readonly (Tensor | null)[],
  variables: readonly Variable[],
  known: () => readonly Variable[],
): Pair[] {
  if (gradients.length !== variables.length)
    fail(
      optimizer,
      `${gradients.length} gradients were given for ${variables.length} variables`,
      optimizer.built ? 'give one gradient for each variable' : 'give the variables too, or build it first',
    );
  const all = known();
  const unknown = variables.find((v) => !all.includes(v));
  if (unknown)
    fail(
      optimizer,
      `it was built for other variables than "${unknown.path}"`,
      'use a new optimizer for another model, or build it with all variables',
    );
  const pairs = variables.flatMap((variable, k) => (gradients[k] ? [{ variable, gradient: gradients[k] }] : []));
  if (pairs.length === 0)
    fail(optimizer, 'no gradient was given for any variable', 'let the loss depend on a trainable variable');
  return pairs;
}

/**
 * Replaces values by gradients. While gradients are accumulated, the greatest of several batches is used, when the update
 * is due; `sums` holds the greatest so far.
 */
export function overwriteValues(
  pairs: readonly Pair[],
  sums: ReadonlyMap<Variable, Variable>,
  isDue: Tensor | null,
): void {
  for (const { variable, gradient } of pairs) {
    const kept = sums.get(variable);
    if (isDue === null || !kept) {
      variable.assign(gradient);
      continue;
    }
    const greatest = maximum(gradient, kept.read());
    variable.assign(where(isDue, greatest, variable.read()));
    kept.assign(where(isDue, 0, greatest));
  }
}
