import { fileURLToPath } from 'node:url';
import * as keras from 'hornbeam';
import { expect, test } from 'vitest';
import { makeFeatures, makeModels } from './model.ts';
import { loadPenguins } from './penguins.ts';

test('males are told from females by a table, which the saved model takes as it is', async () => {
  keras.utils.setRandomSeed(7);
  const penguins = loadPenguins(fileURLToPath(new URL('../data/penguins.csv', import.meta.url)));
  const [training, test] = await keras.utils.splitDataset(penguins, { leftSize: 0.7, shuffle: true, seed: 1 });
  expect([training.cardinality(), test.cardinality()]).toEqual([233, 100]);
  const features = makeFeatures();
  await features.adapt(training.map((penguin) => penguin).batch(32));
  const { training: model, whole } = makeModels(features);
  model.compile({ optimizer: new keras.optimizers.Adam({ learningRate: 1e-2 }), loss: 'binary_crossentropy' });
  const prepared = training
    .shuffle(300)
    .batch(32)
    .map((batch, sex) => [features(batch) as keras.Tensor, sex] as const)
    .cache();
  await model.fit(prepared, undefined, { epochs: 20, verbose: 0 });
  whole.compile({ loss: 'binary_crossentropy', metrics: ['accuracy'] });
  const results = await whole.evaluate(test.batch(50), undefined, { verbose: 0, returnDict: true });
  expect((results as Record<string, number>)['accuracy']).toBeGreaterThan(0.85);
  const again = await keras.saving.modelFromKeras(await keras.saving.modelToKeras(whole));
  const [[table]] = (await test.batch(100).toArray()) as [[never, keras.Tensor]];
  const [ours, read] = (await Promise.all([whole.predict(table), again.predict(table)])) as keras.Tensor[];
  expect([...read!.dataSync()]).toEqual([...ours!.dataSync()]);
});
