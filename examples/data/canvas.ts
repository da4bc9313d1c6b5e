import * as keras from 'hornbeam';

/** Red, green and blue from 0 to 1. */
export type Color = readonly [red: number, green: number, blue: number];
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
export function dot({ height, width, pixels }: Canvas, x: number, y: number, radius: number, color: Color): void {
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
  color: Color,
): void {
  const steps = Math.max(1, Math.ceil(2 * Math.hypot(x1 - x0, y1 - y0)));
  for (let k = 0; k <= steps; k++) dot(on, x0 + ((x1 - x0) * k) / steps, y0 + ((y1 - y0) * k) / steps, radius, color);
}

/** What is on a canvas, `[height, width, 3]`. */
export const picture = ({ height, width, pixels }: Canvas): keras.Tensor =>
  keras.tensor(pixels, { shape: [height, width, 3] });
