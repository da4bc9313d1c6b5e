import { expect, test } from 'vitest';
import * as keras from '../../index.ts';

const { layers, ops } = keras;

test('functions written in place are told apart in a file by the names of their layers', async () => {
  const named = (x: keras.Tensor): keras.Tensor => ops.negative(x);
  const [twice, next] = [(x: keras.Tensor) => ops.multiply(x, 2), (x: keras.Tensor) => ops.add(x, 1)];
  const model = new keras.Sequential([
    keras.Input({ shape: [2] }),
    new layers.Lambda({ function: (x: keras.Tensor) => ops.multiply(x, 2), name: 'twice' }),
    new layers.Lambda({ function: (x: keras.Tensor) => ops.add(x, 1), name: 'next' }),
    new layers.Lambda({ function: named }),
  ]);
  const described = model.getConfig()['layers'] as { config: { function?: { config: string } } }[];
  expect(described.slice(1).map(({ config }) => config.function!.config)).toEqual(['twice', 'next', 'named']);
  const again = keras.models.modelFromJson<keras.Sequential>(model.toJson(), {
    customObjects: { twice, next, named },
  });
  expect([...(await (await again.predict(ops.ones([1, 2]))).data())]).toEqual([-3, -3]);
});
