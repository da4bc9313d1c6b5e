/** Anything an error can be attributed to: a layer, an op, an option. */
export interface Named {
  /** The name of its class, as errors show it. */
  readonly className: string;
  /** Its own name, as errors show it. */
  readonly name: string;
}

/** The error of everything that the library refuses: its message says who, what is wrong, and after `Fix:` what to change. */
export class HornbeamError extends Error {
  /** Distinguishes it from other errors, including those of another copy of the library. */
  override readonly name = 'HornbeamError';
}

/** There is not enough memory; there may be after garbage collection. */
export class OutOfMemoryError extends HornbeamError {}

/** The only way to raise an error: who raises it, what is wrong, and what to do about it. */
export function fail(who: Named | string, problem: string, fix: string): never {
  throw new HornbeamError(textOf(who, problem, fix));
}
const textOf = (who: Named | string, problem: string, fix: string): string =>
  `${typeof who === 'string' ? who : `${who.className} "${who.name}"`}: ${problem}\n  Fix: ${fix}`;

/** The same for running out of memory. */
export function failForMemory(who: Named | string, problem: string, fix: string): never {
  throw new OutOfMemoryError(textOf(who, problem, fix));
}

/**
 * Refuses a promise where numbers are needed at once. Its rejection, if it comes, is handled here: otherwise it would
 * end the process.
 */
export function refusePromise(who: Named | string, problem: string, x: unknown): void {
  if (!(x instanceof Promise)) return;
  x.catch(() => {});
  fail(who, problem, 'make it synchronous: compute with keras.ops, read values (`await x.data()`) outside');
}

/** Runs `f` (or awaits it); errors of ours raised in it are prefixed with the name of whoever it ran for. */
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
