import type { Variable } from './variable.ts';

/** Observes which variables a computation creates and reads. */
export interface Watcher {
  made(variable: Variable): void;
  read(variable: Variable): void;
}
let current: Watcher | undefined;

export const currentWatcher = (): Watcher | undefined => current;

/** Runs `f` with a watcher that is notified of the variables it creates and reads. */
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
/** Records the creation of a variable, or of something that may hold variables. */
export const noteBirth = (x: object): void => void births.set(x, born++);
/** Whether one was created after the other. */
export const isYounger = (x: object, than: object): boolean => (births.get(x) ?? 0) > (births.get(than) ?? 0);
