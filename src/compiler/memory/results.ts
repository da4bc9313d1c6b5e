import type { Region } from '../../ir/expr.ts';
import type { Program } from '../../ir/program.ts';
import type { Tensor } from '../../ir/tensor.ts';
import type { CopyStep, Home, Step } from '../plan.ts';
import type { Places } from '../schedule/places.ts';
import { touchedBy } from './barriers.ts';
import { bytesOf } from './homes.ts';
import { mayReplace } from './same-place.ts';

interface Finished {
  readonly steps: readonly Step[];
  readonly inputs: readonly Region[];
  readonly outputs: readonly Region[];
  readonly homes: Map<Region, Home>;
}

/** From so many bytes on, all threads share a copy. */
const manyBytes = 1 << 16;

/**
 * Homes of inputs and outputs. An output that replaces an input is computed in its place when nobody needs the old value any
 * more; otherwise it is copied there at the end, as are outputs that are inputs or other outputs.
 */
export function finish(program: Program, steps: readonly Step[], places: Places): Finished {
  const homes = new Map<Region, Home>();
  const inputs = program.inputs.map((t) => places.regionOf(t));
  inputs.forEach((region, index) => homes.set(region, { kind: 'input', index }));
  const touched = steps.map(touchedBy);
  const firstWrite = new Map<Region, number>();
  const lastRead = new Map<Region, number>();
  touched.forEach(({ reads, writes }, k) => {
    for (const r of reads) lastRead.set(r, k);
    for (const r of writes) if (!firstWrite.has(r)) firstWrite.set(r, k);
  });
  const outputInputs = new Set<Tensor>(program.outputs);
  const inPlace = (value: Region, replaced: Region, input: Tensor): boolean => {
    const writer = firstWrite.get(value);
    const read = lastRead.get(replaced) ?? -1;
    if (writer === undefined || homes.has(value) || outputInputs.has(input) || read > writer) return false;
    const sharesBytes = touched[writer]!.writes.some((r) => r !== value && homes.get(r) === homes.get(replaced));
    return !sharesBytes && (read < writer || mayReplace(steps[writer]!, replaced, value));
  };
  const [early, late]: [CopyStep[], CopyStep[]] = [[], []];
  const copy = (from: Region, to: Region): CopyStep => ({
    kind: 'copy',
    from,
    to,
    barrier: true,
    serial: bytesOf(from) < manyBytes,
  });
  const outputs = program.outputs.map((t, k): Region => {
    const value = places.regionOf(t);
    const n = program.donated.get(k);
    if (n === undefined) {
      if (!homes.has(value)) {
        homes.set(value, { kind: 'output', index: k });
        return value;
      }
      const own = places.scratch(t);
      homes.set(own, { kind: 'output', index: k });
      // Before any input changes; but what is written in place already has its new value.
      (program.inputs.includes(t) ? early : late).push(copy(value, own));
      return own;
    }
    const replaced = inputs[n]!;
    if (value === replaced) return value;
    if (inPlace(value, replaced, program.inputs[n]!)) {
      homes.set(value, homes.get(replaced)!);
      return value;
    }
    let source = value;
    if (homes.get(value)?.kind === 'input' && program.inputs.includes(t)) {
      source = places.scratch(t);
      early.push(copy(value, source));
    }
    const own = places.scratch(t);
    homes.set(own, homes.get(replaced)!);
    late.push(copy(source, own));
    return own;
  });
  return { steps: [...steps, ...early, ...late], inputs, outputs, homes };
}
