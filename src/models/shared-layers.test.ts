import { expect, it } from 'vitest';
import { writeHdf5 } from '../formats/hdf5.ts';
import { readZip } from '../formats/zip.ts';
import * as keras from '../index.ts';
import type { AnyLayer } from '../layers/layer/layer.ts';
import { modelToH5 } from '../saving/legacy/h5-model.ts';
import type { KerasTensor, Tensor } from '../tensor/index.ts';

const { Input, Model, Sequential } = keras;
type Layer = (x: Tensor) => Tensor;
const dense = (name: string): AnyLayer & Layer => new keras.layers.Dense({ units: 4, name }) as never;
const input = (): KerasTensor => Input({ shape: [4] });
const model = (inputs: KerasTensor, outputs: Tensor, name: string): AnyLayer & Layer =>
  new Model({ inputs, outputs, name }) as never;
const add = (...xs: Tensor[]): Tensor => new keras.layers.Add()(xs) as Tensor;

/** Which of its calls each layer is mentioned with, by the model that mentions it: as Keras 3.15 opens them. */
function mentions(config: unknown): Record<string, string> {
  const found: Record<string, Set<string>> = {};
  const visit = (x: unknown, owner: string): void => {
    if (typeof x !== 'object' || x === null) return;
    const {
      layers,
      name,
      keras_history: history,
    } = x as { layers?: unknown; name?: string; keras_history?: unknown[] };
    const within = layers ? name! : owner;
    if (history && history[0] !== 'i') (found[within] ??= new Set()).add(`${history[0]} ${history[1]}`);
    for (const value of Object.values(x)) visit(value, within);
  };
  visit(config, '');
  return Object.fromEntries(Object.entries(found).map(([owner, all]) => [owner, [...all].sort().join(', ')]));
}

const arrangements: Readonly<Record<string, readonly [make: () => unknown, expected: Record<string, string>]>> = {
  'a layer before, between and behind a model that has it too': [
    () => {
      const [L, x, i] = [dense('L'), input(), input()];
      const sub = model(i, L(dense('d')(L(i))), 'sub');
      return model(x, L(sub(L(sub(L(x))))), 'whole');
    },
    { sub: 'L 0, d 0, input 0', whole: 'L 2, L 3, input 0, sub 0, sub 1' },
  ],
  'a layer in two models and around them': [
    () => {
      const [L, x, i, j] = [dense('L'), input(), input(), input()];
      const [a, b] = [model(i, L(dense('d')(i)), 'a'), model(j, dense('e')(L(j)), 'b')];
      return model(x, add(a(x), L(b(L(x)))), 'whole');
    },
    { a: 'd 0, input 0', b: 'L 0, input 0', whole: 'L 2, L 3, a 0, b 0, input 0' },
  ],
  'a stack whose layers Keras calls again whenever it puts one on top': [
    () => {
      const [L, K, x] = [dense('L'), dense('K'), input()];
      const stack = new Sequential([Input({ shape: [4] }), L, dense('d'), K], { name: 'stack' });
      return model(x, dense('e')(K(L((stack as unknown as Layer)(x)))), 'whole');
    },
    { whole: 'K 1, L 3, input 0, stack 0' },
  ],
  'a model within two models': [
    () => {
      const [L, x, i, j] = [dense('L'), input(), input(), input()];
      const sub = model(i, L(i), 'sub');
      const middle = model(j, L(sub(L(sub(j)))), 'middle');
      return model(x, add(sub(middle(x)), L(x)), 'whole');
    },
    { middle: 'L 1, input 0, sub 0, sub 1', sub: 'input 0', whole: 'L 3, input 0, middle 0, sub 2' },
  ],
};
type AnyModel = keras.Model;
const answer = async (m: AnyModel): Promise<unknown> => (await m.predict(keras.tensor([[1, -2, 3, 0.5]]))).array();

it.each(Object.entries(arrangements))('%s', async (_, [make, expected]) => {
  const whole = make() as AnyModel;
  const file = await keras.saving.modelToKeras(whole as never);
  const config = JSON.parse(new TextDecoder().decode((await readZip(file))['config.json']));
  const plain = JSON.parse(JSON.stringify(config).replaceAll(/"input_layer(_\d+)?"/g, '"input"'));
  expect(mentions(plain)).toEqual(expected);
  for (const bytes of [file, await writeHdf5(await modelToH5(whole as never))]) {
    const again = await keras.models.loadModel<AnyModel>(bytes);
    expect(await answer(again)).toEqual(await answer(whole));
    expect(again.countParams()).toBe(whole.countParams());
  }
});
it('counts calls within one model where nothing is shared between files: JSON', () => {
  const [make] = arrangements['a layer in two models and around them']!;
  const whole = make() as AnyModel;
  const text = whole.toJson().replaceAll(/"input_layer(_\d+)?"/g, '"input"');
  expect(mentions(JSON.parse(text))['whole']).toBe('L 0, L 1, a 0, b 0, input 0');
  expect(keras.models.modelFromJson<AnyModel>(text).countParams()).toBe(whole.countParams());
});
it('names the module of a model that a layer holds, as Keras finds it', () => {
  const i = input();
  const held = new keras.layers.TimeDistributed({ layer: model(i, dense('d')(i), 'held') as never });
  expect(held.getConfig()['layer']).toMatchObject({
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    registered_name: 'Functional',
  });
});
