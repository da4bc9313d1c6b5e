import { expect, test } from 'vitest';
import * as keras from '../index.ts';
import { ops } from '../index.ts';
import { setGradientHook } from './gradient-hook.ts';
import { trainerOf } from './trainer.ts';

const x = [
  [0, 1],
  [1, 0],
  [2, 1],
  [1, 3],
];
const y = [[1], [0], [2], [3]];
const make = (runEagerly = false): keras.Sequential => {
  const model = new keras.Sequential([
    keras.Input({ shape: [2] }),
    new keras.layers.Dense({ units: 3, activation: 'tanh', kernelInitializer: 'ones' }),
    new keras.layers.Dense({ units: 1, kernelInitializer: 'ones' }),
  ]);
  model.compile({
    optimizer: new keras.optimizers.Adam({ learningRate: 0.1 }),
    loss: 'mse',
    metrics: ['mae'],
    runEagerly,
  });
  return model;
};
const weightsOf = async (model: keras.Model): Promise<unknown> =>
  Promise.all(model.getWeights().map(async (w) => [...(await w.data())]));

test.each([false, true])('a hook that changes nothing changes no number (runEagerly: %s)', async (runEagerly) => {
  const [plain, hooked] = [make(runEagerly), make(runEagerly)];
  const seen: unknown[] = [];
  setGradientHook(hooked, async (gradients, { variables, size }) => {
    await Promise.resolve();
    seen.push([variables.map((v) => v.name), size, gradients.map((g) => g.shape)]);
    return gradients;
  });
  const options = { epochs: 2, batchSize: 2, shuffle: false, verbose: 0 as const };
  const [first, second] = [await plain.fit(x, y, options), await hooked.fit(x, y, options)];
  expect(second.history).toEqual(first.history);
  expect(await weightsOf(hooked)).toEqual(await weightsOf(plain));
  expect(seen).toHaveLength(4);
  expect(seen[0]).toEqual([['kernel', 'bias', 'kernel', 'bias'], 2, [[2, 3], [3], [3, 1], [1]]]);
});

test('the step is one program without a hook, and two with one', async () => {
  const model = make();
  await model.trainOnBatch(x, y);
  const whole = model.trainFunction.explain();
  setGradientHook(model, (gradients) => gradients);
  await model.trainOnBatch(x, y);
  expect(model.trainFunction.explain()).not.toBe(whole);
  setGradientHook(model, null);
  await model.trainOnBatch(x, y);
  expect(model.trainFunction.explain()).toBe(whole);
  expect(trainerOf(model)!.trainFunction).toBe(model.trainFunction);
});

test('two halves of a batch whose gradients are averaged are trained like the whole', async () => {
  const [whole, ...halves] = [make(), make(), make()];
  const waiting: { gradients: readonly keras.Tensor[]; size: number; resolve(all: keras.Tensor[]): void }[] = [];
  for (const half of halves)
    setGradientHook(
      half,
      (gradients, { size }) =>
        new Promise<keras.Tensor[]>((resolve) => {
          waiting.push({ gradients, size, resolve });
          if (waiting.length < halves.length) return;
          const group = waiting.splice(0);
          const samples = group.reduce((n, each) => n + each.size, 0);
          const means = gradients.map((_, k) =>
            group
              .map((each) => ops.multiply(each.gradients[k]!, each.size / samples))
              .reduce((sum, part) => ops.add(sum, part)),
          );
          for (const each of group) each.resolve(means);
        }),
    );
  for (let step = 0; step < 3; step++) {
    await whole!.trainOnBatch(x, y);
    await Promise.all([
      halves[0]!.trainOnBatch(x.slice(0, 1), y.slice(0, 1)),
      halves[1]!.trainOnBatch(x.slice(1), y.slice(1)),
    ]);
  }
  const [expected, ...others] = (await Promise.all([whole!, ...halves].map(weightsOf))) as number[][][];
  expect(others[0]).toEqual(others[1]);
  others[0]!.forEach((w, k) => w.forEach((n, i) => expect(n).toBeCloseTo(expected![k]![i]!, 4)));
});

test('a step of the class’s own has no place for a hook', () => {
  class Own extends keras.Model {
    override trainStep(): Record<string, keras.Tensor> {
      return {};
    }
  }
  expect(() => setGradientHook(new Own(), (g) => g)).toThrow(/Own.*trainStep itself[\s\S]*computeLoss/);
});
