import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const input = {
  module: 'keras.layers',
  class_name: 'InputLayer',
  config: { batch_shape: [null, 3], dtype: 'float32', name: 'i' },
  registered_name: null,
  name: 'i',
  inbound_nodes: [],
};
const call = {
  args: [
    { class_name: '__keras_tensor__', config: { shape: [null, 3], dtype: 'float32', keras_history: ['i', 0, 0] } },
  ],
  kwargs: {},
};
const functional = () => ({
  module: 'keras.src.models.functional',
  class_name: 'Functional',
  config: {
    name: 'f',
    layers: [
      input,
      {
        module: 'keras.layers',
        class_name: 'Dense',
        config: { name: 'd', units: 2 },
        registered_name: null,
        build_config: { input_shape: [null, 3] },
        name: 'd',
        inbound_nodes: [call],
      },
    ],
    input_layers: [['i', 0, 0]],
    output_layers: [['d', 0, 0]],
  },
  registered_name: 'Functional',
});

/** The message about a config in which the value at a path is another; nothing if it is accepted. */
function refusal(path: string, value: unknown): string | undefined {
  const config = structuredClone(functional()) as Record<string, unknown>;
  const keys = path.split('.');
  let at: Record<string, unknown> = config;
  for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[keys.at(-1)!] = value;
  try {
    keras.models.modelFromJson(JSON.stringify(config));
    return undefined;
  } catch (error) {
    expect((error as Error).name, (error as Error).stack).toBe('HornbeamError');
    return (error as Error).message;
  }
}

test('a config of another form is refused with the place in it', () => {
  expect(refusal('name', undefined)).toBeUndefined();
  expect(refusal('module', 5)).toContain('module: expected text, got 5');
  expect(refusal('config', null)).toContain('config: expected an object, got null');
  expect(refusal('config.layers', null)).toContain('config.layers: expected a list, got null');
  expect(refusal('config.layers.1', 7)).toContain(
    'config.layers[1]: expected an object with "class_name" and "config"',
  );
  expect(refusal('config.layers.1.config.trainable', 5)).toContain(
    'trainable: expected true or false, got 5 (in Dense "d")',
  );
  expect(refusal('config.layers.1.config.name', 5)).toContain('config.layers[1].config.name: expected text, got 5');
  expect(refusal('config.layers.1.config.dtype', { class_name: 'DTypePolicy', config: null })).toContain(
    'config.layers[1].config.dtype.config: expected an object, got null',
  );
  expect(refusal('config.layers.1.inbound_nodes', undefined)).toContain(
    'config.layers[1].inbound_nodes: expected a list',
  );
  expect(refusal('config.layers.1.inbound_nodes.0.args', [])).toContain('"d": its config has a call without a tensor');
  expect(refusal('config.layers.1.inbound_nodes.0.args.0', { toString: 5 })).toContain('"d"');
  expect(refusal('config.layers.1.inbound_nodes.0', {})).toContain('config.layers[1].inbound_nodes[0].args');
  expect(refusal('config.layers.1.inbound_nodes.0.kwargs', { class_name: 'x', config: {} })).toContain(
    'kwargs: expected arguments by name',
  );
  expect(refusal('config.layers.1.inbound_nodes.0.args.0.config', {})).toContain('keras_history: expected a list');
  expect(refusal('config.layers.0.config.batch_shape', [null, -3])).toContain('expected a size, got -3');
  expect(refusal('config.layers.1.build_config', [3])).toContain('build_config: expected an object');
  expect(refusal('config.output_layers', null)).toContain('config.output_layers: expected an object, got null');
  expect(refusal('config.output_layers.0', ['d', 0])).toContain('config.output_layers');
  expect(refusal('config.output_layers.0', ['none', 0, 0])).toContain('names no call');
  expect(refusal('config.layers.0.name', 'other')).toContain('wait for each other, or for what is not there (d)');
  expect(refusal('config.layers.0.name', 'd')).toContain('two layers named "d"');
  expect(refusal('config.layers.1.class_name', 'Zeros')).toContain('Zeros: unknown option "name"');
  expect(refusal('config.layers.1', { ...input, class_name: 'Zeros', config: {} })).toContain('which is no layer');
  expect(refusal('class_name', 'Zeros')).toContain('Zeros: unknown option "name"');
});

