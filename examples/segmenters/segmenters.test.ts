import * as keras from 'hornbeam';
import { expect, test } from 'vitest';
import { makeDeepLab } from './deep-lab.ts';
import { classes, ious, loadScenes, train } from './train.ts';
import { makeUNet } from './u-net.ts';

test('the maps of both are as large as the images', () => {
  expect(makeUNet({ size: 96, classes: 3, filters: [4, 8, 16] }).outputShape).toEqual([null, 96, 96, 3]);
  const backbone = keras.applications.ResNet50({ weights: null, includeTop: false, inputShape: [128, 96, 3] });
  const layers = { high: 'conv4_block6_out', low: 'conv2_block3_out' };
  const model = makeDeepLab(backbone, { classes: 3, filters: 8, ...layers });
  expect(model.outputShape).toEqual([null, 128, 96, 3]);
});

test('the masks of the scenes are where their ink is', () => {
  const [[images, masks]] = loadScenes(64, { training: 4, unseen: 1 });
  const ink = images.dataSync() as Float32Array;
  const found = masks.dataSync();
  expect(new Set(found).size).toBeGreaterThan(3);
  ink.forEach((v, k) => {
    if (v > 0.45) expect(Number(found[k])).toBeGreaterThan(0);
    if (Number(found[k]) > 0) expect(v).toBeGreaterThan(0.25);
  });
});

test('a small U-Net tells the paper of the scenes that it has learnt from the digits', async () => {
  keras.utils.setRandomSeed(1);
  const model = makeUNet({ size: 32, channels: 1, classes, filters: [8, 16] });
  const [few] = loadScenes(32, { training: 8, unseen: 1 });
  await train(model, few, { epochs: 40, batchSize: 8, learningRate: 1e-2, verbose: 0 });
  const [paper, ...digits] = await ious(model, few);
  expect(paper).toBeGreaterThan(0.8);
  expect(Math.max(...digits)).toBeGreaterThan(0.3);
});
