import * as keras from 'hornbeam';
import { ops } from 'hornbeam';

/** How often a sample of each class (a row) was taken for each class (a column). */
export async function confusionOf(
  model: keras.Model,
  samples: AsyncIterable<readonly [x: keras.Tensor, y: keras.Tensor]>,
  classes: number,
): Promise<number[][]> {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for await (const [x, y] of samples) {
    const found = await ops.argmax(await model.predict(x, { verbose: 0 }), { axis: -1 }).data();
    const labels = await y.data();
    for (const [n, label] of labels.entries()) counts[Number(label)]![Number(found[n])]!++;
  }
  return counts;
}

/** The share of samples that were taken for what they are. */
export const shareRight = (counts: readonly (readonly number[])[]): number =>
  counts.reduce((sum, row, k) => sum + row[k]!, 0) / counts.flat().reduce((a, b) => a + b, 0);

/** Draws the counts: a row for each class, a column for what it was taken for; what is right in green, mistakes in red. */
export async function drawConfusion(
  counts: readonly (readonly number[])[],
  names: readonly string[],
  toFile: string,
): Promise<void> {
  const most = Math.max(...counts.flat());
  const tiles = counts.flatMap((row, k) =>
    row.map((count, j) => {
      const strength = 0.25 + (0.75 * count) / (j === k ? most : most / 4);
      const fade = 1 - Math.min(1, strength);
      if (count === 0) return [0.95, 0.95, 0.95];
      return k === j ? [fade, 0.6 + 0.4 * fade, fade] : [1, fade, fade];
    }),
  );
  const colors = keras.tensor(Float32Array.from(tiles.flat()), { shape: [tiles.length, 1, 1, 3] });
  await keras.visualization.plotImageGallery(ops.tile(colors, [1, 12, 40, 1]), {
    yTrue: tiles.map((_, n) => n),
    labelMap: counts.flatMap((row, k) => row.map((count, j) => (k === j ? `${names[k]}: ${count}` : count ? `${names[j]}: ${count}` : ''))),
    columns: names.length,
    scale: 1.5,
    valueRange: [0, 1],
    toFile,
  });
}
