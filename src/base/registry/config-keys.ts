import { optionFromDisk, optionToDisk } from '../case.ts';

type Entries = Readonly<Record<string, unknown>>;

/** Says of an object that it came from a config; enumerable, so that the rest of a destructured one says so too. */
const isConfig: unique symbol = Symbol('config');
export const cameFromConfig = (x: object): boolean => isConfig in x;

/** Adds entries under a second name, which is found when it is asked for, and not seen when entries are listed. */
function alsoUnder<T extends Entries>(entries: T, rename: (key: string) => string): T {
  for (const [key, value] of Object.entries(entries)) {
    const other = rename(key);
    if (!(other in entries)) Object.defineProperty(entries, other, { value });
  }
  return entries;
}

/** What the `getConfig` of a user's class gave, with the keys that Python has: `dropoutRate` is written as `dropout_rate`. */
export const keysToDisk = (config: Entries): Record<string, unknown> =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [optionToDisk(key), value]));

/**
 * A config for the `fromConfig` of a user's class: snake_case keys, to be asked for in camelCase too, so that it may read what
 * its `getConfig` wrote; and `new this(config)` works.
 */
export const configForUsers = (config: Entries): Record<string, unknown> =>
  alsoUnder({ ...config, [isConfig]: true }, optionFromDisk);

/** Entries of a config as options of a user's class: camelCase keys, to be asked for in snake_case too. */
export const optionsForUsers = (config: Entries): Record<string, unknown> =>
  alsoUnder(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [optionFromDisk(key), value])),
    optionToDisk,
  );
