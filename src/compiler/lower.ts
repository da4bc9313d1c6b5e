import type { Program } from '../ir/program.ts';
import type { Tensor } from '../ir/tensor.ts';
import { controlSteps } from './control/control-steps.ts';
import { group } from './group/group.ts';
import type { Step, Target } from './plan.ts';
import type { Places } from './schedule/places.ts';
import { stepsOf } from './schedule/steps.ts';
import { inlineCalls } from './simplify/inline-calls.ts';
import { inOrder } from './simplify/order.ts';
import { simplify } from './simplify/simplify.ts';
import { splitReductions } from './simplify/split-reductions.ts';

/** A program's steps, and the tensors that hold its outputs: its own inputs, or what the steps compute. */
export interface Lowered {
  readonly steps: readonly Step[];
  readonly outputs: readonly Tensor[];
}

/** The program simplified, grouped into kernels, and each kernel as steps; regions have no bytes yet. */
export function lower(program: Program, places: Places, target: Target): Lowered {
  const { formulas } = places;
  const simple = simplify(inOrder(inlineCalls(program)), formulas);
  return lowerSimple(splitReductions(simple, formulas, target.threads), places, target);
}

/** The same for a program that is simple already. */
export function lowerSimple(program: Program, places: Places, target: Target): Lowered {
  const kernels = group(program, places.formulas, (t) => places.isInside(t));
  const needed = new Set<Tensor>(program.outputs);
  for (const { reads } of kernels) for (const t of reads) needed.add(t);
  const steps = kernels.flatMap((kernel): readonly Step[] => {
    if (kernel.kind === 'control') return controlSteps(kernel.equation!, places, target);
    const isNeeded = kernel.kind === 'custom' || kernel.members.some((m) => needed.has(m.tensor));
    return isNeeded ? stepsOf(kernel, (t) => needed.has(t), places, target) : [];
  });
  return { steps, outputs: program.outputs };
}
