/**
 * Entries by name, with nothing behind them: names such as "constructor", which every object of JavaScript's answers to, are
 * not known unless they are put there. For tables that are asked for names from outside.
 */
/* @__NO_SIDE_EFFECTS__ */
export function table<T extends object>(entries: T): T {
  return Object.setPrototypeOf(entries, null);
}
