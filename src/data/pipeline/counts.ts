import { fail } from '../../base/errors.ts';
import { show } from '../../base/options.ts';

/** As a number of parallel calls or prefetched elements: chosen automatically. */
export const AUTOTUNE = -1;

/** Checks an option that must be an integer. */
export function count(who: string, name: string, value: unknown, least = 1): number {
  return Number.isInteger(value) && (value as number) >= least
    ? (value as number)
    : fail(`Dataset.${who}`, `${name} is ${show(value)}`, `give a whole number of at least ${least}`);
}
/** The same for options that may be AUTOTUNE. */
export const orAuto = (who: string, name: string, value: number, auto: number): number =>
  value === AUTOTUNE ? auto : count(who, name, value);
