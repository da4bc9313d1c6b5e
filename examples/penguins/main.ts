/**
 * Tells male from female penguins by a table of measures. Run it with `npm run example penguins`, in the root of the repository.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { makeFeatures, makeModels } from './model.ts';
import { loadPenguins } from './penguins.ts';

const out = 'out/penguins';
mkdirSync(out, { recursive: true });
keras.utils.setRandomSeed(7);

const penguins = loadPenguins('examples/data/penguins.csv');
const [training, test] = await keras.utils.splitDataset(penguins, { leftSize: 0.7, shuffle: true, seed: 1 });
console.log(`${training.cardinality()} penguins to learn from, ${test.cardinality()} to be told`);

const features = makeFeatures();
await features.adapt(training.map((penguin) => penguin).batch(32));
const { training: model, whole } = makeModels(features);
model.compile({
  optimizer: new keras.optimizers.Adam({ learningRate: 1e-2 }),
  loss: 'binary_crossentropy',
  metrics: ['accuracy'],
});
// The table is prepared before the steps.
const prepared = training
  .shuffle(300)
  .batch(32)
  .map((batch, sex) => [features(batch) as keras.Tensor, sex] as const)
  .cache()
  .prefetch(2);
const history = await model.fit(prepared, undefined, { epochs: 60, verbose: 2 });

await keras.visualization.plotHistory(history, { toFile: `${out}/history.png` });

whole.compile({ loss: 'binary_crossentropy', metrics: ['accuracy'] });
console.log(await whole.evaluate(test.batch(32), undefined, { verbose: 0, returnDict: true }));
const one = {
  species: ['Gentoo'],
  island: ['Biscoe'],
  beak_length_mm: [50],
  beak_depth_mm: [15.6],
  flipper_length_mm: [225],
  body_mass_g: [5700],
};
console.log(
  'a heavy Gentoo is a male with probability',
  await ((await whole.predict(one as never)) as keras.Tensor).item(),
);
await whole.save(`${out}/penguins.keras`);
await keras.utils.plotModel(whole, { toFile: `${out}/model.png`, rankdir: 'LR', dpi: 60, showLayerNames: true });
console.log(`${out} has the model, which takes tables as they are, and its picture.`);
