/** Whatever can be blamed: a layer, an op, an option. */
export interface Named {
  readonly className: string;
  readonly name: string;
}

export class HornbeamError extends Error {
  override readonly name = 'HornbeamError';
}

/** There is no room for what was wanted; there may be once garbage is collected. */
export class OutOfMemoryError extends HornbeamError {}

/** The only way to raise an error: who, what is wrong, and what to do. */
export function fail(who: Named | string, problem: string, fix: string): never {
  throw new HornbeamError(textOf(who, problem, fix));
}
const textOf = (who: Named | string, problem: string, fix: string): string =>
  `${typeof who === 'string' ? who : `${who.className} "${who.name}"`}: ${problem}\n  Fix: ${fix}`;

/** The same where memory has run out. */
export function failForMemory(who: Named | string, problem: string, fix: string): never {
  throw new OutOfMemoryError(textOf(who, problem, fix));
}

/**
 * Refuses what an asynchronous function gave where numbers are wanted at once. Its failure, if it comes, would have nobody to
 * take it and end the process.
 */
export function refusePromise(who: Named | string, problem: string, x: unknown): void {
  if (!(x instanceof Promise)) return;
  x.catch(() => {});
  fail(
    who,
    problem,
    'make the function synchronous, without async and await: compute with keras.ops, and read values (`await x.data()`) outside of it',
  );
}

/** Runs `f` (or awaits it); an error of ours in it begins with on whose account it ran. */
export function blame<R>(who: string | (() => string), f: () => R): R {
  const again = (error: unknown): never => {
    throw error instanceof HornbeamError
      ? new HornbeamError(`${typeof who === 'string' ? who : who()}: ${error.message}`)
      : error;
  };
  try {
    const result = f();
    return result instanceof Promise ? (result.catch(again) as R) : result;
  } catch (error) {
    return again(error);
  }
}
