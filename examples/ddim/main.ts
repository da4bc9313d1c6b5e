/**
 * Trains a diffusion model on handwritten digits, measures how far its images are from real ones, and shows how noise becomes
 * digits. Run it with `npm run example ddim`.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { trainClassifier } from '../data/classifier.ts';
import { loadData } from '../data/load-data.ts';
import { KID } from './kid.ts';
import { DiffusionModel } from './model.ts';
import { getNetwork } from './network.ts';

const out = 'out/ddim';
mkdirSync(out, { recursive: true });
keras.utils.setRandomSeed(7);

const imageSize = 8;
const [training, test] = loadData();
// The features of a classifier of digits measure how far images are from each other.
const classifier = await trainClassifier(training);
const features = classifier.layers.at(-2)!.output as keras.KerasTensor;
const encoder = new keras.Model({ inputs: classifier.inputs![0]!, outputs: features });

const model = new DiffusionModel({
  network: getNetwork({ imageSize, widths: [24, 48, 64], blockDepth: 2 }),
  imageSize,
  kid: new KID({ encoder }),
});
model.normalizer.adapt(training[0]);
const epochs = 80;
model.compile({
  optimizer: new keras.optimizers.AdamW({
    learningRate: new keras.optimizers.schedules.CosineDecay({ initialLearningRate: 2e-3, decaySteps: epochs * 22 }),
    weightDecay: 1e-4,
  }),
  loss: 'mean_absolute_error',
});
const [images] = training;
await model.fit(images, {
  epochs,
  batchSize: 64,
  verbose: 2,
  validationData: [test[0]],
  validationBatchSize: 359,
  validationFreq: 20,
});

// Twenty steps each; the distances of unseen real digits and of noise give the scale.
const generated = model.generate(359, 20);
const distance = async (images: keras.Tensor): Promise<string> => {
  const kid = new KID({ encoder });
  kid.updateState(ops.getItem(training[0], { slice: [0, 359] }), images);
  return (await kid.result().item()).toFixed(4);
};
const noise = keras.random.uniform([359, imageSize, imageSize, 1]);
console.log(`KID from real digits: generated ${await distance(generated)},`);
console.log(`other real digits ${await distance(test[0])}, noise ${await distance(noise)}.`);
const sure = await ops.mean(ops.max(await classifier.predict(generated, { verbose: 0 }), { axis: 1 })).item();
const sureOfReal = await ops.mean(ops.max(await classifier.predict(test[0], { verbose: 0 }), { axis: 1 })).item();
console.log(
  `A classifier is ${(100 * sure).toFixed(1)}% sure of what they are; of real ones ${(100 * sureOfReal).toFixed(1)}%.`,
);

// The estimated images, eight times twelve, at some of the steps.
const [rows, columns] = [12, 4];
const shown = new Map<number, keras.Tensor>();
const initialNoise = keras.random.normal([rows * columns, imageSize, imageSize, 1], { seed: 3 });
model.reverseDiffusion(initialNoise, 20, (predImages, step) => shown.set(step + 1, model.denormalize(predImages)));
const steps = [1, 3, 6, 10, 20];
const enlarged = steps.map((step) => ops.image.resize(shown.get(step)!, [32, 32], { interpolation: 'bicubic' }));
const tables = enlarged.map((images) =>
  ops.rearrange(ops.pad(images, [[0, 0], [3, 3], [3, 3], [0, 0]]), '(r c) h w d -> (r h) (c w) d', { c: columns }),
); // biome-ignore format: pads are easier to read in a row
await keras.visualization.plotImageGallery(ops.subtract(1, ops.stack(tables)), {
  yTrue: steps.map((_, k) => k),
  labelMap: steps.map((step) => `step ${step}`),
  columns: steps.length,
  scale: 1.3,
  valueRange: [0, 1],
  toFile: `${out}/steps.png`,
});
console.log(`The picture is ${out}/steps.png.`);
