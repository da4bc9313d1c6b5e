import { bytesOf } from './memory/homes.ts';
import type { Target } from './plan.ts';

/** A target whose threads share one memory, with its own kernels for some contractions. */
export const threadsTarget = (
  workers: number,
  contraction: Target['contraction'],
  leastWork?: number | undefined,
): Target => ({
  vectorWidth: 4,
  dealing: 'shares',
  workers,
  leastWork,
  scratch: 'arena',
  arrays: Number.POSITIVE_INFINITY,
  bytesOf,
  contraction,
});
