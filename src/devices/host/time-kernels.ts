import type { Program } from '../../ir/program.ts';
import type { Buffer, Device, Executable } from '../device.ts';

/** A program made to be timed, on one thread. */
export interface Watched {
  readonly executable: Executable;
  /** Milliseconds of each kernel in the run that was the last. */
  times(): ArrayLike<number>;
}

/** Milliseconds of each kernel of a program: the least of some runs on copies of the inputs. */
export function timeKernels(
  program: Program,
  { executable, times }: Watched,
  { copy, free }: Pick<Device, 'copy' | 'free'>,
  inputs: readonly Buffer[],
  rounds: number,
): number[] {
  const copies = inputs.map(copy);
  const least = executable.kernels.map(() => Infinity);
  for (let n = 0; n < rounds; n++) {
    const outputs = executable.run(copies);
    const last = times();
    for (const k of least.keys()) least[k] = Math.min(least[k], last[k]);
    outputs.forEach((output, k) => {
      if (!program.donated.has(k)) free(output);
    });
  }
  for (const made of copies) free(made);
  return least;
}
