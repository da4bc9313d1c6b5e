/**
 * Learns to tell eight words by their sound, spoken by synthesized voices, and is tested with unheard voices.
 * Run it with `npm run example keyword-spotting`.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { confusionOf, shareRight } from '../data/confusion.ts';
import { makeModel, readRecordings, writeRecordings } from './model.ts';

const out = 'out/keyword-spotting';
mkdirSync(out, { recursive: true });
keras.utils.setRandomSeed(7);
await writeRecordings(`${out}/training`, 30, 6, 1);
await writeRecordings(`${out}/test`, 10, 6, 2);
const training = await readRecordings(`${out}/training`, true);
const test = await readRecordings(`${out}/test`, false);
console.log(`${training.filePaths.length} recordings to learn from, ${test.filePaths.length} of other voices`);

const model = makeModel();
model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
await model.fit(training.cache(), { epochs: 12, validationData: test.cache(), verbose: 2 });

const classes = test.classNames!;
const counts = await confusionOf(model, test, classes.length);
console.log(
  `${(100 * shareRight(counts)).toFixed(1)}% of ${test.filePaths.length} words of other voices are understood.`,
);
await keras.visualization.plotConfusionMatrix(counts, { classNames: classes, toFile: `${out}/confusion.png` });
await model.save(`${out}/keywords.keras`);
console.log(`The confusion matrix: ${out}/confusion.png; the model, which takes sound as it is: ${out}/keywords.keras`);
