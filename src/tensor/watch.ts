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
