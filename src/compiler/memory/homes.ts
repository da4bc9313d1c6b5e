import { dtypeInfo } from '../../base/dtype.ts';
import { sizeOf } from '../../base/shape.ts';
import type { Region } from '../../ir/expr.ts';
import type { Home, Step } from '../plan.ts';
import { Arena } from './arena.ts';
import { touchedBy } from './barriers.ts';
import { mayReplace } from './same-place.ts';

export const bytesOf = (region: Region): number => sizeOf(region.shape) * dtypeInfo[region.dtype].bytes;

interface Life {
  /** Steps that touch the region first and last. */
  first: number;
  last: number;
  /** The last stretch between barriers in which several threads touch it. */
  shared: number;
}

/**
 * Gives every region that has no home yet a place in the arena, where no other lives at the same time. Steps between two
 * barriers count as simultaneous, except those that one thread does alone.
 */
export function planArena(steps: readonly Step[], homes: Map<Region, Home>): number {
  const stretch: number[] = [];
  steps.forEach((step, k) => stretch.push((stretch[k - 1] ?? 0) + (step.barrier ? 1 : 0)));
  const lives = new Map<Region, Life>();
  const dying: Region[][] = steps.map(() => []);
  steps.forEach((step, k) => {
    const { reads, writes } = touchedBy(step);
    for (const region of [...reads, ...writes]) {
      if (homes.has(region)) continue;
      const life = lives.get(region) ?? { first: k, last: k, shared: -1 };
      life.last = k;
      if (!step.serial) life.shared = stretch[k]!;
      lives.set(region, life);
    }
  });
  for (const [region, { last }] of lives) dying[last]!.push(region);
  const arena = new Arena();
  const offsets = new Map<Region, number>();
  let waiting: Region[] = [];
  const taken = new Set<Region>();
  steps.forEach((step, k) => {
    waiting = waiting.filter((region) => {
      const life = lives.get(region)!;
      const ready = life.shared < stretch[k]! && (step.serial || stretch[life.last]! < stretch[k]!);
      if (ready && !taken.has(region)) arena.give(offsets.get(region)!, bytesOf(region));
      return !ready;
    });
    const { writes } = touchedBy(step);
    for (const region of writes) {
      if (homes.has(region) || offsets.has(region)) continue;
      const old = dying[k]!.find(
        (r) =>
          offsets.has(r) &&
          !taken.has(r) &&
          !writes.includes(r) &&
          bytesOf(r) === bytesOf(region) &&
          mayReplace(step, r, region),
      );
      if (old) taken.add(old);
      offsets.set(region, old ? offsets.get(old)! : arena.take(bytesOf(region)));
    }
    waiting.push(...dying[k]!.filter((r) => offsets.has(r)));
  });
  for (const [region, offset] of offsets) homes.set(region, { kind: 'arena', offset });
  return arena.size;
}
