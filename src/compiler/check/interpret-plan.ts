import { dtypeInfo, type TypedArray } from '../../base/dtype.ts';
import { sizeOf } from '../../base/shape.ts';
import type { Region } from '../../ir/expr.ts';
import type { Stmt } from '../../ir/loops.ts';
import { touchedBy } from '../memory/barriers.ts';
import type { Plan, Step } from '../plan.ts';
import { contractionLoops } from '../schedule/contraction-loops.ts';
import { threadsTarget } from '../threads-target.ts';

const onOne = threadsTarget(1, () => false);

/** Runs the statements of a kernel over the arrays of its regions. */
export type RunLoops = (body: readonly Stmt[], regions: readonly Region[], arrays: readonly TypedArray[]) => void;

/**
 * Interprets a plan step by step, with one contiguous arena as on a device: plans and generated code are judged against
 * it. Returns the outputs; the arrays of donated inputs are overwritten.
 */
export function interpretPlan(plan: Plan, inputs: readonly TypedArray[], run: RunLoops): TypedArray[] {
  // What is read before it is written shows up as NaN or absurd integers.
  const arena = new Uint8Array(plan.scratch[0]).fill(0xff).buffer;
  const results = new Map<number, TypedArray>();
  const arrays = new Map<Region, TypedArray>();
  const arrayOf = (region: Region): TypedArray => {
    let array = arrays.get(region);
    if (array) return array;
    const [make, size] = [dtypeInfo[region.dtype].array, sizeOf(region.shape)];
    const home = plan.homes.get(region)!;
    if (home.kind === 'input') array = inputs[home.index];
    else if (home.kind === 'constant') array = home.data;
    else if (home.kind === 'arena') array = new make(arena, home.offset, size);
    else {
      array = results.get(home.index) ?? new make(size);
      results.set(home.index, array);
    }
    arrays.set(region, array);
    return array;
  };
  const all = (steps: readonly Step[]): void => {
    for (const s of steps) step(s);
  };
  const step = (s: Step): void => {
    if (s.kind === 'contraction') step(contractionLoops(s, onOne));
    else if (s.kind === 'loops') {
      const regions = [...new Set([...touchedBy(s).reads, ...touchedBy(s).writes])];
      run(s.body, regions, regions.map(arrayOf));
    } else if (s.kind === 'copy') arrayOf(s.to).set(arrayOf(s.from));
    else if (s.kind === 'while') for (all(s.condition); arrayOf(s.test)[0]; all(s.condition)) all(s.body);
    else if (s.kind === 'switch') all(s.branches[arrayOf(s.index)[0]]);
    else
      for (let k = 0; k < s.times; k++) {
        arrayOf(s.counter)[0] = k;
        all(s.body);
      }
  };
  all(plan.steps);
  return plan.outputs.map(arrayOf);
}
