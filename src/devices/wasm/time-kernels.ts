import { compile } from '../../compiler/compile.ts';
import type { Target } from '../../compiler/plan.ts';
import type { Program } from '../../ir/program.ts';
import type { Buffer, Device } from '../device.ts';
import { timeKernels } from '../host/time-kernels.ts';
import { emitProgram } from './emit/program.ts';
import { load } from './executable.ts';
import type { Machine } from './machine.ts';

/** Milliseconds of each kernel of a program, which calls back after each. */
export function timeOnWasm(
  program: Program,
  target: Target,
  machine: Machine,
  device: Pick<Device, 'copy' | 'free'>,
  inputs: readonly Buffer[],
  rounds: number,
): number[] {
  let last = 0;
  let times: number[] = [];
  const tick = (kernel: number): void => {
    const now = performance.now();
    times[kernel] += now - last;
    last = now;
  };
  const plan = compile(program, { ...target, workers: 1 });
  const emitted = emitProgram(plan, machine.heap.limits, 1, { ticking: true });
  const { executable, owned } = load(program, emitted, machine, tick);
  const run: typeof executable.run = (given) => {
    times = executable.kernels.map(() => 0);
    last = performance.now();
    return executable.run(given);
  };
  const ms = timeKernels(program, { executable: { ...executable, run }, times: () => times }, device, inputs, rounds);
  for (const address of owned.addresses) machine.heap.free(address);
  return ms;
}
