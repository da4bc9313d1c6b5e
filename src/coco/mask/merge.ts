import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { type MaskLike, type Rle, type RunLengths, toRle, toRunLengths } from './run-lengths.ts';

/** Options of `coco.mask.merge`. */
export interface MergeOptions {
  /** Whether to keep the intersection of the masks instead of their union. Default: false. */
  readonly intersect?: boolean;
}
const mergeOptions: OptionNames<MergeOptions> = { intersect: true };

/** The union of masks of one size, or their intersection. */
export const merge = exact('coco.mask.merge', 2, (masks: readonly MaskLike[], options: MergeOptions = {}): Rle => {
  optionsOf('coco.mask.merge', mergeOptions, options);
  return toRle(mergeRuns(masks.map(toRunLengths), options.intersect ?? false));
});

export function mergeRuns(masks: readonly RunLengths[], intersect: boolean): RunLengths {
  if (masks.length === 0) fail('mask.merge', 'got no masks', 'pass at least one');
  return masks.reduce((a, b) => {
    if (a.size[0] !== b.size[0] || a.size[1] !== b.size[1]) {
      fail(
        'mask.merge',
        `masks of ${a.size.join(' x ')} and ${b.size.join(' x ')} cannot be merged`,
        'give masks of one image',
      );
    }
    return { size: a.size, counts: combine(a.counts, b.counts, intersect) };
  });
}

function combine(a: Uint32Array, b: Uint32Array, intersect: boolean): Uint32Array {
  const counts: number[] = [];
  let [i, j, start] = [0, 0, 0];
  let [endA, endB] = [a[0], b[0]];
  let isInside = false;
  let position = 0;
  while (i < a.length && j < b.length) {
    const isSet = intersect ? (i & j & 1) === 1 : ((i | j) & 1) === 1;
    const end = Math.min(endA, endB);
    // Runs of no length decide nothing.
    if (end > position && isSet !== isInside) {
      counts.push(position - start);
      start = position;
      isInside = isSet;
    }
    position = end;
    if (endA === end) endA += a[++i];
    if (endB === end) endB += b[++j];
  }
  counts.push(position - start);
  return Uint32Array.from(counts);
}
