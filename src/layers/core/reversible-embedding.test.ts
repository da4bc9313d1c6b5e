import { expect, test } from 'vitest';
import * as keras from '../../index.ts';
import { layers, ops } from '../../index.ts';

const ids = [[1, 2, 0, 4]];
const rows = (shape: [number, number]): keras.Tensor =>
  ops
    .arange(shape[0] * shape[1])
    .reshape(shape)
    .div(10);

/** A model there and back whose rows have a correction of rank 2. Expected numbers are those of Keras 3.15.1. */
function corrected(tieWeights: boolean): { layer: layers.ReversibleEmbedding; model: keras.Model } {
  const layer = new layers.ReversibleEmbedding({
    inputDim: 5,
    outputDim: 3,
    tieWeights,
    embeddingsRegularizer: 'l2',
  });
  const x = keras.Input({ shape: [4], dtype: 'int32' });
  const model = new keras.Model({ inputs: x, outputs: layer(layer(x), { reverse: true }) });
  layer.setWeights(layer.weights.map((w) => rows(w.shape as [number, number])));
  layer.enableLora(2, { loraAlpha: 3 });
  layer.weights.filter((w) => w.name.includes('lora')).forEach((w) => w.assign(rows(w.shape as [number, number])));
  return { layer, model };
}

test('a correction of low rank works there and, where weights are tied, on the way back', async () => {
  for (const [tied, sum, penalty] of [
    [true, 62.329002380371094, 0.03399999812245369],
    [false, 44.195003509521484, 0.03399999812245369],
  ] as const) {
    const { layer, model } = corrected(tied);
    expect(layer.loraEnabled).toBe(true);
    expect([layer.loraRank, layer.loraAlpha]).toEqual([2, 3]);
    expect(layer.trainableWeights.map((w) => w.name)).toEqual([
      ...(tied ? [] : ['reverse_embeddings']),
      'lora_embeddings_a',
      'lora_embeddings_b',
    ]);
    expect(await (await model.predict(ids, { verbose: 0 })).sum().item()).toBeCloseTo(sum, 4);
    expect(await model.losses.reduce((a, b) => a.add(b)).item()).toBeCloseTo(penalty, 6);
  }
});

test('files hold rows with their correction, and the config its rank', async () => {
  const { layer, model } = corrected(true);
  expect(layer.getConfig()).toMatchObject({ lora_rank: 2, lora_alpha: 3 });
  const store: Record<string, keras.Tensor> = {};
  layer.saveOwnVariables(store);
  expect(Object.keys(store)).toEqual(['0']);
  const again = keras.models.cloneModel(model);
  const copy = again.getLayer(layer.name) as layers.ReversibleEmbedding;
  expect(copy.loraEnabled).toBe(true);
  expect(new layers.ReversibleEmbedding({ inputDim: 2, outputDim: 2 }).getConfig()).not.toHaveProperty('lora_rank');
});

test('a correction is refused before building, twice, and beside a constraint', () => {
  const layer = new layers.ReversibleEmbedding({ inputDim: 5, outputDim: 3, embeddingsConstraint: 'max_norm' });
  expect(() => layer.enableLora(1)).toThrow(/before the layer was built/);
  layer.build();
  expect(() => layer.enableLora(1)).toThrow(/constraint/);
  const { layer: done } = corrected(true);
  expect(() => done.enableLora(1)).toThrow(/second time/);
});

test('rows carry the mask of their numbers, and the way back none', async () => {
  const layer = new layers.ReversibleEmbedding({ inputDim: 5, outputDim: 3, maskZero: true });
  const x = keras.Input({ shape: [4], dtype: 'int32' });
  const model = new keras.Model({ inputs: x, outputs: layer(layer(x), { reverse: true }) });
  layer.setWeights([rows([5, 3])]);
  model.compile({ loss: 'mse', optimizer: 'sgd' });
  expect(await model.evaluate([[1, 2, 0, 0]], ops.zeros([1, 4, 5]), { verbose: 0 })).toBeCloseTo(1.0377249717712402, 6);
  const masked = new keras.Model({ inputs: x, outputs: layer(x) });
  masked.compile({ loss: 'mse', optimizer: 'sgd' });
  expect(await masked.evaluate([[1, 2, 0, 0]], ops.zeros([1, 4, 3]), { verbose: 0 })).toBeCloseTo(
    0.3316666781902313,
    6,
  );
});
