/**
 * Trains a conditional GAN on handwritten digits, has classifiers read its drawings, and draws a table of them.
 * Run it with `npm run example conditional-gan`.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { accuracyOf, trainClassifier } from '../data/classifier.ts';
import { loadData } from '../data/load-data.ts';
import { ConditionalGAN, makeDiscriminator, makeGenerator, numClasses } from './model.ts';

const out = 'out/conditional-gan';
mkdirSync(out, { recursive: true });
keras.utils.setRandomSeed(7);

const latentDim = 32;
const [[xTrain, yTrain], test] = loadData();
const gan = new ConditionalGAN({ discriminator: makeDiscriminator(), generator: makeGenerator(latentDim), latentDim });
gan.compile({
  dOptimizer: new keras.optimizers.Adam({ learningRate: 4e-4, beta1: 0.5 }),
  gOptimizer: new keras.optimizers.Adam({ learningRate: 4e-4, beta1: 0.5 }),
  lossFn: new keras.losses.BinaryCrossentropy({ fromLogits: true }),
});
await gan.fit(xTrain, ops.oneHot(yTrain, numClasses), { epochs: 120, batchSize: 64, verbose: 2 });

// As many digits as there are real ones, of the same classes.
const generated = [await gan.draw(yTrain), yTrain] as const;
const reader = await trainClassifier([xTrain, yTrain]);
const pupil = await trainClassifier(generated);
const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
console.log(
  `Trained on real digits, a classifier reads ${percent(await accuracyOf(reader, test))} of unseen real ones,`,
);
console.log(`and ${percent(await accuracyOf(reader, generated))} of the generated ones as what was asked for.`);
console.log(
  `Trained on generated digits alone, it reads ${percent(await accuracyOf(pupil, test))} of unseen real ones.`,
);

// A picture for each class: four by four digits of it, enlarged.
const side = 4;
const classes = Array.from({ length: numClasses }, (_, digit) => digit);
const drawn = await gan.draw(classes.flatMap((digit) => new Array<number>(side * side).fill(digit)));
const enlarged = ops.pad(ops.image.resize(drawn, [32, 32], { interpolation: 'bicubic' }), [
  [0, 0],
  [3, 3],
  [3, 3],
  [0, 0],
]);
const tables = ops.rearrange(enlarged, '(k r c) h w d -> k (r h) (c w) d', { r: side, c: side });
await keras.visualization.plotImageGallery(ops.subtract(1, tables), {
  yTrue: classes,
  labelMap: classes.map((digit) => `asked for: ${digit}`),
  columns: 5,
  scale: 1.4,
  valueRange: [0, 1],
  toFile: `${out}/digits.png`,
});
console.log(`The picture is ${out}/digits.png.`);
