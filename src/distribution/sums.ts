import { fail } from '../base/errors.ts';
import { primitive, type Rule } from '../ir/primitive.ts';
import { expandDims, max, pad } from '../ops/index.ts';
import { copyOf, evaluate } from '../runtime/execute.ts';
import { currentTrace, isRecordingTape, Tensor } from '../tensor/index.ts';
import { Packing } from './packing.ts';
import { currentSpread } from './spread.ts';

/** Sums buckets over all processes, in their memory. */
type SumNow = (buckets: readonly Tensor[]) => void;
let sumNow: SumNow | undefined;

/**
 * Sums of flat arrays over all processes. No device knows it: a recorded step is cut there into programs
 * (`phases.ts`), between which MPI sums. Each process's part of a loss depends on the sum, so that gradients are summed
 * too.
 */
const record = primitive<Tensor[], Record<string, never>, readonly Tensor[]>('sum_over_processes', {
  kind: 'loops',
  result: (inputs) => inputs.map(({ shape, dtype }) => ({ shape, dtype })),
  vjpMany(given) {
    const sums = sumBuckets(given.filter((g) => g !== null));
    let at = 0;
    return given.map((g) => g && sums[at++]!);
  },
  samples: [],
});
export const sumRule = record.rule as Rule;

/** Sums of floats over all processes, at whose place a recorded step is cut. */
export function sumOverProcesses(tensors: readonly Tensor[]): Tensor[] {
  const packing = new Packing(tensors);
  return packing.unpack(sumBuckets(packing.pack(tensors)));
}

/** The largest of floats over all processes: each puts its own in a row of its own, so that the sums hold all of them. */
export function largestOverProcesses(tensors: readonly Tensor[]): Tensor[] {
  const { rank, size } = currentSpread()!.job;
  const rows = tensors.map((t) =>
    pad(expandDims(t, 0), [[rank, size - 1 - rank], ...t.shape.map((): [number, number] => [0, 0])]),
  );
  return sumOverProcesses(rows).map((row) => max(row, { axis: 0 }));
}

function sumBuckets(buckets: readonly Tensor[]): readonly Tensor[] {
  if (buckets.length === 0) return [];
  const sums = record(...buckets, {});
  if (!sumNow) return sums;
  evaluate(buckets);
  const values = buckets.map((bucket) => copyOf(bucket));
  sumNow(values);
  // Gradients go back through sums that are computed at once, too.
  const isDifferentiated = isRecordingTape() || currentTrace() !== undefined;
  return sums.map((sum, k) => {
    const { storage } = values[k]!;
    if (!isDifferentiated) return new Tensor(sum, { storage: storage! });
    sum.storage = storage;
    return sum;
  });
}

/** Runs a step op by op: its sums are taken at once. */
export function summingNow<R>(sum: SumNow, step: () => R): R {
  sumNow = sum;
  try {
    return step();
  } finally {
    sumNow = undefined;
  }
}

/** Refuses sums in the middle of what a program repeats or chooses. */
export const refuseInner = (where: string): never =>
  fail(
    'distribution',
    `sums over all processes are wanted within a ${where}, which is not cut: of gradients of variables, or of BatchNormalization with synchronized: true`,
    'take gradients outside of loops and branches, and leave synchronized out of layers within them',
  );
