/**
 * Tells twelve languages apart by four words, from texts in one folder per language.
 * Run it with `npm run example languages`.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';
import { confusionOf, shareRight } from '../data/confusion.ts';
import { loadDeclaration, makeModel, writeFolder } from './model.ts';

const out = 'out/languages';
mkdirSync(out, { recursive: true });
keras.utils.setRandomSeed(7);
await writeFolder(loadDeclaration(), `${out}/texts`, 4);

const [training, validation] = await keras.utils.textDatasetFromDirectory(`${out}/texts`, {
  validationSplit: 0.2,
  subset: 'both',
  seed: 1,
});
const classNames = training.classNames!;
const vectorize = new layers.TextVectorization({
  split: 'character',
  ngrams: 3,
  outputMode: 'tf_idf',
  maxTokens: 4000,
});
await vectorize.adapt(training.map((texts) => texts));
const model = makeModel(vectorize, classNames.length);
model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
await model.fit(training, { epochs: 10, validationData: validation, verbose: 2 });

const counts = await confusionOf(model, validation, classNames.length);
console.log(`${(100 * shareRight(counts)).toFixed(1)}% of ${validation.filePaths.length} pieces are told rightly.`);
await keras.visualization.plotConfusionMatrix(counts, { classNames, toFile: `${out}/confusion.png` });
for (const text of [
  'where is the library',
  'waar is die biblioteek',
  'waar is de bibliotheek',
  'dove si trova la biblioteca',
]) {
  const scores = await model.predict(keras.tensor([text], { dtype: 'string' }), { verbose: 0 });
  console.log(`${text}: ${classNames[Number(await ops.argmax(scores).item())]}`);
}
