import { fail } from '../base/errors.ts';
import type { Region } from '../ir/expr.ts';
import { freeTensors, type Program } from '../ir/program.ts';
import { showAval } from '../ir/tensor.ts';
import { group } from './group/group.ts';
import { withBarriers } from './memory/barriers.ts';
import { planArena } from './memory/homes.ts';
import { finish } from './memory/results.ts';
import type { Home, Plan, Step, Target } from './plan.ts';
import { Algebra } from './scalars/algebra.ts';
import { Formulas } from './scalars/formulas.ts';
import { Places } from './schedule/places.ts';
import { stepsOf } from './schedule/steps.ts';
import { inOrder } from './simplify/order.ts';
import { simplify } from './simplify/simplify.ts';
import { splitReductions } from './simplify/split-reductions.ts';

/** The plan of a program: simplified, grouped into kernels, scheduled as loops, with a place for every array. */
export function compile(program: Program, target: Target): Plan {
  const free = freeTensors(program);
  if (free.length > 0)
    fail(
      'compile',
      `program "${program.name}" reads ${free.length} tensors from outside, the first ${showAval(free[0]!)}`,
      'make them inputs (closeProgram)',
    );
  const formulas = new Formulas(new Algebra());
  const places = new Places(formulas);
  const simple = splitReductions(simplify(inOrder(program), formulas), formulas, target.threads);
  const kernels = group(simple, formulas);
  const { steps, inputs, outputs, homes } = finish(simple, stepsOf(simple, kernels, places, target), places);
  return assign({ name: program.name, inputs, outputs, donated: program.donated, steps, homes });
}

interface Unplaced {
  readonly name: string;
  readonly inputs: readonly Region[];
  readonly outputs: readonly Region[];
  readonly donated: ReadonlyMap<number, number>;
  readonly steps: readonly Step[];
  readonly homes: Map<Region, Home>;
}

/** The plan with barriers where they are needed, and every region in its place. */
function assign({ steps, homes, ...rest }: Unplaced): Plan {
  const same = (region: Region): unknown => {
    const home = homes.get(region);
    return home ? `${home.kind} ${'index' in home ? home.index : ''}` : region;
  };
  const timed = withBarriers(steps, same);
  return { ...rest, steps: timed, arenaBytes: planArena(timed, homes), homes };
}
