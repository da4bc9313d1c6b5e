import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';
import { expect, test } from 'vitest';
import { stepBothWays } from '../../test/step-both-ways.ts';
import { loadData } from '../data/load-data.ts';
import { KID } from './kid.ts';
import { DiffusionModel } from './model.ts';
import { getNetwork } from './network.ts';

const [[x], [xTest]] = loadData();
const part = (t: keras.Tensor, to: number): keras.Tensor => ops.getItem(t, { slice: [0, to] });
const [images, unseen] = [part(x, 256), part(xTest, 64)];
const numbers = (t: keras.Tensor): number[] => [...t.dataSync()].map(Number);

/** Compares images by their pixels. */
const makeKID = () =>
  new KID({ encoder: new keras.Sequential([keras.Input({ shape: [8, 8, 1] }), new layers.Flatten()]) });
function makeModel(options: keras.CompileOptions = {}): DiffusionModel {
  keras.utils.setRandomSeed(3);
  const network = getNetwork({ imageSize: 8, widths: [8, 16], blockDepth: 1 });
  const model = new DiffusionModel({ network, imageSize: 8, kid: makeKID(), ema: 0.9, kidDiffusionSteps: 2 });
  model.normalizer.adapt(x);
  const optimizer = new keras.optimizers.AdamW({ learningRate: 5e-3 });
  model.compile({ optimizer, loss: 'mean_absolute_error', ...options });
  return model;
}

test('some epochs bring what is made of noise nearer to real digits', async () => {
  const model = makeModel();
  const evaluate = () => model.evaluate(unseen, { batchSize: 64, verbose: 0, returnDict: true });
  const before = await evaluate();
  expect(Object.keys(before).sort()).toEqual(['i_loss', 'kid', 'n_loss']);
  const { history } = await model.fit(images, { epochs: 15, batchSize: 64, verbose: 0 });
  expect(Object.keys(history).sort()).toEqual(['i_loss', 'n_loss']);
  const after = await evaluate();
  // The mean of what is normal, without its sign.
  expect(before['n_loss']).toBeCloseTo(Math.sqrt(2 / Math.PI), 1);
  expect(after['n_loss']).toBeLessThan(0.55);
  expect(after['kid']).toBeLessThan(before['kid']! / 2);

  const seen: number[][] = [];
  const noise = keras.random.normal([3, 8, 8, 1], { seed: 1 });
  const made = model.reverseDiffusion(noise, 4, (predImages, step) => seen.push([step, ...predImages.shape]));
  expect(seen).toEqual([0, 1, 2, 3].map((step) => [step, 3, 8, 8, 1]));
  expect(numbers(model.denormalize(made)).every((v) => v >= 0 && v <= 1)).toBe(true);
  expect(model.generate(5, 2).shape).toEqual([5, 8, 8, 1]);
});

test('the second network follows the first by moving averages', async () => {
  const model = makeModel();
  const weightsOf = (network: keras.Model): number[] => network.weights.flatMap((w) => numbers(w.value));
  const [first, second] = [weightsOf(model.network), weightsOf(model.emaNetwork)];
  await model.trainOnBatch(part(x, 64));
  const moved = weightsOf(model.network);
  expect(moved).not.toEqual(first);
  weightsOf(model.emaNetwork).forEach((w, k) => expect(w).toBeCloseTo(0.9 * second[k]! + 0.1 * moved[k]!, 5));
});

test('a step moves the network, compiled as op by op', () =>
  stepBothWays(
    (runEagerly) => {
      const model = makeModel({ runEagerly });
      return { model, moves: [model.network.layers.at(-1)!] };
    },
    part(x, 64),
  ));

test('the distance is nothing between equals, and grows', async () => {
  const distance = async (other: keras.Tensor): Promise<number> => {
    const kid = makeKID();
    kid.updateState(part(x, 64), other);
    return kid.result().item();
  };
  const [near, far] = [await distance(unseen), await distance(keras.random.uniform([64, 8, 8, 1], { seed: 2 }))];
  expect(Math.abs(near)).toBeLessThan(0.05);
  expect(far).toBeGreaterThan(5 * Math.abs(near));
});
