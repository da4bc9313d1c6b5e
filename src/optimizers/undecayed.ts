import { fail, type Named } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import type { Variable } from '../tensor/index.ts';

/** Which variables weight decay leaves out: some themselves, or those whose names match a pattern. */
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
