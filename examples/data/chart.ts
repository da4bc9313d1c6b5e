import * as keras from 'hornbeam';

/** A line of a chart: a value for each step, in a colour of red, green and blue from 0 to 1. */
export interface Line {
  readonly values: readonly number[];
  readonly color: readonly [number, number, number];
}
export interface Canvas {
  readonly height: number;
  readonly width: number;
  /** Red, green and blue of each pixel, row by row. */
  readonly pixels: Float32Array;
}

/** A white canvas. */
export const canvas = (height: number, width: number): Canvas => ({
  height,
  width,
  pixels: new Float32Array(height * width * 3).fill(1),
});

/** Puts a disc of the given radius on a canvas, with soft edges. */
export function dot({ height, width, pixels }: Canvas, x: number, y: number, radius: number, color: Line['color']): void {
  for (let row = Math.max(0, Math.floor(y - radius - 1)); row <= Math.min(height - 1, y + radius + 1); row++)
    for (let column = Math.max(0, Math.floor(x - radius - 1)); column <= Math.min(width - 1, x + radius + 1); column++) {
      const cover = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(column - x, row - y)));
      const at = (row * width + column) * 3;
      for (let c = 0; c < 3; c++) pixels[at + c] = pixels[at + c]! * (1 - cover) + color[c]! * cover;
    }
}

/** Draws a straight line between two points. */
export function stroke(
  on: Canvas,
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
  radius: number,
  color: Line['color'],
): void {
  const steps = Math.max(1, Math.ceil(2 * Math.hypot(x1 - x0, y1 - y0)));
  for (let k = 0; k <= steps; k++) dot(on, x0 + ((x1 - x0) * k) / steps, y0 + ((y1 - y0) * k) / steps, radius, color);
}

/** Lines over a frame whose lower edge is `low` and whose upper edge is `high`, `[height, width, 3]`. */
export function chart(
  lines: readonly Line[],
  { low, high, height = 240, width = 360 }: { low: number; high: number; height?: number; width?: number },
): keras.Tensor {
  const on = canvas(height, width);
  const [left, right, top, bottom] = [6, width - 6, 6, height - 6];
  for (let k = 0; k <= 4; k++) {
    const y = top + ((bottom - top) * k) / 4;
    stroke(on, [left, y], [right, y], 0.2, [0.85, 0.85, 0.85]);
  }
  for (const { values, color } of lines) {
    const place = (k: number): [number, number] => [
      left + ((right - left) * k) / Math.max(1, values.length - 1),
      bottom - (bottom - top) * Math.min(1, Math.max(0, (values[k]! - low) / (high - low))),
    ];
    for (let k = 1; k < values.length; k++) stroke(on, place(k - 1), place(k), 0.8, color);
  }
  return picture(on);
}

/** What is on a canvas, `[height, width, 3]`. */
export const picture = ({ height, width, pixels }: Canvas): keras.Tensor =>
  keras.tensor(pixels, { shape: [height, width, 3] });
