import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { runsFromString, runsToString } from './rle-string.ts';

/** A mask as in COCO files: size [height, width] and run lengths as text. */
export interface Rle {
  /** Height and width in pixels. */
  readonly size: readonly [number, number];
  /** The run lengths in COCO's compressed text. */
  readonly counts: string;
}

/** A mask in memory: lengths of alternating runs of zeros and ones, zeros first, down the columns. */
export interface RunLengths {
  readonly size: readonly [number, number];
  readonly counts: Uint32Array;
}

/** Every form in which a mask with its size may be given: run lengths as text or as a list. */
export interface MaskLike {
  /** Height and width in pixels. */
  readonly size: ArrayLike<number>;
  /** The run lengths: COCO's compressed text, or numbers, zeros first, down the columns. */
  readonly counts: string | ArrayLike<number>;
}

/** Reads a mask and checks that its runs fill its size. */
export function toRunLengths(mask: MaskLike): RunLengths {
  const [height, width] = [mask.size[0], mask.size[1]];
  const counts = typeof mask.counts === 'string' ? runsFromString(mask.counts) : runsFromList(mask.counts);
  let pixels = 0;
  for (let i = 0; i < counts.length; i++) pixels += counts[i];
  if (pixels !== height * width) {
    fail(
      'RLE mask',
      `the runs cover ${pixels} pixels, but a mask of ${height} x ${width} has ${height * width}`,
      'size is [height, width] of the image, and the runs go through all of it',
    );
  }
  return { size: [height, width], counts };
}

function runsFromList(list: ArrayLike<number>): Uint32Array {
  const counts = Uint32Array.from(list);
  // A run that does not fit the array changes on the way into it.
  const wrong = counts.findIndex((count, i) => count !== list[i]);
  if (wrong >= 0)
    fail('RLE mask', `run ${wrong} has the length ${list[wrong]}`, 'run lengths are whole and not negative');
  return counts;
}

/** Writes run lengths as in COCO files. */
export const toRle = ({ size, counts }: RunLengths): Rle => ({ size, counts: runsToString(counts) });

/** A mask given by a list of run lengths, or in any other form, as in COCO files. */
export const fromCounts = exact('coco.mask.fromCounts', 1, (mask: MaskLike): Rle => toRle(toRunLengths(mask)));
