import { optionFromDisk } from './case.ts';
import { fail, type Named } from './errors.ts';
import { closest } from './spelling.ts';
import { isPlainObject } from './tree.ts';

/**
 * The names in an object of options, known at run time as well: types alone vanish. The compiler refuses a table that leaves
 * out an option or invents one.
 */
export type OptionNames<O> = { readonly [K in keyof O]-?: true };

/** The options among the arguments of a function: its last argument, where that is an object all of whose members may be absent. */
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

/** A value as an error shows it. */
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

/** Refuses an option that is not known, and names the one it looks like most. */
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
 * The options that were given, all of them known: refuses other names, and anything but an object, such as a value given by
 * position as in Python.
 */
export function optionsOf<O extends object>(who: Named | string, names: OptionNames<O>, given: O | undefined): O {
  if (given === undefined) return {} as O;
  if (!isPlainObject(given)) {
    const known = Object.keys(names);
    fail(
      who,
      `expects an object of options, but was given ${show(given)} by position`,
      known.length > 0 ? `name what you give: { ${known[0]}: … }. Options: ${known.join(', ')}` : 'leave it out',
    );
  }
  for (const key in given) if (!Object.hasOwn(names, key)) refuseOption(who, key, Object.keys(names));
  return given;
}

/**
 * Refuses arguments after the last that a function, or `method` of an object, takes. What says nothing is no mistake: undefined,
 * `{}`, and what Array.prototype.map and its kin add to an element, its index and the array.
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
