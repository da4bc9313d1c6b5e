import type * as keras from 'hornbeam';
import { ops } from 'hornbeam';

/** Counts of samples by class (row) and predicted class (column). */
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

/** The fraction of samples that were classified correctly. */
export const shareRight = (counts: readonly (readonly number[])[]): number =>
  counts.reduce((sum, row, k) => sum + row[k]!, 0) / counts.flat().reduce((a, b) => a + b, 0);
