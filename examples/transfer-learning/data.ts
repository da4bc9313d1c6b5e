import { ops } from 'hornbeam';
import { type Labelled, loadData, only } from '../data/load-data.ts';
import { asImages } from './model.ts';

/** Digits 0 to 4 with many labels, 5 to 9 of which few are used, and 5 to 9 by other writers; labels from 0 to 4. */
export async function loadTasks(): Promise<{ plenty: Labelled; scarce: Labelled; unseen: Labelled }> {
  const [training, test] = loadData();
  const high = async (digits: Labelled): Promise<Labelled> => {
    const [x, y] = await only(digits, (digit) => digit >= 5);
    return [asImages(x), ops.subtract(y, 5)];
  };
  const [x, y] = await only(training, (digit) => digit < 5);
  return { plenty: [asImages(x), y], scarce: await high(training), unseen: await high(test) };
}

/** The first images of each class. */
export async function fewOfEach([x, y]: Labelled, count: number): Promise<Labelled> {
  const labels = Array.from(await y.data(), Number);
  const indices = [0, 1, 2, 3, 4].flatMap((k) =>
    labels.flatMap((label, n) => (label === k ? [n] : [])).slice(0, count),
  );
  return [ops.take(x, indices, { axis: 0 }), ops.take(y, indices, { axis: 0 })];
}
