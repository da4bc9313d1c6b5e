import { fail } from '../base/errors.ts';
import { nextSerial, type Tensor } from '../ir/tensor.ts';
import { callAgain } from '../primitives/control/control.ts';
import { currentFrame, isRecordingTape } from './frames.ts';
import { leavesIn, withLeaves } from './leaves.ts';

/**
 * The result of `f`, whose intermediate values are not kept but computed again when a gradient needs them. Without a
 * gradient it is simply `f()`. `isWanted` decides by the result.
 */
export function recomputed<R>(f: () => R, isWanted: (given: R) => boolean = () => true): R {
  const frame = currentFrame();
  const isRecorded = frame?.kind === 'trace' || isRecordingTape();
  const since = nextSerial();
  const given = f();
  if (given instanceof Promise) fail('remat', 'its function gave a promise', 'compute without await');
  if (!isRecorded || !isWanted(given)) return given;
  const leaves = leavesIn(given);
  const made = [...new Set(leaves)].filter((t) => t.equation && t.serial >= since);
  if (made.length === 0) return given;
  const results = callAgain(made, since);
  const now = new Map<Tensor, Tensor>(made.map((t, k) => [t, results[k]]));
  // On the tape the outputs have been computed already, and only they are kept.
  for (const [t, result] of now) result.storage = t.storage;
  return withLeaves(
    given,
    leaves.map((t) => now.get(t) ?? t),
  );
}
