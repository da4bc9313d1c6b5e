import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from 'hornbeam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { confusionOf, shareRight } from '../data/confusion.ts';
import { loadDigits } from '../data/digits.ts';
import { makeModel, writeFolder } from './model.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hornbeam-digits-'));
  await writeFolder(loadDigits().slice(0, 300), folder);
});
afterAll(() => rm(folder, { recursive: true }));

test('digits in a folder are learnt, and what was taken for what is counted', async () => {
  keras.utils.setRandomSeed(7);
  keras.config.disableInteractiveLogging();
  const [training, validation] = await keras.utils.imageDatasetFromDirectory(folder, {
    ...{ colorMode: 'grayscale', imageSize: [16, 16], validationSplit: 0.2, seed: 1 },
    subset: 'both',
  });
  keras.config.enableInteractiveLogging();
  expect(training.classNames).toEqual([...'0123456789']);
  expect([training.filePaths.length, validation.filePaths.length]).toEqual([240, 60]);
  const model = makeModel(16, 10);
  model.compile({
    optimizer: new keras.optimizers.Adam({ learningRate: 3e-3 }),
    loss: 'sparse_categorical_crossentropy',
  });
  await model.fit(training, { epochs: 8, verbose: 0 });
  const counts = await confusionOf(model, validation, 10);
  expect(counts.flat().reduce((a, b) => a + b)).toBe(60);
  expect(shareRight(counts)).toBeGreaterThan(0.5);
  const toFile = join(folder, 'confusion.png');
  await keras.visualization.plotConfusionMatrix(counts, { classNames: training.classNames!, toFile });
  expect((await keras.utils.loadImg(toFile)).width).toBeGreaterThan(300);
});
