/**
 * Entries by name, without a prototype: names such as "constructor", which every JavaScript object responds to, are
 * unknown unless they were added. For tables that are queried with names from outside.
 */
/* @__NO_SIDE_EFFECTS__ */
export function table<T extends object>(entries: T): T {
  return Object.setPrototypeOf(entries, null);
}
