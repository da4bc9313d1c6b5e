/**
 * Tells photographs of animals, fishes, monuments, tools and windmills apart, with what a base has learnt of other photographs.
 * Run it with `npm run example transfer-photographs`, or `npm run example transfer-photographs imagenet` where there is a network.
 */
import { mkdirSync, rmSync } from 'node:fs';
import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { confusionOf, shareRight } from '../data/confusion.ts';
import type { Labelled } from '../data/load-data.ts';
import { classNames, loadMorePhotographs, loadPhotographs } from '../data/photographs.ts';
import { featuresOf, unfreezeFrom } from '../transfer-learning/model.ts';
import { foldsOf, spread } from './folds.ts';
import { compile, layersOf, makeBase, makeClassifier, makeHead, side } from './model.ts';
import { pretrain } from './pretrain.ts';

const out = 'out/transfer-photographs';
mkdirSync(out, { recursive: true });
keras.utils.setRandomSeed(7);
const weights = process.argv.includes('imagenet') ? 'imagenet' : 'own';
const photographs = await loadPhotographs(side);

const trained = `${out}/base.weights.h5`;
const base = await makeBase(weights);
if (weights === 'own') await pretrain(base, await loadMorePhotographs(side), 60);
await base.saveWeights(trained);

const classes = classNames.length;
const batchSize = 32;
const rights: Record<string, number[]> = {};
const total = classNames.map(() => classNames.map(() => 0));
let [model, unseen] = [base, photographs];
let fold = 0;
for await (const [training, others] of foldsOf(photographs, 5)) {
  fold++;
  const [x, y] = training;
  const steps = (epochs: number): number => epochs * Math.ceil(y.shape[0]! / batchSize);
  const judge = async (name: string, model: keras.Model): Promise<number[][]> => {
    const counts = await confusionOf(model, keras.data.Dataset.fromTensorSlices(others).batch(64), classes);
    (rights[name] ??= []).push(shareRight(counts));
    console.log(`${fold}: ${name}: ${(100 * shareRight(counts)).toFixed(1)}%`);
    return counts;
  };

  const blank = await makeBase();
  const scratch = makeClassifier(blank, makeHead(blank, classes));
  compile(scratch, 3e-3, steps(40));
  await scratch.fit(x, y, { epochs: 40, batchSize, verbose: 0 });
  await judge('from scratch', scratch);

  // The frozen base makes the same of an image in every epoch: it does so once, of each photograph and its mirror image.
  const own = await makeBase(weights);
  await own.loadWeights(trained);
  const mirrored: Labelled = [ops.concatenate([x, ops.flip(x, { axis: 2 })], { axis: 0 }), ops.tile(y, [2])];
  const file = `${out}/features-${fold}.cache`;
  rmSync(file, { force: true });
  const features = featuresOf(own, mirrored, file);
  const head = makeHead(own, classes);
  compile(head, 1e-2, 40 * 10);
  await head.fit(features.shuffle(400).batch(batchSize), undefined, { epochs: 40, verbose: 0 });
  model = makeClassifier(own, head, { isFrozen: true });
  await judge('a new head on the frozen base', model);

  unfreezeFrom(own, layersOf[weights].retrained);
  compile(model, 2e-3, steps(40));
  await model.fit(x, y, { epochs: 40, batchSize, verbose: 0 });
  const counts = await judge('all but its first layer trained on', model);
  counts.forEach((row, k) => void row.forEach((count, n) => void (total[k]![n]! += count)));
  unseen = others;
}
for (const [name, shares] of Object.entries(rights)) console.log(`${name}: ${spread(shares)}`);

await keras.visualization.plotConfusionMatrix(total, { classNames: [...classNames], toFile: `${out}/confusion.png` });
const shown = Array.from({ length: 12 }, (_, k) => Math.round((k * (unseen[0].shape[0]! - 1)) / 11));
await keras.visualization.plotGradCam(model, ops.take(unseen[0], shown, { axis: 0 }), {
  layer: `base/${layersOf[weights].last}`,
  labelMap: [...classNames],
  columns: 6,
  scale: 2,
  toFile: `${out}/grad-cam.png`,
});
console.log(`What was taken for what, and where the classifier looks: ${out}/confusion.png, ${out}/grad-cam.png`);
