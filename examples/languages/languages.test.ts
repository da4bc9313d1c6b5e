import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from 'hornbeam';
import { expect, test } from 'vitest';
import { confusionOf, shareRight } from '../data/confusion.ts';
import { loadDeclaration, makeModel, pieces, writeFolder } from './model.ts';

test('texts are cut into pieces', () => {
  expect(pieces('all human beings are born', 2)).toEqual(['all human', 'beings are']);
  expect(Object.keys(loadDeclaration())).toHaveLength(12);
});

test('languages that are not alike are told apart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hornbeam-languages-'));
  keras.utils.setRandomSeed(7);
  keras.config.disableInteractiveLogging();
  const { English, French, Swedish } = loadDeclaration();
  await writeFolder({ English: English!, French: French!, Swedish: Swedish! }, folder, 8);
  const [training, validation] = await keras.utils.textDatasetFromDirectory(folder, {
    ...{ validationSplit: 0.2, seed: 1 },
    subset: 'both',
  });
  keras.config.enableInteractiveLogging();
  const vectorize = new keras.layers.TextVectorization({
    ...{ split: 'character', ngrams: 3, outputMode: 'tf_idf', maxTokens: 500 },
  });
  await vectorize.adapt(training.map((texts, _) => texts));
  const model = makeModel(vectorize, 3);
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
  await model.fit(training, { epochs: 8, verbose: 0 });
  expect(shareRight(await confusionOf(model, validation, 3))).toBeGreaterThan(0.9);
  await rm(folder, { recursive: true });
});
