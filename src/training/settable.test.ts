import * as keras from 'hornbeam';
import { expect, test } from 'vitest';

const { layers } = keras;
const made = (): keras.Sequential => {
  const model = new keras.Sequential([new layers.Dense({ units: 2, kernelInitializer: 'ones' })]);
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  return model;
};

test('runEagerly can be set on a compiled model, and taken back', async () => {
  const model = made();
  const [x, y] = [[[1, 2, 3]], [[1, 1]]];
  const first = await model.trainOnBatch(x, y);
  expect(model.trainFunction.explain()).toContain('kernel');
  model.runEagerly = true;
  expect([model.runEagerly, model.jitCompile]).toEqual([true, false]);
  const second = await model.trainOnBatch(x, y);
  expect(model.trainFunction.explain()).toContain('op by op');
  model.runEagerly = false;
  const third = await model.trainOnBatch(x, y);
  expect(model.trainFunction.explain()).toContain('kernel');

  const compiled = made();
  const losses = [
    await compiled.trainOnBatch(x, y),
    await compiled.trainOnBatch(x, y),
    await compiled.trainOnBatch(x, y),
  ];
  expect([first, second, third]).toEqual(losses.map((loss) => expect.closeTo(loss, 5)));
  expect(() => Object.assign(model, { runEagerly: 'yes' })).toThrow('runEagerly was set to yes');
});

test('the dtype policy of a layer can be set by name: built weights keep their dtype', () => {
  const layer = new layers.Dense({ units: 2 });
  layer.build([null, 3]);
  layer.dtypePolicy = 'mixed_float16';
  expect([layer.computeDtype, layer.kernel.dtype, layer([[1, 2, 3]]).dtype]).toEqual(['float16', 'float32', 'float16']);
  expect(() => {
    layer.dtypePolicy = 'mixed_float17';
  }).toThrow('mixed_float17');
});
