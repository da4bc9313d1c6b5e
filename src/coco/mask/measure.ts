import { exact } from '../../base/exact.ts';
import { type MaskLike, type RunLengths, toRunLengths } from './run-lengths.ts';

/** The number of pixels of a mask. */
export const area = exact('coco.mask.area', 1, (mask: MaskLike): number => areaOfRuns(toRunLengths(mask)));

/** The smallest box x, y, w, h around a mask; 0, 0, 0, 0 for an empty one. */
export const toBbox = exact('coco.mask.toBbox', 1, (mask: MaskLike): [number, number, number, number] =>
  boxOfRuns(toRunLengths(mask)),
);

export function areaOfRuns({ counts }: RunLengths): number {
  let pixels = 0;
  for (let i = 1; i < counts.length; i += 2) pixels += counts[i];
  return pixels;
}

export function boxOfRuns({ size: [height], counts }: RunLengths): [number, number, number, number] {
  let [left, right, top, bottom] = [Infinity, -1, Infinity, -1];
  let position = 0;
  for (let i = 0; i < counts.length; position += counts[i++]) {
    if (i % 2 === 0 || counts[i] === 0) continue;
    const last = position + counts[i] - 1;
    const [firstColumn, lastColumn] = [Math.floor(position / height), Math.floor(last / height)];
    left = Math.min(left, firstColumn);
    right = Math.max(right, lastColumn);
    // A run that goes on in the next column touches both edges.
    top = firstColumn < lastColumn ? 0 : Math.min(top, position % height);
    bottom = firstColumn < lastColumn ? height - 1 : Math.max(bottom, last % height);
  }
  return right < 0 ? [0, 0, 0, 0] : [left, top, right - left + 1, bottom - top + 1];
}
