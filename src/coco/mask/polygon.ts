import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type Rle, type RunLengths, toRle } from './run-lengths.ts';

/** One mask for each polygon x1, y1, x2, y2, ... in an image of the given size. */
export const fromPolygons = exact(
  'coco.mask.fromPolygons',
  3,
  (polygons: readonly ArrayLike<number>[], height: number, width: number): Rle[] =>
    polygons.map((polygon) => toRle(polygonRuns(polygon, height, width))),
);

/** One mask for each box x, y, w, h (flat), drawn as a polygon. */
export const fromBoxes = exact(
  'coco.mask.fromBoxes',
  3,
  function fromBoxes(boxes: ArrayLike<number>, height: number, width: number): Rle[] {
    if (boxes.length % 4 !== 0) fail('mask.fromBoxes', `got ${boxes.length} numbers`, 'give x, y, w, h for each box');
    return Array.from({ length: boxes.length / 4 }, (_, i) => {
      const [x, y] = [boxes[4 * i], boxes[4 * i + 1]];
      const [right, bottom] = [x + boxes[4 * i + 2], y + boxes[4 * i + 3]];
      return toRle(polygonRuns([x, y, x, bottom, right, bottom, right, y], height, width));
    });
  },
);

/** The longest side of an image with masks. */
export const largestSide = 2 ** 20;
const isSide = (n: number): boolean => Number.isInteger(n) && n >= 0 && n <= largestSide;
/** Whether masks can be drawn in an image of this size: run lengths count its pixels in 32 bits. */
export const isImageSize = (height: number, width: number): boolean =>
  isSide(height) && isSide(width) && height * width < 2 ** 32;

// The outline is drawn this much finer than the pixels, which decides on which side of it a pixel's centre lies.
const scale = 5;

/** Fills a polygon: where its outline crosses a column of pixel centres, inside and outside change places. */
export function polygonRuns(polygon: ArrayLike<number>, height: number, width: number): RunLengths {
  if (polygon.length < 6 || polygon.length % 2 !== 0) {
    fail('mask.fromPolygons', `a polygon has ${polygon.length} numbers`, 'give x and y of at least three corners');
  }
  if (!isImageSize(height, width))
    fail(
      'mask.fromPolygons',
      `an image of ${height} x ${width} pixels`,
      `give whole sides of at most ${largestSide}, and fewer than 2^32 pixels`,
    );
  const crossings = outlineCrossings(polygon, height, width).sort((a, b) => a - b);
  const counts: number[] = [];
  let start = 0;
  for (let i = 0; i < crossings.length; i++) {
    // Two crossings at one place undo each other.
    if (crossings[i] === crossings[i + 1]) {
      i++;
      continue;
    }
    counts.push(crossings[i] - start);
    start = crossings[i];
  }
  if (start < height * width || counts.length === 0) counts.push(height * width - start);
  return { size: [height, width], counts: Uint32Array.from(counts) };
}

/** Pixels, counted down the columns, at which the outline of a polygon crosses their column. */
function outlineCrossings(polygon: ArrayLike<number>, height: number, width: number): number[] {
  const crossings: number[] = [];
  let [lastX, lastY] = [Number.NaN, Number.NaN];
  const visit = (x: number, y: number): void => {
    if (x !== lastX && !Number.isNaN(lastX)) {
      const column = ((x < lastX ? x : x - 1) + 0.5) / scale - 0.5;
      const row = Math.ceil(Math.min(Math.max((Math.min(y, lastY) + 0.5) / scale - 0.5, 0), height));
      if (Number.isInteger(column) && column >= 0 && column <= width - 1) crossings.push(column * height + row);
    }
    [lastX, lastY] = [x, y];
  };
  const fine = (i: number): number => clamp(round(scale * polygon[i % polygon.length]), -farthest, farthest);
  for (let i = 0; i < polygon.length; i += 2) {
    const line: Line = [fine(i), fine(i + 1), fine(i + 2), fine(i + 3)];
    drawLine(line, scale * width + 1, visit);
  }
  return crossings;
}

type Line = readonly [x0: number, y0: number, x1: number, y1: number];
const clamp = (x: number, least: number, most: number): number => Math.min(Math.max(x, least), most);
/** Rounds halves up; below zero towards zero, as a conversion to integer in C does. */
const round = (x: number): number => Math.trunc(x + 0.5);
// The reference counts in 32-bit integers, and is wrong beyond.
const farthest = 2 ** 31;

/**
 * Visits the points of a line in their order, both ends included: one for each step along its longer side. Left out are
 * points left of 0 and right of `right`, where there are no columns to cross, and points between others with the same
 * x, so that a line takes no more steps than twice the width of the image, however far it leads.
 */
function drawLine([x0, y0, x1, y1]: Line, right: number, visit: (x: number, y: number) => void): void {
  const [dx, dy] = [Math.abs(x1 - x0), Math.abs(y1 - y0)];
  const isSteep = dx < dy;
  const length = Math.max(dx, dy);
  // Lines are always computed in the rising direction, so that both sides of a shared edge round alike.
  const isReversed = isSteep ? y0 > y1 : x0 > x1;
  const [xs, ys, xe, ye] = isReversed ? [x1, y1, x0, y0] : [x0, y0, x1, y1];
  const slope = length === 0 ? 0 : (isSteep ? xe - xs : ye - ys) / length;
  const xAt = (step: number): number => {
    const t = isReversed ? length - step : step;
    return isSteep ? round(xs + slope * t) : xs + t;
  };
  const visitStep = (step: number): void => {
    const t = isReversed ? length - step : step;
    visit(xAt(step), isSteep ? ys + t : round(ys + slope * t));
  };
  // x only rises or only falls: where the line enters and leaves the image is found by halving.
  const isRising = x1 >= x0;
  const isPast = (x: number, limit: number): boolean => (isRising ? x > limit : x < limit);
  const firstPast = (limit: number, from: number): number => {
    let [low, high] = [from, length + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (isPast(xAt(middle), limit)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const end = firstPast(isRising ? right : 0, 0);
  for (let step = firstPast(isRising ? -1 : right + 1, 0); step < end; ) {
    visitStep(step);
    const next = isSteep ? firstPast(xAt(step), step + 1) : step + 1;
    if (next - 1 > step) visitStep(next - 1);
    step = next;
  }
}