test('values nested without end are refused', () => {
  const text = JSON.stringify(functional()).replace('"units":2', `"units":${'['.repeat(1e5)}${']'.repeat(1e5)}`);
  expect(() => keras.models.modelFromJson(text)).toThrow('nested more than 500 deep');
});

test('a model of 10,000 layers is made from its config', () => {
  const names = Array.from({ length: 10_000 }, (_, k) => `d${k}`);
  const identity = (name: string) => ({
    module: 'keras.layers',
    class_name: 'Identity',
    config: { name },
    registered_name: null,
  });
  const chain = names.map((name, k) => ({
    ...identity(name),
    name,
    inbound_nodes: [JSON.parse(JSON.stringify(call).replace('"i"', `"${k === 0 ? 'i' : names[k - 1]}"`))],
  }));
  // In an order that is not that of the calls.
  const config = { ...functional().config, layers: [...chain.reverse(), input], output_layers: [[names.at(-1), 0, 0]] };
  const deep = keras.models.modelFromJson<keras.Model>(JSON.stringify({ ...functional(), config }));
  expect(deep.layers).toHaveLength(10_001);
}, 120_000);

test('functions that take configs refuse damaged ones by the place in them', () => {
  const dense = { module: 'keras.layers', class_name: 'Dense', config: { name: 'd', units: 2 }, registered_name: null };
  const layer =
    (change: object): (() => unknown) =>
    () =>
      keras.layers.deserialize({ ...dense, ...change } as never);
  expect(layer({ module: -1 })).toThrow('layers.deserialize: module: expected text, got -1');
  expect(layer({ config: { name: 1e9, units: 2 } })).toThrow('layers.deserialize: config.name: expected text');
  expect(layer({ build_config: true })).toThrow('layers.deserialize: build_config: expected an object, got true');
  expect(layer({ config: { units: 2, dtype: { module: 'keras', class_name: 'DTypePolicy', config: null } } })).toThrow(
    'layers.deserialize: config.dtype.config: expected an object, got null',
  );
  expect(layer({ class_name: 0.5 })).toThrow('layers.deserialize: class_name: expected text, got 0.5');
  expect(() => keras.layers.deserialize({ units: 2 } as never)).toThrow('describes no layer');
  expect(() => keras.losses.get({ class_name: 'Huber', config: 5 })).toThrow('losses.get: config: expected an');
  expect(() => keras.optimizers.schedules.deserialize({ class_name: 'ExponentialDecay', config: 5 })).toThrow('config');
  expect(() => keras.saving.deserializeKerasObject({ class_name: 'Adam', config: 5, module: [] })).toThrow('module');
});

test('attention refuses shapes in its build_config that are none', () => {
  const config = (shapes: unknown) => ({
    module: 'keras.layers',
    class_name: 'MultiHeadAttention',
    config: { name: 'a', num_heads: 2, key_dim: 2 },
    registered_name: null,
    build_config: { shapes_dict: shapes },
  });
  const make = (shapes: unknown) => () => keras.layers.deserialize(config(shapes));
  expect(make({ query_shape: [null, 3, 4], value_shape: [null, 3, 4] })).not.toThrow();
  for (const value of [null, '', 5, {}])
    expect(make({ query_shape: [null, 3, 4], value_shape: value })).toThrow(/HornbeamError|expected|cannot be built/);
  expect(make(undefined)).toThrow('MultiHeadAttention "a": it cannot be built on');
});

test('a name that is no text is refused', () => {
  expect(() => new keras.layers.Dense({ units: 1, name: 5 as never })).toThrow('Dense: option "name" must be a string');
});

test('a lookup of more unknown tokens than memory holds is refused', () => {
  expect(() => new keras.layers.StringLookup({ vocabulary: ['a'], numOovIndices: 1e9 })).toThrow(
    'option "numOovIndices" must be an integer >= 0 and <= 16777216',
  );
  const many = new keras.layers.StringLookup({ vocabulary: ['a'], numOovIndices: 2 ** 24 });
  expect(many.vocabularySize()).toBe(2 ** 24 + 1);
});
