import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from 'hornbeam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { confusionOf, shareRight } from '../data/confusion.ts';
import { makeModel, readRecordings, writeRecordings } from './model.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hornbeam-words-'));
  await writeRecordings(join(folder, 'training'), 12, 2, 1);
  await writeRecordings(join(folder, 'test'), 4, 2, 2);
});
afterAll(() => rm(folder, { recursive: true }));

test('words are told by their sound, of voices that were not heard before', async () => {
  keras.utils.setRandomSeed(7);
  const training = await readRecordings(join(folder, 'training'), true, 12);
  const test = await readRecordings(join(folder, 'test'), false);
  expect(training.classNames).toEqual(['down', 'go', 'left', 'no', 'right', 'stop', 'up', 'yes']);
  expect([training.filePaths.length, test.filePaths.length]).toEqual([192, 64]);
  const model = makeModel();
  model.compile({
    optimizer: new keras.optimizers.Adam({ learningRate: 6e-3 }),
    loss: 'sparse_categorical_crossentropy',
  });
  await model.fit(training.cache(), { epochs: 10, verbose: 0 });
  const counts = await confusionOf(model, test, 8);
  // One in eight would be luck.
  expect(shareRight(counts)).toBeGreaterThan(0.4);
});
