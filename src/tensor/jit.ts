import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { optionsOf, show } from '../base/options.ts';
import { RecentCache } from '../base/recent.ts';
import type { Executable, Timing } from '../devices/device.ts';
import type { Tensor } from '../ir/tensor.ts';
import { deviceKey } from '../runtime/device.ts';
import { bytesOfProgram } from '../runtime/execute.ts';
import { currentTrace, isRecordingTape } from './frames.ts';
import type { Known } from './host.ts';
import { leavesIn, signatureOf } from './leaves.ts';
import { amongReplicas } from './replicas.ts';
import { aheadOf, compileTraced, fits, runTraced, type Traced, timeTraced, trace } from './traced.ts';

/** A function that runs as compiled programs, one per signature of its arguments. */
export interface Jitted<A extends readonly unknown[], R> {
  (...args: A): R;
  /** The compiled program for these arguments: `.program` to print, `.kernels` to explain. */
  compile(...args: A): Executable;
  /**
   * Milliseconds for each of its kernels, or the reason there are none; no variable changes. On a GPU the result is a
   * promise.
   */
  time(...args: A): Timing | Promise<Timing>;
}

/**
 * Compiles a function of tensors: it is recorded once for each combination of shapes, dtypes and other arguments, and then
 * runs as one program. Variables that it reads and assigns are updated in place.
 * @example jit((x: Tensor) => ops.sum(ops.square(x)))(tensor([1, 2, 3]))
 */
export const jit = exact(
  'jit',
  2,
  function jit<A extends readonly unknown[], R>(
    f: (...args: A) => R,
    options: {
      /** Name of the programs in reports and messages; the function's own by default. */
      readonly name?: string;
    } = {},
  ): Jitted<A, R> {
    if (typeof f !== 'function') fail('jit', `${show(f)} is no function`, 'give a function of tensors');
    const { name = f.name || 'jit' } = optionsOf('jit', { name: true }, options);
    const entry = recordings(name, f, (traced) => {
      const executable = compileTraced(traced);
      return { made: executable, bytes: bytesOfProgram(executable) };
    });
    const call = (...args: A): R => {
      // A gradient taken around this call must see its equations.
      if (currentTrace() || isRecordingTape()) return f(...args);
      const leaves = leavesIn(args);
      const { traced, made, known } = entry(args, leaves);
      return runTraced(traced, made, leaves, known);
    };
    const time = (...args: A) => {
      const leaves = leavesIn(args);
      const { traced, made, known } = entry(args, leaves);
      return timeTraced(traced, made, leaves, known);
    };
    return Object.assign(call, { compile: (...args: A) => entry(args, leavesIn(args)).made, time });
  },
);

/**
 * Records a function once for each combination of shapes, dtypes and other arguments, and keeps what is made of a
 * recording: gives, for arguments, the recording, that, and what the host computed for it.
 */
export function recordings<A extends readonly unknown[], R, M>(
  name: string,
  f: (...args: A) => R,
  make: (traced: Traced<R>) => { readonly made: M; readonly bytes: number },
): (args: A, leaves: readonly Tensor[]) => { readonly traced: Traced<R>; readonly made: M; readonly known: Known } {
  const cache = new RecentCache<{ traced: Traced<R>; made: M }>();
  const entryAt = (key: string, args: A) => {
    let found = cache.get(key);
    if (!found) {
      const traced = amongReplicas(undefined, () => trace(name, f, args));
      const { made, bytes } = make(traced);
      found = { traced, made };
      cache.set(key, found, bytes);
    }
    return found;
  };
  return (args, leaves) => {
    const key = `${deviceKey()} ${signatureOf(args)}`;
    const found = entryAt(key, args);
    const known = aheadOf(found.traced, args, leaves);
    if (fits(found.traced, known)) return { ...found, known };
    // Host results made from strings may differ in shape, for example by the length of the longest text.
    const shapes = found.traced.host!.before.map(({ output }) => known.get(output)!.shape.join());
    const other = entryAt(`${key} ${shapes.join(';')}`, args);
    return { ...other, known: aheadOf(other.traced, args, leaves) };
  };
}
