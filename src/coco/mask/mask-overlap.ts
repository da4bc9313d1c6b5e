import { exact } from '../../base/exact.ts';
import { boxOverlap, type Overlap } from '../box-overlap.ts';
import { areaOfRuns, boxOfRuns } from './measure.ts';
import { type MaskLike, type RunLengths, toRunLengths } from './run-lengths.ts';

/** Masks of some rows, read and measured. */
export class MeasuredMasks {
  readonly runs: RunLengths[] = [];
  readonly areas: number[] = [];
  /** x, y, w, h of each mask, flat. */
  readonly boxes: Float64Array;

  constructor(masks: readonly MaskLike[]) {
    this.boxes = new Float64Array(4 * masks.length);
    masks.forEach((mask, i) => {
      const runs = toRunLengths(mask);
      this.runs.push(runs);
      this.areas.push(areaOfRuns(runs));
      this.boxes.set(boxOfRuns(runs), 4 * i);
    });
  }
}

/**
 * Overlap of masks: shared pixels over united pixels, for a crowd over the detection's. Masks whose boxes do not meet
 * give 0 without a look at their pixels; masks of different sizes that do, -1.
 */
export function maskOverlap(detections: MeasuredMasks, truths: MeasuredMasks): Overlap {
  const ofBoxes = boxOverlap(detections.boxes, truths.boxes);
  return (detection, truth, isCrowd) => {
    if (!(ofBoxes(detection, truth, isCrowd) > 0)) return 0;
    const [d, g] = [detections.runs[detection], truths.runs[truth]];
    if (d.size[0] !== g.size[0] || d.size[1] !== g.size[1]) return -1;
    const shared = sharedPixels(d.counts, g.counts);
    if (shared === 0) return 0;
    const area = detections.areas[detection];
    return shared / (isCrowd ? area : area + truths.areas[truth] - shared);
  };
}

/** Overlap of every detection with every object: [detections, objects], row by row. `isCrowd` is per object. */
export const iou = exact(
  'coco.mask.iou',
  3,
  function iou(
    detections: readonly MaskLike[],
    truths: readonly MaskLike[],
    isCrowd: ArrayLike<number | boolean> = [],
  ): Float64Array {
    const overlap = maskOverlap(new MeasuredMasks(detections), new MeasuredMasks(truths));
    const table = new Float64Array(detections.length * truths.length);
    for (let i = 0; i < table.length; i++) {
      const truth = i % truths.length;
      table[i] = overlap(Math.floor(i / truths.length), truth, Boolean(isCrowd[truth]));
    }
    return table;
  },
);

/** Pixels that belong to the ones of both run lists. */
function sharedPixels(a: Uint32Array, b: Uint32Array): number {
  let [i, j, position, shared] = [0, 0, 0, 0];
  let [endA, endB] = [a[0], b[0]];
  while (i < a.length && j < b.length) {
    const end = Math.min(endA, endB);
    if (i & j & 1) shared += end - position;
    position = end;
    if (endA === end) endA += a[++i];
    if (endB === end) endB += b[++j];
  }
  return shared;
}
