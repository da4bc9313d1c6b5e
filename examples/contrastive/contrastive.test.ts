import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { expect, test } from 'vitest';
import { stepBothWays } from '../../test/step-both-ways.ts';
import { loadData } from '../data/load-data.ts';
import { ContrastiveModel } from './model.ts';

const [[x, y], [xTest, yTest]] = loadData();
const part = (t: keras.Tensor, from: number, to: number): keras.Tensor => ops.getItem(t, { slice: [from, to] });
const [labeled, labels] = [part(x, 0, 40), part(y, 0, 40)];

function makeModel(options: keras.CompileOptions = {}): ContrastiveModel {
  keras.utils.setRandomSeed(3);
  const model = new ContrastiveModel();
  model.compile({
    contrastiveOptimizer: new keras.optimizers.Adam({ learningRate: 3e-3 }),
    probeOptimizer: new keras.optimizers.Adam({ learningRate: 2e-2 }),
    ...options,
  });
  return model;
}

test('some rounds teach which images are copies of one, and the probe to read', async () => {
  const model = makeModel();
  function* batches(): Generator<[[keras.Tensor, keras.Tensor], keras.Tensor]> {
    for (let k = 40; k < 360; k += 80) yield [[part(x, k, k + 80), labeled], labels];
  }
  const { history } = await model.fit(batches, { epochs: 15, verbose: 0 });
  expect(Object.keys(history).sort()).toEqual(['c_acc', 'c_loss', 'p_acc', 'p_loss']);
  const [first, last] = [0, -1].map((k) => history['c_loss']!.at(k) as number) as [number, number];
  // Of 120 images, one is told from the others by chance at ln 120.
  expect(first).toBeGreaterThan(3);
  expect(last).toBeLessThan(2.5);
  const seen = await model.evaluate(part(xTest, 0, 100), part(yTest, 0, 100), {
    batchSize: 100,
    verbose: 0,
    returnDict: true,
  });
  expect(Object.keys(seen)).toEqual(['p_acc', 'p_loss']);
  expect(seen['p_acc']).toBeGreaterThan(0.5);
});

test('a step moves encoder, head and probe, compiled as op by op', () =>
  stepBothWays(
    (runEagerly) => {
      const model = makeModel({ runEagerly });
      return { model, moves: [model.encoder, model.projectionHead, model.linearProbe] };
    },
    [part(x, 40, 72), part(x, 0, 16)],
    part(y, 0, 16),
  ));
