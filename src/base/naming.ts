const counts = new Map<string, number>();

/** The next free automatic name: `dense`, `dense_1`, `dense_2`, … */
export function autoName(prefix: string): string {
  const n = counts.get(prefix) ?? 0;
  counts.set(prefix, n + 1);
  return n === 0 ? prefix : `${prefix}_${n}`;
}

/** Resets automatic names. */
export const resetNames = (): void => counts.clear();

/** Runs `f` with automatic names counted from zero, then restores the counts. */
export const withFreshNames = <R>(f: () => R): R =>
  withSameNames(() => {
    counts.clear();
    return f();
  });
/** Runs `f`, then restores the counts of automatic names. */
export function withSameNames<R>(f: () => R): R {
  const before = new Map(counts);
  try {
    return f();
  } finally {
    counts.clear();
    for (const [prefix, n] of before) counts.set(prefix, n);
  }
}

/**
 * Names that the editor completes while any other string is accepted too: users' classes and functions have names as
 * well.
 */
export type OrAnyName<Name extends string> = Name | (string & {});
