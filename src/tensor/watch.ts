import type { Variable } from './variable.ts';

/** Somebody who wants to know which variables a computation makes and reads. */
export interface Watcher {
  made(variable: Variable): void;
  read(variable: Variable): void;
}
let current: Watcher | undefined;

export const currentWatcher = (): Watcher | undefined => current;

/** Runs `f` with a watcher told of the variables it makes and reads. */
export function watchedBy<R>(watcher: Watcher, f: () => R): R {
  const before = current;
  current = watcher;
  try {
    return f();
  } finally {
    current = before;
  }
}

const births = new WeakMap<object, number>();
let born = 0;
/** Notes that a variable, or what may hold variables, was made now. */
export const noteBirth = (x: object): void => void births.set(x, born++);
/** Whether one was made after the other. */
export const isYounger = (x: object, than: object): boolean => (births.get(x) ?? 0) > (births.get(than) ?? 0);
