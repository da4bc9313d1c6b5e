import { expect, test } from 'vitest';
import { Input } from '../../layers/core/input-layer.ts';
import { BatchNormalization, Dropout } from '../../layers/index.ts';
import { RandomFlip, RandomInvert } from '../../layers/preprocessing/image/index.ts';
import { ones } from '../../ops/index.ts';
import { modelFromKeras, modelToKeras } from '../../saving/index.ts';
import { modelFromJson } from '../index.ts';
import { Model } from '../model.ts';

test('a model of a file drops out where it is trained, although files record training: false for a call that was told nothing', async () => {
  const x = Input({ shape: [50] });
  const made = new Model({ inputs: x, outputs: new Dropout({ rate: 0.5, seed: 1 })(x) });
  expect(made.toJson()).toContain('"training": false');
  const model = (await modelFromKeras(await modelToKeras(made))) as Model;
  const sums = [true, false].map((training) => new Set([...model(ones([1, 50]), { training }).dataSync()]));
  expect(sums.map(({ size }) => size)).toEqual([2, 1]);
  expect(model.toJson()).toContain('"training": false');
});

test('layers that change images leave them alone in prediction, although Keras records training: true for them', async () => {
  const x = Input({ shape: [2, 2, 3] });
  const made = new Model({
    inputs: x,
    outputs: new RandomInvert({ factor: [1, 1], valueRange: [0, 3] })(new RandomFlip({ seed: 1 })(x)),
  });
  const asKeras = made.toJson().replaceAll('"kwargs": {}', '"kwargs": {"training": true}');
  expect(asKeras).not.toBe(made.toJson());
  const model = modelFromJson(asKeras) as Model;
  const image = ones([1, 2, 2, 3]);
  expect([...((await model.predict(image, { verbose: 0 })) as typeof image).dataSync()]).toEqual(Array(12).fill(1));
  expect([...(model(image, { training: true }) as typeof image).dataSync()]).toEqual(Array(12).fill(2));
});

test('what a call was told otherwise stays in the file', async () => {
  const x = Input({ shape: [3] });
  const made = new Model({ inputs: x, outputs: new BatchNormalization()(x, { training: false }) });
  const model = (await modelFromKeras(await modelToKeras(made))) as Model;
  expect(model.toJson()).toBe(made.toJson());
});
