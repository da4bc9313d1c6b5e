/** An image of weights. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  readonly title: string;
  /** A single input channel is shown. */
  readonly channels: number;
  /** The value of the strongest colour. */
  readonly most: number;
}
const mostTiles = 256;
const mostSide = 512;

/** Kernels of convolutions `[height, width, in, out]` as one tile per output channel; in colour with three input channels. Otherwise rows and columns. */
export function pictureOf(values: Float32Array, shape: readonly number[], channel: number): Picture {
  let most = 0;
  for (const v of values) if (Number.isFinite(v)) most = Math.max(most, Math.abs(v));
  most ||= 1;
  if (shape.length === 4 && shape[0]! * shape[1]! > 1) return tiles(values, shape, channel, most);
  const columns = shape.length === 0 ? 1 : shape.length === 1 ? Math.min(shape[0]!, 64) : shape[shape.length - 1]!;
  const rows = Math.max(1, Math.ceil(values.length / Math.max(1, columns)));
  const [width, height] = [Math.min(mostSide, columns), Math.min(mostSide, rows)];
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      paint(
        pixels,
        y * width + x,
        (values[Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width)] ?? 0) / most,
      );
  const isCut = width < columns || height < rows;
  return { width, height, pixels, channels: 1, most, title: `${rows} × ${columns}${isCut ? ', thinned out' : ''}` };
}

function tiles(values: Float32Array, shape: readonly number[], channel: number, most: number): Picture {
  const [h, w, c, o] = shape as unknown as [number, number, number, number];
  const isColored = c === 3;
  const count = Math.min(o, mostTiles);
  const across = Math.ceil(Math.sqrt((count * h) / w));
  const down = Math.ceil(count / across);
  const [width, height] = [across * (w + 1) + 1, down * (h + 1) + 1];
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let n = 0; n < count; n++)
    for (let y = 0; y < h; y++)
      for (let x = 0; x < w; x++) {
        const at = (k: number): number => (values[((y * w + x) * c + k) * o + n] ?? 0) / most;
        const pixel = (Math.floor(n / across) * (h + 1) + 1 + y) * width + (n % across) * (w + 1) + 1 + x;
        if (!isColored) paint(pixels, pixel, at(Math.min(channel, c - 1)));
        else for (let k = 0; k < 4; k++) pixels[4 * pixel + k] = k === 3 ? 255 : 127.5 + 127.5 * at(k);
      }
  return {
    width,
    height,
    pixels,
    most,
    channels: isColored ? 1 : c,
    title: `${count}${count < o ? ` of ${o}` : ''} filters of ${h} × ${w}${isColored ? ', in colour' : ''}`,
  };
}

/** Blue below zero, red above, white at zero; green for NaN. */
function paint(pixels: Uint8ClampedArray, pixel: number, t: number): void {
  const strong = Math.sqrt(Math.min(1, Math.abs(t)));
  const [r, g, b] = Number.isNaN(t) ? [0, 200, 80] : t < 0 ? [37, 99, 190] : [196, 60, 48];
  const mix = Number.isNaN(t) ? 1 : strong;
  pixels[4 * pixel] = 250 + (r - 250) * mix;
  pixels[4 * pixel + 1] = 250 + (g - 250) * mix;
  pixels[4 * pixel + 2] = 250 + (b - 250) * mix;
  pixels[4 * pixel + 3] = 255;
}
