import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { expect, test } from 'vitest';
import { loadData } from '../data/load-data.ts';
import { accumulated, accuracyOf, distance, makeClassifier, train, wholeBatches } from './training.ts';

const [training, unseen] = loadData();
const few = training.map((t) => ops.getItem(t, { slice: [0, 256] })) as [keras.Tensor, keras.Tensor];
const made = () => {
  keras.utils.setRandomSeed(7);
  return makeClassifier();
};

test('gradients of small batches, added up, take the steps of the whole batch, in less memory', async () => {
  const [whole, small] = [wholeBatches(made()), accumulated(made(), 8)];
  const options = { batchSize: 64, epochs: 3 };
  const losses = await train(whole, few, options);
  const others = await train(small, few, options);
  expect(losses).toHaveLength(12);
  expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]!);
  losses.forEach((loss, k) => {
    expect(others[k]).toBeCloseTo(loss, 3);
  });
  expect(await distance(whole.model, small.model)).toBeLessThan(1e-3);
  expect(await distance(whole.model, made())).toBeGreaterThan(5e-3);
  const batch = few.map((t) => ops.getItem(t, { slice: [0, 64] })) as [keras.Tensor, keras.Tensor];
  expect(small.scratchBytes(...batch)).toBeLessThan(0.5 * whole.scratchBytes(...batch));
  expect(await accuracyOf(small.model, unseen)).toBeGreaterThan(0.3);
});
