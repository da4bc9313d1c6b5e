import { fail } from '../../base/errors.ts';
import { show } from '../../base/options.ts';

/** As a number of things to do ahead or at the same time: as many as do well. */
export const AUTOTUNE = -1;

/** A whole number that an option says, refused where it is none. */
export function count(who: string, name: string, value: unknown, least = 1): number {
  return Number.isInteger(value) && (value as number) >= least
    ? (value as number)
    : fail(`Dataset.${who}`, `${name} is ${show(value)}`, `give a whole number of at least ${least}`);
}
/** The same where AUTOTUNE stands for one. */
export const orAuto = (who: string, name: string, value: number, auto: number): number =>
  value === AUTOTUNE ? auto : count(who, name, value);
