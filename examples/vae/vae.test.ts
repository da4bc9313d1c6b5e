import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { expect, test } from 'vitest';
import { stepBothWays } from '../../test/step-both-ways.ts';
import { loadData } from '../data/load-data.ts';
import { latentPlane } from './latent-plane.ts';
import { makeDecoder, makeEncoder, VAE } from './model.ts';

const [[xTrain], [xTest, yTest]] = loadData();
const [few, unseen] = [ops.getItem(xTrain, { slice: [0, 256] }), ops.getItem(xTest, { slice: [0, 64] })];
const numbers = (t: keras.Tensor): number[] => [...t.dataSync()].map(Number);

function makeVAE(options: keras.CompileOptions = {}): VAE {
  keras.utils.setRandomSeed(3);
  const vae = new VAE({ encoder: makeEncoder(), decoder: makeDecoder() });
  vae.compile({ optimizer: new keras.optimizers.Adam({ learningRate: 5e-3 }), ...options });
  return vae;
}

test('a few epochs lower what an unseen image costs', async () => {
  const vae = makeVAE();
  const evaluate = () => vae.evaluate(unseen, { batchSize: 64, verbose: 0, returnDict: true });
  const before = await evaluate();
  expect(Object.keys(before).sort()).toEqual(['kl_loss', 'reconstruction_loss', 'total_loss']);
  expect(before['total_loss']).toBeCloseTo(before['kl_loss']! + before['reconstruction_loss']!, 3);
  const { history } = await vae.fit(few, { epochs: 8, batchSize: 64, verbose: 0 });
  expect(Object.keys(history).sort()).toEqual(Object.keys(before).sort());
  const after = await evaluate();
  // About 64 ln 2 to about what the mean image costs.
  expect(before['reconstruction_loss']).toBeGreaterThan(43);
  expect(after['total_loss']).toBeLessThan(31);

  const [zMean, zLogVar, z] = await vae.encoder.predict(unseen, { verbose: 0 });
  expect([zMean.shape, zLogVar.shape, z.shape]).toEqual(Array(3).fill([64, 2]));
  expect(numbers(z)).not.toEqual(numbers(zMean));
  const encoded = { images: unseen, labels: ops.getItem(yTest, { slice: [0, 64] }), zMean };
  const plane = await latentPlane(vae.decoder, encoded, { cells: 5 });
  expect(plane.shape).toEqual([2, 120, 120, 3]);
  expect(numbers(plane).every((v) => v >= 0 && v <= 1)).toBe(true);
});

test('a step moves both networks, compiled as op by op', () =>
  stepBothWays((runEagerly) => {
    const vae = makeVAE({ runEagerly });
    return { model: vae, moves: [vae.encoder, vae.decoder] };
  }, few));
