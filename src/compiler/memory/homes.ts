import { dtypeInfo } from '../../base/dtype.ts';
import { sizeOf } from '../../base/shape.ts';
import type { Region } from '../../ir/expr.ts';
import type { Home, Step, Target } from '../plan.ts';
import { Arena } from './arena.ts';
import { innerSteps, touchedBy } from './barriers.ts';
import { mayReplace } from './same-place.ts';
import { Slots } from './slots.ts';

export const bytesOf = (region: Region): number => sizeOf(region.shape) * dtypeInfo[region.dtype].bytes;

interface Life {
  /** The first and last moments at which the region is touched. */
  first: number;
  last: number;
  /** Whether it lives to the end of a loop because the next round needs it. */
  isKept: boolean;
}
/** A step, or the test or counter of a control step, in order of time; the inside of a loop appears once. */
interface Moment {
  readonly step: Step | undefined;
  readonly regions: readonly Region[];
  readonly writes: readonly Region[];
  readonly serial: boolean;
  readonly stretch: number;
}
interface Loop {
  readonly first: number;
  readonly last: number;
}

/**
 * Assigns every region without a home a place in scratch memory that no other region uses at the same time, and returns
 * the bytes needed. Steps between two barriers count as simultaneous, except those run by one thread alone. `one` maps
 * regions that share bytes to one representative.
 */
export function placeScratch(
  steps: readonly Step[],
  homes: Map<Region, Home>,
  one: (r: Region) => Region,
  target: Target,
): readonly number[] {
  const room = target.scratch === 'arena' ? new Arena() : new Slots();
  for (const [region, at] of planPlaces(steps, homes, one, room, target))
    homes.set(region, room instanceof Arena ? { kind: 'arena', offset: at } : { kind: 'slot', index: at });
  return room instanceof Arena ? [room.size] : room.sizes;
}

/** Allocates bytes and takes them back. */
interface Room {
  take(bytes: number): number;
  give(place: number, bytes: number): void;
}

function planPlaces(
  steps: readonly Step[],
  homes: ReadonlyMap<Region, Home>,
  one: (r: Region) => Region,
  room: Room,
  target: Target,
): ReadonlyMap<Region, number> {
  const { moments, loops } = timeline(steps, one, target.dealing === 'turns');
  const lives = new Map<Region, Life>();
  moments.forEach(({ regions }, k) => {
    for (const region of regions) {
      if (homes.has(region)) continue;
      const life = lives.get(region) ?? { first: k, last: k, isKept: false };
      life.last = k;
      lives.set(region, life);
    }
  });
  // Whatever is alive across the border of a loop is alive throughout its rounds; inner loops come first.
  for (const life of lives.values())
    for (const { first, last } of loops) {
      const crosses = (life.first < first && life.last >= first) || (life.first <= last && life.last > last);
      if (!crosses) continue;
      if (life.first < first && life.last <= last) life.isKept = true;
      life.first = Math.min(life.first, first);
      life.last = Math.max(life.last, last);
    }
  return place(moments, lives, room, (r) => target.bytesOf(r));
}

function place(
  moments: readonly Moment[],
  lives: ReadonlyMap<Region, Life>,
  room: Room,
  sizeIn: (r: Region) => number,
): ReadonlyMap<Region, number> {
  const born: Region[][] = moments.map(() => []);
  const dying: Region[][] = moments.map(() => []);
  for (const [region, { first, last }] of lives) {
    born[first].push(region);
    dying[last].push(region);
  }
  // Where one thread runs alone between two barriers, bytes are reused at once; otherwise only behind the next barrier.
  const together = new Set<number>();
  for (const { serial, stretch } of moments) if (!serial) together.add(stretch);
  const offsets = new Map<Region, number>();
  const taken = new Set<Region>();
  // The last interval between barriers, up to this moment, in which a region is touched.
  const touched = new Map<Region, number>();
  let waiting: Region[] = [];
  moments.forEach(({ step, regions, writes, stretch }, k) => {
    waiting = waiting.filter((region) => {
      const ready = !together.has(stretch) || moments[lives.get(region)!.last].stretch < stretch;
      if (ready && !taken.has(region)) room.give(offsets.get(region)!, sizeIn(region));
      return !ready;
    });
    for (const region of born[k]) {
      const old =
        step &&
        writes.includes(region) &&
        dying[k].find(
          (r) =>
            offsets.has(r) &&
            !taken.has(r) &&
            !lives.get(r)!.isKept &&
            // Never overwrite what another thread may still be reading in a step on this side of the barrier.
            !(together.has(stretch) && touched.get(r) === stretch) &&
            !writes.includes(r) &&
            (room instanceof Slots
              ? r.dtype === region.dtype
              : dtypeInfo[r.dtype].bytes === dtypeInfo[region.dtype].bytes) &&
            sizeOf(r.shape) === sizeOf(region.shape) &&
            mayReplace(step, r, region),
        );
      if (old) taken.add(old);
      offsets.set(region, old ? offsets.get(old)! : room.take(sizeIn(region)));
    }
    waiting.push(...dying[k]);
    for (const region of regions) touched.set(region, stretch);
  });
  return offsets;
}

/** `counts`: a loop's counter is incremented at the end of each round rather than written at its start. */
function timeline(
  steps: readonly Step[],
  one: (r: Region) => Region,
  counts: boolean,
): { moments: Moment[]; loops: Loop[] } {
  const moments: Moment[] = [];
  const loops: Loop[] = [];
  let stretch = 0;
  const moment = (step: Step, own: Region): void => {
    moments.push({ step: undefined, regions: [one(own)], writes: [], serial: step.serial, stretch });
  };
  const visit = (step: Step): void => {
    if (step.barrier) stretch++;
    const inner = innerSteps(step);
    if (inner.length === 0) {
      const { reads, writes } = touchedBy(step);
      const regions = [...new Set([...writes, ...reads].map(one))];
      moments.push({ step, regions, writes: writes.map(one), serial: step.serial, stretch });
      return;
    }
    const first = moments.length;
    if (step.kind === 'repeat') moment(step, step.counter);
    if (step.kind === 'switch') moment(step, step.index);
    inner.forEach((list, k) => {
      const start = moments.length;
      list.forEach(visit);
      // Only one branch runs, so whatever it does not compute itself must outlive it.
      if (step.kind === 'switch') loops.push({ first: start, last: Math.max(start, moments.length - 1) });
      if (step.kind === 'while' && k === 0) moment(step, step.test);
    });
    if (step.kind === 'repeat' && counts) moment(step, step.counter);
    if (step.kind !== 'switch') loops.push({ first, last: moments.length - 1 });
    stretch++;
  };
  steps.forEach(visit);
  return { moments, loops };
}
