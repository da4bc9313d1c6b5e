import { expect, it } from 'vitest';
import * as keras from '../index.ts';

const x = () => keras.Input({ shape: [4] });
it('writes an activation that is no operation of Keras as the layer that applies it', async () => {
  const inputs = x();
  const model = new keras.Model({ inputs, outputs: keras.ops.mish(inputs) });
  const text = model.toJson();
  expect(text).toContain('"class_name": "Activation"');
  expect(text).not.toContain('hornbeam');
  const again = keras.models.modelFromJson<keras.Model>(text);
  const data = keras.tensor([[-1, 0, 1, 2]]);
  expect(await (await again.predict(data)).array()).toEqual(await (await model.predict(data)).array());
});
it('refuses other ops that Keras does not have, with a cure', () => {
  const inputs = x();
  const model = new keras.Model({ inputs, outputs: keras.ops.boxIou(inputs, inputs) });
  expect(() => model.toJson()).toThrow(/boxIou.*\n.*custom layer/);
});
