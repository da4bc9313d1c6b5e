import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const { layers, ops } = keras;

/** Convolutions, each with a normalisation: more of them than one kernel has room for their factors. */
function stack(blocks: number): keras.Model {
  const inputs = keras.Input({ shape: [6, 6, 4] });
  let x: keras.KerasTensor = inputs;
  for (let n = 0; n < blocks; n++) {
    const y = new layers.Conv2D({ filters: 4, kernelSize: 3, padding: 'same', useBias: n % 2 === 0 })(x);
    x = new layers.ReLU()(new layers.BatchNormalization()(y));
  }
  return new keras.Model({ inputs, outputs: x });
}

test('in prediction a normalisation is part of the convolution before it, and follows its variables', async () => {
  const model = stack(14);
  const x = ops.reshape(ops.sin(ops.arange(2 * 6 * 6 * 4, undefined, 1, { dtype: 'float32' })), [2, 6, 6, 4]);
  const alone = async (): Promise<unknown> => {
    let y: keras.Tensor = x;
    for (const layer of model.layers.slice(1)) y = layer(y, { training: false }) as keras.Tensor;
    return y.data();
  };
  expect(await ((await model.predict(x)) as keras.Tensor).data()).toEqual(await alone());
  const names = model.predictFunction.executable!.kernels.map(({ name }) => name);
  expect(names.filter((name) => name.startsWith('conv'))).toEqual(Array(14).fill('conv + add + select'));
  // What is left makes two numbers for each channel of each layer.
  for (const name of names) expect(name).toMatch(/^conv \+ add \+ select$|^(\d )?mul \+ (\d )?add$/);

  for (const variable of model.variables)
    variable.assign(
      ops.add(variable.value, ops.abs(ops.sin(ops.reshape(ops.arange(variable.value.size), variable.shape)))),
    );
  const after = await ((await model.predict(x)) as keras.Tensor).data();
  expect(after).toEqual(await alone());
  expect(after.some((value) => value > 0)).toBe(true);
});
