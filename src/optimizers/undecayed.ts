import { fail, type Named } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { cast, multiply, subtract } from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';

/** The variables that weight decay leaves out: given themselves, or by patterns of their names. */
export interface UndecayedOptions {
  /** Variables whose values do not decay. */
  readonly varList?: readonly Variable[];
  /** Texts: variables with one of them in their name do not decay. */
  readonly varNames?: readonly string[];
}
const names: OptionNames<UndecayedOptions> = { varList: true, varNames: true };

/** Whether a variable is left out of weight decay. */
export function undecayed(optimizer: Named & { readonly built: boolean }, options: UndecayedOptions) {
  const { varList = [], varNames = [] } = optionsOf(optimizer, names, options);
  if (optimizer.built)
    fail(optimizer, 'excludeFromWeightDecay comes too late: it is built', 'call it before the first step');
  const patterns = varNames.map((name) => new RegExp(name));
  return (variable: Variable): boolean =>
    varList.includes(variable) || patterns.some((pattern) => pattern.test(variable.name));
}

/** Subtracts a fraction of a variable, times the learning rate, from it; null for none. */
export function decayValue(variable: Variable, share: number | null, rate: Tensor): void {
  if (share === null) return;
  const value = variable.read();
  variable.assign(subtract(value, multiply(multiply(value, share), cast(rate, variable.dtype))));
}
