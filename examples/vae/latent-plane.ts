import * as keras from 'hornbeam';
import { ops } from 'hornbeam';

/** Red, green and blue from 0 to 1: a colour for each digit, and what they are drawn on. */
const paper = [0.96, 0.96, 0.95];
const colors = [
  [0.26, 0.41, 0.82], [0.94, 0.69, 0.09], [1, 0.45, 0.36], [0.42, 0.77, 0.69], [0.24, 0.66, 0.32],
  [1, 0.54, 0.72], [0.64, 0.39, 0.95], [0.59, 0.73, 0.96], [0.61, 0.42, 0.31], [0.58, 0.59, 0.63],
]; // biome-ignore format: a table

interface Encoded {
  /** `[n, 8, 8, 1]` */
  images: keras.Tensor;
  /** `[n]` */
  labels: keras.Tensor;
  /** `[n, 2]` */
  zMean: keras.Tensor;
}

/**
 * Two pictures of the plane from -extent to extent, `[2, size, size, 3]`: the images, each drawn where it is encoded in its digit's
 * colour, and what a grid of places is decoded to.
 */
export async function latentPlane(
  decoder: keras.Model,
  { images, labels, zMean }: Encoded,
  { extent = 2.6, cells = 20, cellSize = 24 } = {},
): Promise<keras.Tensor> {
  const size = cells * cellSize;
  // Rows run downwards, the second coordinate upwards.
  const steps = Array.from({ length: cells }, (_, k) => (((k + 0.5) / cells) * 2 - 1) * extent);
  const grid = steps.toReversed().flatMap((z1) => steps.map((z0) => [z0, z1]));
  const decoded = ops.image.resize(await decoder.predict(grid, { verbose: 0 }), [cellSize, cellSize], {
    interpolation: 'bicubic',
  });
  const manifold = ops.rearrange(decoded, '(r c) h w d -> (r h) (c w) d', { c: cells });

  const canvas = Float32Array.from({ length: size * size * 3 }, (_, at) => paper[at % 3]!);
  const side = 16;
  const inks = await ops.image.resize(images, [side, side], { interpolation: 'bicubic' }).data();
  const [places, digits] = [await zMean.data(), await labels.data()];
  for (let n = 0; n < digits.length; n++) {
    const [x, y] = [0, 1].map((d) => (places[n * 2 + d]! * (d === 0 ? 1 : -1)) / extent) as [number, number];
    const left = Math.round(((x + 1) / 2) * size - side / 2);
    const top = Math.round(((y + 1) / 2) * size - side / 2);
    for (let p = 0; p < side * side; p++) {
      const [i, j] = [left + (p % side), top + Math.floor(p / side)];
      if (i < 0 || j < 0 || i >= size || j >= size) continue;
      const ink = Math.min(1, Math.max(0, inks[n * side * side + p]!));
      colors[Number(digits[n])]!.forEach((color, c) => {
        const at = (j * size + i) * 3 + c;
        canvas[at] = canvas[at]! * (1 - ink) + color * ink;
      });
    }
  }
  return ops.stack([
    keras.tensor(canvas, { shape: [size, size, 3] }),
    ops.multiply(paper, ops.subtract(1, ops.clip(manifold, 0, 1))),
  ]);
}
