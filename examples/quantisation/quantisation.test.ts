import * as keras from 'hornbeam';
import { expect, test } from 'vitest';
import { Characters, stretches } from '../text-transformer/text.ts';
import { enableLora, type LanguageModel, learningIn, makeLanguageModel, productsIn, waysOf } from './model.ts';

const text = 'the horn beam is a tree and the horn is a horn. '.repeat(12);
const characters = new Characters(text);
const options = { characters: characters.known.length, places: 16, width: 64, heads: 2, blocks: 1 };
const data = stretches(characters.encode(text), options.places, 3);
const compile = (model: keras.Model, learningRate: number): void =>
  model.compile({
    optimizer: new keras.optimizers.Adam({ learningRate }),
    loss: new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true }),
  });
const lossOf = async (model: keras.Model): Promise<number> => Number(await model.evaluate(...data, { verbose: 0 }));

keras.utils.setRandomSeed(7);
const trained = makeLanguageModel(options);
compile(trained.model, 5e-3);
await trained.model.fit(...data, { batchSize: 16, epochs: 6, verbose: 0 });
const again = (): LanguageModel => {
  const made = makeLanguageModel(options);
  made.model.setWeights(trained.model.weights.map((w) => w.value));
  return made;
};

test('a model in 8 and 4 bits costs little more, is much smaller, and is the same when loaded', async () => {
  const [x] = data;
  const some = keras.ops.getItem(x, { slice: [0, 2] });
  const before = await lossOf(trained.model);
  const sizes: Record<string, number> = {};
  for (const [name, quantize] of Object.entries(waysOf(text, characters, options.places))) {
    const made = again();
    quantize(made);
    const file = await keras.saving.modelToKeras(made.model);
    sizes[name] = file.length;
    compile(made.model, 1e-3);
    expect(await lossOf(made.model), name).toBeLessThan(before + 0.3);
    const loaded = await keras.models.loadModel<keras.Model>(file);
    expect(await (loaded(some) as keras.Tensor).array()).toEqual(await (made.model(some) as keras.Tensor).array());
  }
  expect(sizes['int8']).toBeLessThan(0.6 * sizes['float32']!);
  for (const name of ['int4', 'GPTQ', 'AWQ']) expect(sizes[name]).toBeLessThan(sizes['int8']!);
});

test('corrections of low rank learn on floats and on 4 bits, and the rest stays', async () => {
  for (const name of ['float32', 'int4']) {
    const made = again();
    waysOf(text, characters, options.places)[name]!(made);
    const count = enableLora(made, 2);
    expect(count).toBe(learningIn(made.model));
    expect(made.model.trainableWeights.length).toBe(2 * productsIn(made).length);
    const kernel = productsIn(made)[0]!.kernel;
    const then = await kernel.value.array();
    compile(made.model, 1e-2);
    const before = await lossOf(made.model);
    await made.model.fit(...data, { batchSize: 16, epochs: 1, verbose: 0 });
    expect(await lossOf(made.model)).toBeLessThan(before);
    expect(await kernel.value.array()).toEqual(then);
  }
});
