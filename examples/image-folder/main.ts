/**
 * Learns to read digits from a folder of images, one folder per class, and draws a confusion matrix.
 * Run it with `npm run example image-folder`.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { confusionOf, shareRight } from '../data/confusion.ts';
import { loadDigits } from '../data/digits.ts';
import { makeModel, writeFolder } from './model.ts';

const out = 'out/image-folder';
mkdirSync(out, { recursive: true });
keras.utils.setRandomSeed(7);
await writeFolder(loadDigits(), `${out}/digits`);

const side = 16;
const [training, validation] = await keras.utils.imageDatasetFromDirectory(`${out}/digits`, {
  colorMode: 'grayscale',
  imageSize: [side, side],
  validationSplit: 0.2,
  subset: 'both',
  seed: 1,
});
const { classNames } = training;
const model = makeModel(side, classNames!.length);
model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
const history = await model.fit(training, { epochs: 25, validationData: validation, verbose: 2 });

const counts = await confusionOf(model, validation, classNames!.length);
console.log(`${(100 * shareRight(counts)).toFixed(1)}% of ${validation.filePaths.length} images are read rightly.`);
await keras.visualization.plotConfusionMatrix(counts, { classNames: classNames!, toFile: `${out}/confusion.png` });
await keras.visualization.plotHistory(history, { toFile: `${out}/history.png` });
console.log(`How it learned, and what was taken for what: ${out}/history.png, ${out}/confusion.png`);
