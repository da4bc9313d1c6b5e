import type { Region } from '../../ir/expr.ts';
import type { CopyStep, Step } from '../plan.ts';
import type { Places } from '../schedule/places.ts';
import { touchedBy } from './barriers.ts';
import { bytesOf } from './homes.ts';
import { mayReplace } from './same-place.ts';

/** Copies of at least this many bytes are shared by all threads. */
const manyBytes = 1 << 16;

export const copyStep = (from: Region, to: Region): CopyStep => ({
  kind: 'copy',
  from,
  to,
  barrier: true,
  serial: bytesOf(from) < manyBytes,
});

/**
 * Brings values to where they are wanted: by computing them there if the old contents are no longer needed, otherwise
 * by copies after the steps, which are returned. A target may be an input of the steps; this is how variables are
 * updated.
 */
export function land(
  steps: readonly Step[],
  values: readonly Region[],
  targets: readonly Region[],
  places: Places,
): CopyStep[] {
  const touched = steps.map(touchedBy);
  const firstWrite = new Map<Region, number>();
  const lastTouch = new Map<Region, number>();
  touched.forEach(({ reads, writes }, k) => {
    for (const r of writes) if (!firstWrite.has(r)) firstWrite.set(r, k);
    for (const r of [...reads, ...writes]) lastTouch.set(r, k);
  });
  const wanted = new Set(values);
  const landed = new Set<Region>();
  const inPlace = (value: Region, target: Region): boolean => {
    const writer = firstWrite.get(value);
    if (writer === undefined || landed.has(value) || wanted.has(target)) return false;
    const used = lastTouch.get(target) ?? -1;
    if (used > writer) return false;
    return used < writer || mayReplace(steps[writer], target, value);
  };
  const [early, late]: [CopyStep[], CopyStep[]] = [[], []];
  const overwritten = new Set(targets);
  values.forEach((value, k) => {
    const target = targets[k];
    if (value === target) return;
    if (inPlace(value, target)) {
      places.share(value, target);
      landed.add(value);
      return;
    }
    let source = value;
    // An input that another value replaces is saved first.
    if (overwritten.has(value)) {
      source = places.scratch({ shape: value.shape, dtype: value.dtype });
      early.push(copyStep(value, source));
    }
    late.push(copyStep(source, target));
  });
  return [...early, ...late];
}
