import { expect, expectTypeOf, test } from 'vitest';
import { Input } from '../layers/core/input-layer.ts';
import { Dense } from '../layers/index.ts';
import { modelToConfig, modelToJson, modelToKeras } from '../saving/index.ts';
import { loadModel, modelFromConfig, modelFromJson, modelFromKeras } from './load.ts';
import { Model } from './model.ts';
import { Sequential } from './sequential.ts';

test('what files and configs give is a Model, for the compiler too', async () => {
  const model = new Sequential([Input({ shape: [2] }), new Dense({ units: 1 })]);
  const bytes = await modelToKeras(model);
  const models = [
    await loadModel(bytes),
    await loadModel<Sequential>(bytes),
    await modelFromKeras(bytes),
    modelFromJson(modelToJson(model)),
    modelFromConfig(modelToConfig(model)),
  ] as const;
  for (const again of models) expect((await again.predict([[1, 2]])).shape).toEqual([1, 1]);
  expectTypeOf(models[0]).toEqualTypeOf<Model>();
  expectTypeOf(models[1]).toEqualTypeOf<Sequential>();
});
