import type { Executable } from '../devices/device.ts';
import { bytesOfProgram, compiled, run } from '../runtime/execute.ts';
import { leavesIn, type Tensor } from '../tensor/index.ts';
import { recordings } from '../tensor/jit.ts';
import { inputsOf, resultOf } from '../tensor/traced.ts';
import { type Phase, phasesOf } from './phases.ts';

interface CompiledPhase extends Phase {
  readonly executable: Executable;
}
/** Sums buckets over all processes, in place. `isLast`: nothing else is summed in this step. */
type Exchange = (buckets: readonly Tensor[], isLast: boolean) => Promise<void>;

/** A function as programs with sums over all processes between them. */
export function cutStep<A extends readonly unknown[], R>(
  name: string,
  f: (...args: A) => R,
): (exchange: Exchange, ...args: A) => Promise<R> {
  const recorded = recordings(name, f, ({ program }) => {
    const phases = phasesOf(program).map((phase): CompiledPhase => ({ ...phase, executable: compiled(phase.program) }));
    const bytes = phases.reduce((sum, { executable }) => sum + bytesOfProgram(executable), 0);
    return { made: phases, bytes };
  });
  return async (exchange, ...args) => {
    const leaves = leavesIn(args);
    const { traced, made, known } = recorded(args, leaves);
    const inputs = inputsOf(traced, leaves, known);
    const values = new Map<Tensor, Tensor>(traced.program.inputs.map((t, k) => [t, inputs[k]!]));
    const last = made.length - 1;
    if (last === 0) await exchange([], true);
    for (const [p, { program, executable, sums, spent }] of made.entries()) {
      const outputs = run(
        executable,
        program.inputs.map((t) => values.get(t)!),
      );
      for (const t of spent) values.get(t)!.dispose();
      if (p === last) return resultOf(traced, outputs, known);
      const totals = sums.flatMap((equation) => equation.outputs);
      const buckets = outputs.slice(0, totals.length) as Tensor[];
      await exchange(buckets, p === last - 1);
      totals.forEach((t, k) => values.set(t, buckets[k]!));
      program.outputs.slice(totals.length).forEach((t, k) => values.set(t, outputs[totals.length + k]!));
    }
    throw new Error('a step ends with its last phase');
  };
}
