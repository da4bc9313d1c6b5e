import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import type { Labelled } from '../data/load-data.ts';

/** For each of `count` parts, all photographs but those of the part, and those: with as many of each class in every part as may be. */
export async function* foldsOf(
  [x, y]: Labelled,
  count: number,
): AsyncGenerator<[training: Labelled, unseen: Labelled]> {
  const labels = Array.from(await y.data(), Number);
  const order = Array.from(await keras.random.shuffle(ops.arange(labels.length), { seed: 3 }).data(), Number);
  const byClass = order.sort((a, b) => labels[a]! - labels[b]!);
  const part = (indices: number[]): Labelled => [ops.take(x, indices, { axis: 0 }), ops.take(y, indices, { axis: 0 })];
  for (let k = 0; k < count; k++)
    yield [part(byClass.filter((_, n) => n % count !== k)), part(byClass.filter((_, n) => n % count === k))];
}

/** Mean and standard deviation of shares, as text. */
export function spread(shares: readonly number[]): string {
  const mean = shares.reduce((a, b) => a + b) / shares.length;
  const deviation = Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (shares.length - 1));
  return `${(100 * mean).toFixed(1)}% ± ${(100 * deviation).toFixed(1)}`;
}
