import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const { layers } = keras;
const head = (name: string) => new layers.Dense({ units: 1, kernelInitializer: 'ones', name });
function twoOfEach(): keras.Model {
  const [a, b] = [keras.Input({ shape: [2], name: 'a' }), keras.Input({ shape: [3], name: 'b' })];
  const model = new keras.Model({ inputs: [a, b], outputs: [head('p')(a), head('q')(b)] });
  model.compile({ loss: 'mae', optimizer: new keras.optimizers.SGD({ learningRate: 0 }) });
  return model;
}
const x = [
  [
    [1, 2],
    [3, 4],
  ],
  [
    [5, 6, 0],
    [7, 8, 0],
  ],
];
const y = [
  [[0], [0]],
  [[0], [0]],
];
// |1 + 2|, |3 + 4| have the mean 5; |5 + 6|, |7 + 8| the mean 13.
const right = [18, 5, 13];

test('a list of plain arrays for several inputs and outputs is one tensor for each, wherever data are given', async () => {
  const model = twoOfEach();
  expect(await model.evaluate(x, y, { verbose: 0 })).toEqual(right);
  expect(await model.testOnBatch(x, y)).toEqual(right);
  expect(await model.trainOnBatch(x, y)).toEqual(right);
  const { history } = await model.fit(x, y, { verbose: 0, validationData: [x, y] });
  expect([history['loss'], history['val_loss']]).toEqual([[18], [18]]);
  const read = async (found: unknown) => Promise.all((found as keras.Tensor[]).map((t) => t.array()));
  const outputs = [
    [[3], [7]],
    [[11], [15]],
  ];
  expect(await read(await model.predict(x))).toEqual(outputs);
  expect(await read(await model.predictOnBatch(x))).toEqual(outputs);
  expect(await read(model(x))).toEqual(outputs);
});

test('layers are found by name and by position', () => {
  const model = twoOfEach();
  expect(model.getLayer('q')).toBe(model.getLayer({ name: 'q' }));
  expect(model.getLayer({ index: -1 }).name).toBe('q');
  expect(() => model.getLayer('r')).toThrow('there is no layer "r"');
});
