export type Point = readonly [x: number, y: number];
/** A line drawn without lifting the pen. */
export type Stroke = readonly Point[];

/** Side of the bitmap on which the ink is counted, and of the square of its pixels that is one pixel of the data. */
const side = 32;
const cell = 4;
/** Size of the box into which the data set fitted its digits, in bitmap pixels, and how much of it they stretched. */
const [boxWidth, boxHeight] = [20, 32];
/** Pixels of the bitmap that are ink in a digit of the data set: 30% in nearly all. */
const ink = 305;
/** Room for half the pen's width at each edge of the box. */
const margin = 2.5;
/** How much wider than drawn a narrow digit may become. */
const mostStretched = 1.25;

/**
 * The strokes as the data set would show them: 8x8 ink values from 0 to 1. The data set's authors fitted each digit into a
 * box of 20x32 pixels in the middle of 32x32, normalised the thickness of its lines, and counted the ink in squares of 4x4.
 * So do we: of the 1,024 pixels, the 305 that are nearest to the strokes are ink.
 */
export function digitOf(strokes: readonly Stroke[]): Float32Array {
  const digit = new Float32Array((side / cell) ** 2);
  const fitted = fit(strokes);
  if (fitted.length === 0) return digit;
  const distances = Array.from({ length: side * side }, (_, k) =>
    distance([(k % side) + 0.5, Math.floor(k / side) + 0.5], fitted),
  );
  const order = distances.map((_, k) => k).sort((a, b) => distances[a]! - distances[b]!);
  for (const k of order.slice(0, ink)) {
    const [row, column] = [Math.floor(k / side / cell), Math.floor((k % side) / cell)];
    digit[(row * side) / cell + column]! += 1 / cell ** 2;
  }
  return digit;
}

/** Moves and stretches the strokes into the box. */
function fit(strokes: readonly Stroke[]): Stroke[] {
  const points = strokes.flat();
  if (points.length === 0) return [];
  const [left, right] = extent(points.map(([x]) => x));
  const [top, bottom] = extent(points.map(([, y]) => y));
  const sy = (boxHeight - 2 * margin) / Math.max(bottom - top, (right - left) / 2, 1e-6);
  const sx = Math.min((boxWidth - 2 * margin) / Math.max(right - left, 1e-6), sy * mostStretched);
  return strokes.map((stroke) =>
    stroke.map(([x, y]) => [side / 2 + (x - (left + right) / 2) * sx, side / 2 + (y - (top + bottom) / 2) * sy]),
  );
}

const extent = (xs: readonly number[]): [low: number, high: number] => [Math.min(...xs), Math.max(...xs)];

/** From a point to the nearest of all strokes. */
function distance([px, py]: Point, strokes: readonly Stroke[]): number {
  let nearest = Infinity;
  for (const stroke of strokes) {
    for (const [k, [x, y]] of stroke.entries()) {
      const [toX, toY] = stroke[k + 1] ?? [x, y];
      const [dx, dy] = [toX - x, toY - y];
      const along = Math.max(0, Math.min(1, ((px - x) * dx + (py - y) * dy) / (dx * dx + dy * dy || 1)));
      nearest = Math.min(nearest, Math.hypot(px - x - along * dx, py - y - along * dy));
    }
  }
  return nearest;
}
