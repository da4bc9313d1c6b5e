import { optionFromDisk } from './case.ts';
import { fail, type Named } from './errors.ts';
import { closest } from './spelling.ts';
import { isPlainObject } from './tree.ts';

/**
 * The option names of a type, available at run time. The compiler refuses a table that omits an option or invents one.
 */
export type OptionNames<O> = { readonly [K in keyof O]-?: true };

/** The options argument of a function: its last one, if that is an object whose members are all optional. */
export type OptionsAmong<A extends readonly unknown[]> =
  Required<A> extends readonly [...unknown[], infer Last] ? OptionsIn<NonNullable<Last>> : never;
type OptionsIn<L> = unknown extends L
  ? never
  : [L] extends [object]
    ? [L] extends [readonly unknown[] | ((...args: never[]) => unknown)]
      ? never
      : {} extends L
        ? string extends keyof L
          ? never
          : L
        : never
    : never;

/** A value as shown in an error. */
export function show(value: unknown): string {
  if (typeof value === 'function') return value.name || 'a function';
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isPlainObject(value))
    return `a ${value.constructor?.name ?? 'object'}`;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

const nameOf = (who: Named | string): string => (typeof who === 'string' ? who : who.className);

/** Refuses an unknown option and names the most similar known one. */
export function refuseOption(who: Named | string, key: string, known: readonly string[]): never {
  const camelCase = optionFromDisk(key);
  const guess = known.includes(camelCase) ? camelCase : closest(key, known);
  return fail(
    who,
    `unknown option "${key}"`,
    guess ? `did you mean "${guess}"? Options: ${known.join(', ')}` : `${nameOf(who)} takes no options`,
  );
}

/**
 * The given options, checked: refuses unknown names, anything but an object, such as a positional value as in Python,
 * and what stands behind them.
 */
export function optionsOf<O extends object>(
  who: Named | string,
  names: OptionNames<O>,
  given: O | undefined,
  surplus: readonly undefined[] = [],
): O {
  refuseBeside(who, surplus);
  if (given === undefined) return {} as O;
  if (!isPlainObject(given)) {
    const known = Object.keys(names);
    fail(
      who,
      `expects an object of options, but was given ${show(given)} by position`,
      known.length > 0 ? `name it: { ${known[0]}: … }. Options: ${known.join(', ')}` : 'leave it out',
    );
  }
  for (const key in given) if (!Object.hasOwn(names, key)) refuseOption(who, key, Object.keys(names));
  return given;
}

/** Refuses what the constructor of a class is given after its arguments. Classes hand it down to the first of them that asks. */
export function refuseBeside(who: Named | string, surplus: readonly unknown[]): void {
  const [first] = surplus.filter((x) => x !== undefined);
  if (first !== undefined)
    fail(who, `expects an object of options, but was given ${show(first)} by position as well`, 'leave it out');
}

/**
 * Refuses surplus arguments of a function, or of the `method` of an object. Arguments without meaning are let through:
 * undefined, `{}`, and the index and array that Array.prototype.map and the like add to an element.
 */
export function refuseSurplus(who: Named | string, given: readonly unknown[], most: number, method = ''): void {
  const surplus = given.slice(most).filter((x) => x !== undefined);
  if (surplus.length === 0) return;
  const [first, second] = surplus;
  if (surplus.length === 1 && isPlainObject(first)) {
    const [key] = Object.keys(first);
    if (key === undefined) return;
    refuseOption(method === '' ? who : method.trim(), key, []);
  }
  const isFromArray = surplus.length === 2 && typeof first === 'number' && Array.isArray(second);
  if (isFromArray && second[first] === given[most - 1]) return;
  fail(
    who,
    `${method}expects ${most === 0 ? 'no arguments' : `${most} argument${most === 1 ? '' : 's'}`}, but was given ${show(first)} by position as well`,
    'leave it out',
  );
}
