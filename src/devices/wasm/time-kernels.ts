import { compile } from '../../compiler/compile.ts';
import type { Target } from '../../compiler/plan.ts';
import type { Program } from '../../ir/program.ts';
import type { Buffer } from '../device.ts';
import type { HeapBuffer } from '../host/buffers.ts';
import { load } from './executable.ts';
import type { Machine } from './machine.ts';

/** Milliseconds of each kernel of a program on one thread: the least of some runs on copies of the inputs. */
export function timeKernels(
  program: Program,
  target: Target,
  machine: Machine,
  inputs: readonly Buffer[],
  rounds: number,
): number[] {
  const { heap } = machine;
  let last = 0;
  let times: number[] = [];
  const tick = (kernel: number): void => {
    const now = performance.now();
    times[kernel] += now - last;
    last = now;
  };
  const { executable, owned } = load(program, compile(program, { ...target, workers: 1 }), machine, { tick });
  const copies = inputs.map((input) => {
    const copy = machine.allocate(input.bytes);
    heap.bytes(copy.address, copy.bytes).set(heap.bytes((input as HeapBuffer).address, copy.bytes));
    return copy;
  });
  const least = executable.kernels.map(() => Infinity);
  for (let n = 0; n < rounds; n++) {
    times = executable.kernels.map(() => 0);
    last = performance.now();
    const outputs = executable.run(copies);
    times.forEach((t, k) => (least[k] = Math.min(least[k], t)));
    outputs.forEach((output, k) => {
      if (!program.donated.has(k)) machine.free(output);
    });
  }
  for (const copy of copies) machine.free(copy);
  for (const address of owned.addresses) heap.free(address);
  return least;
}
