import { Algebra } from '../algebra/algebra.ts';
import { fail } from '../base/errors.ts';
import type { Region } from '../ir/expr.ts';
import { freeTensors, type Program } from '../ir/program.ts';
import { showAval } from '../ir/tensor.ts';
import { Formulas } from './formulas.ts';
import { makeLowering } from './lower.ts';
import { withBarriers } from './memory/barriers.ts';
import { placeScratch } from './memory/homes.ts';
import { land } from './memory/land.ts';
import type { Home, Plan, Target } from './plan.ts';
import { Places } from './schedule/places.ts';

/** The plan of a program: simplified, grouped into kernels, scheduled as loops, with a place for every array. */
export function compile(program: Program, target: Target): Plan {
  const free = freeTensors(program);
  if (free.length > 0)
    fail(
      'compile',
      `program "${program.name}" reads ${free.length} tensors from outside, the first ${showAval(free[0])}`,
      'make them inputs (closeProgram)',
    );
  const algebra = new Algebra();
  const places = new Places(new Formulas(algebra));
  const homes = new Map<Region, Home>();
  const inputs = program.inputs.map((t) => places.regionOf(t));
  inputs.forEach((region, index) => homes.set(region, { kind: 'input', index }));
  const lowering = makeLowering(places, target);
  const { steps, outputs: results } = lowering.steps(lowering.simplified(program));
  const values = results.map((t) => places.regionOf(t));
  const outputs = values.map((value, k) => {
    const replaced = program.donated.get(k);
    if (replaced !== undefined) return inputs[replaced];
    const own = places.scratch({ shape: value.shape, dtype: value.dtype });
    homes.set(own, { kind: 'output', index: k });
    return own;
  });
  const copies = land(steps, values, outputs, places);
  const one = (region: Region): Region => places.one(region);
  const { dealing } = target;
  const timed = dealing === 'turns' ? [...steps, ...copies] : withBarriers([...steps, ...copies], one);
  const scratch = placeScratch(timed, homes, one, target);
  for (const region of places.sharing()) homes.set(region, homes.get(one(region))!);
  return {
    name: program.name,
    algebra,
    inputs,
    outputs,
    donated: program.donated,
    homes,
    dealing,
    scratch,
    steps: timed,
  };
}
