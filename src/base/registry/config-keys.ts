import { optionFromDisk, optionToDisk } from '../case.ts';

type Entries = Readonly<Record<string, unknown>>;

/** Marks an object as coming from a config; enumerable, so that the rest of a destructured object is marked too. */
const isConfig: unique symbol = Symbol('config');
export const cameFromConfig = (x: object): boolean => isConfig in x;

/** Adds entries under a second name, which can be read but is not enumerable. */
function alsoUnder<T extends Entries>(entries: T, rename: (key: string) => string): T {
  for (const [key, value] of Object.entries(entries)) {
    const other = rename(key);
    if (!(other in entries)) Object.defineProperty(entries, other, { value });
  }
  return entries;
}

/** The result of a user's `getConfig`, with Python's keys: `dropoutRate` is written as `dropout_rate`. */
export const keysToDisk = (config: Entries): Record<string, unknown> =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [optionToDisk(key), value]));

/**
 * A config for the `fromConfig` of a user's class: snake_case keys, also readable in camelCase, so that it can read
 * what its `getConfig` wrote and `new this(config)` works.
 */
export const configForUsers = (config: Entries): Record<string, unknown> =>
  alsoUnder({ ...config, [isConfig]: true }, optionFromDisk);

/** Entries of a config as options of a user's class: camelCase keys, also readable in snake_case. */
export const optionsForUsers = (config: Entries): Record<string, unknown> =>
  alsoUnder(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [optionFromDisk(key), value])),
    optionToDisk,
  );
