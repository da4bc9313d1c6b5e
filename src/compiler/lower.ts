import type { Program } from '../ir/program.ts';
import type { Tensor } from '../ir/tensor.ts';
import { controlSteps } from './control/control-steps.ts';
import type { Lowered, Lowering } from './control/lowering.ts';
import { group } from './group/group.ts';
import type { Step, Target } from './plan.ts';
import type { Places } from './schedule/places.ts';
import { stepsOf } from './schedule/steps.ts';
import { simplified } from './simplify/passes.ts';
import { evenShares } from './simplify/split-reductions.ts';

/** Programs simplified, grouped into kernels, and each kernel as steps; regions have no bytes yet. */
export function makeLowering(places: Places, target: Target): Lowering {
  const { formulas } = places;
  const sharers = target.dealing === 'turns' ? target.workers : evenShares;
  const steps = (program: Program): Lowered => {
    const kernels = group(program, formulas, (t) => places.isInside(t), target.arrays);
    const needed = new Set<Tensor>(program.outputs);
    for (const { reads } of kernels) for (const t of reads) needed.add(t);
    const list = kernels.flatMap((kernel): readonly Step[] => {
      if (kernel.kind === 'control') return controlSteps(kernel.equation!, lowering);
      const isNeeded = kernel.kind === 'custom' || kernel.members.some((m) => needed.has(m.tensor));
      return isNeeded ? stepsOf(kernel, (t) => needed.has(t), places, target) : [];
    });
    return { steps: list, outputs: program.outputs };
  };
  const lowering: Lowering = { places, simplified: (program) => simplified(program, formulas, sharers), steps };
  return lowering;
}
