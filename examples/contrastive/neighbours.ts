import * as keras from 'hornbeam';
import { ops } from 'hornbeam';

interface NeighboursOptions {
  /** `[n, 8, 8, 1]` */
  images: keras.Tensor;
  /** `[n]`: for the captions alone. */
  labels: keras.Tensor;
  toFile: string;
}

/** Draws for an image of each digit, white on black, the images whose features point most nearly in its direction. */
export async function neighbours(
  encoder: keras.Model,
  { images, labels, toFile }: NeighboursOptions,
  nearest = 8,
): Promise<Uint8Array> {
  const features = ops.normalize(await encoder.predict(images, { verbose: 0 }), { axis: 1 });
  const digits = Array.from(await labels.data(), Number);
  const queries = Array.from({ length: 10 }, (_, digit) => digits.indexOf(digit));
  const similarities = ops.matmul(ops.take(features, queries, { axis: 0 }), ops.transpose(features));
  // The nearest image of each is itself.
  const [, indices] = ops.topK(similarities, nearest + 1);
  const enlarged = ops.image.resize(ops.take(images, indices, { axis: 0 }).reshape([-1, 8, 8, 1]), [32, 32], {
    interpolation: 'bicubic',
  });
  const rows = ops.rearrange(enlarged, '(k n) h w d -> k h (n w) d', { n: nearest + 1 });
  const isQuery = ops.less(ops.arange((nearest + 1) * 32), 32).reshape([-1, 1]);
  const order = await indices.array<2>();
  return keras.visualization.plotImageGallery(ops.where(isQuery, rows, ops.subtract(1, rows)), {
    yTrue: queries.map((_, k) => k),
    labelMap: order.map(
      ([query, ...others]) => `${digits[query!]}, and the nearest: ${others.map((n) => digits[n]).join(' ')}`,
    ),
    columns: 2,
    scale: 3.6,
    valueRange: [0, 1],
    toFile,
  });
}
