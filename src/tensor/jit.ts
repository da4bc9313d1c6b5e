import { exact } from '../base/exact.ts';
import { optionsOf } from '../base/options.ts';
import { RecentCache } from '../base/recent.ts';
import type { Executable, Timing } from '../devices/device.ts';
import { deviceKey } from '../runtime/device.ts';
import { bytesOfProgram } from '../runtime/execute.ts';
import { currentTrace, isRecordingTape } from './frames.ts';
import { leavesIn, signatureOf } from './leaves.ts';
import { compileTraced, runTraced, type Traced, timeTraced, trace } from './traced.ts';

/** A function that runs as compiled programs, one for each signature of its arguments. */
export interface Jitted<A extends readonly unknown[], R> {
  (...args: A): R;
  /** The compiled program for these arguments: `.program` to print, `.kernels` to explain. */
  compile(...args: A): Executable;
  /** Milliseconds of each of its kernels, or why there are none; no variable changes. A promise on a GPU: await it. */
  time(...args: A): Timing | Promise<Timing>;
}

/**
 * Compiles a function of tensors: it is recorded once for each combination of shapes, dtypes and other arguments, and then
 * runs as one program. Variables that it reads and assigns are updated in place.
 * @example jit((x: Tensor) => ops.sum(ops.square(x)))(tensor([1, 2, 3]))
 */
export const jit = exact('jit', 2, function jit<
  A extends readonly unknown[],
  R,
>(f: (...args: A) => R, options: { readonly name?: string } = {}): Jitted<A, R> {
  const { name = f.name || 'jit' } = optionsOf('jit', { name: true }, options);
  const cache = new RecentCache<{ traced: Traced<R>; executable: Executable }>();
  const entry = (args: A) => {
    const key = `${deviceKey()} ${signatureOf(args)}`;
    let found = cache.get(key);
    if (!found) {
      const traced = trace(name, f, args);
      found = { traced, executable: compileTraced(traced) };
      cache.set(key, found, bytesOfProgram(found.executable));
    }
    return found;
  };
  const call = (...args: A): R => {
    // A gradient that is taken around it must see its equations.
    if (currentTrace() || isRecordingTape()) return f(...args);
    const { traced, executable } = entry(args);
    return runTraced(traced, executable, leavesIn(args));
  };
  const time = (...args: A) => {
    const { traced, executable } = entry(args);
    return timeTraced(traced, executable, leavesIn(args));
  };
  return Object.assign(call, { compile: (...args: A) => entry(args).executable, time });
});
