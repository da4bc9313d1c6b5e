import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import * as keras from '../../index.ts';

const { layers, ops } = keras;
const { compare } = keras.utils;
const folder = mkdtempSync(join(tmpdir(), 'compare-'));
afterAll(() => rmSync(folder, { recursive: true }));
/** A model of Keras 3.15.1 on JAX, and what `compareScript` wrote of it there. */
const unpacked = (name: string): Uint8Array =>
  new Uint8Array(gunzipSync(readFileSync(new URL(`../../../test/data/compare/${name}.gz`, import.meta.url))));
const fromPython = (): Promise<keras.Model> => keras.models.loadModel<keras.Model>(unpacked('model.keras'));
const dump = join(folder, 'dump.npz');
writeFileSync(dump, unpacked('dump.npz'));

it('agrees with a dump of Keras, which brings the input, layer by layer', async () => {
  const found = await compare(await fromPython(), dump);
  expect(found.layers.map(({ layer }) => layer)).toEqual([
    'conv2d',
    'batch_normalization',
    'shared',
    'shared#2',
    'inner/in_conv',
    'inner/global_average_pooling2d',
    'inner',
    'multiply',
    'reshape',
    'bi',
    'multi_head_attention',
    'flatten',
    'dense',
  ]);
  expect(found.isSame).toBe(true);
  expect(Math.max(...found.layers.map(({ maxRel }) => maxRel))).toBeLessThan(1e-5);
  expect(found.unmatched).toEqual([[], ['(output)']]);
  expect(String(found)).toContain('All 13 layers agree within 0.0001.');
});

it('names the first layer that differs, and by how much', async () => {
  const model = await fromPython();
  const inner = model.getLayer('inner') as unknown as keras.Model;
  const [kernel, bias] = inner.getLayer('in_conv').getWeights();
  inner.getLayer('in_conv').setWeights([kernel!, ops.add(bias!, [0, 0.25, 0])]);
  const found = await compare(model, dump);
  expect(found.first?.layer).toBe('inner/in_conv');
  expect(found.first?.maxAbs).toBeCloseTo(0.25, 5);
  expect(found.layers.slice(0, 4).every(({ differs }) => !differs)).toBe(true);
  const text = String(found);
  expect(text).toMatch(/^layer +shape +largest difference +relative$/m);
  expect(text).toMatch(/^inner\/in_conv +\(2, 5, 5, 3\) +2\.5e-1 +\d\.\de-1 +differs$/m);
  expect(text).toMatch(/The first layer that differs is "inner\/in_conv": by 2\.50e-1, relative/);
  expect((await compare(model, dump, undefined, { tolerance: 10 })).isSame).toBe(true);
});

const make = (name: string): keras.Sequential =>
  new keras.Sequential({
    layers: [
      keras.Input({ shape: [3] }),
      new layers.Dense({ units: 4, activation: 'relu' }),
      new layers.Dropout({ rate: 0.5 }),
      new layers.Dense({ units: 2 }),
    ],
    name,
  });
const x = keras.random.normal([5, 3], { seed: 1 });

it('takes files, and layers under other automatic numbers', async () => {
  const [one, other] = [make('one'), make('other')];
  other.setWeights(one.getWeights());
  expect(one.layers[0]!.name).not.toBe(other.layers[0]!.name);
  const file = join(folder, 'other.keras');
  await other.save(file);
  for (const side of [other, file, readFileSync(file)]) {
    const found = await compare(one, side, x);
    expect(found.layers.map(({ layer }) => layer)).toEqual(one.layers.map(({ name }) => name));
    expect(found.layers.map((each) => each.other)).toEqual(other.layers.map(({ name }) => name));
    expect([found.isSame, found.unmatched]).toEqual([true, [[], []]]);
  }
});

it('looks into models that are classes', async () => {
  class Own extends keras.Model {
    readonly first = new layers.Dense({ units: 4, name: 'first' });
    readonly last = new layers.Dense({ units: 2, name: 'last' });
    override call(given: keras.Tensor): keras.Tensor {
      return this.last(ops.relu(this.first(given)));
    }
  }
  const [one, other] = [new Own(), new Own()];
  await one.predict(x);
  await other.predict(x);
  other.setWeights(one.getWeights());
  expect((await compare(one, other, x)).isSame).toBe(true);
  const [kernel, bias] = other.last.getWeights();
  other.last.setWeights([ops.multiply(kernel!, 2), bias!]);
  const found = await compare(one, other, x);
  expect(found.layers.map(({ layer, differs }) => [layer, differs])).toEqual([
    ['first', false],
    ['last', true],
    ['(output)', true],
  ]);
  // Nothing listens any longer.
  expect(Object.keys(one.first)).not.toContain('call');
  expect(Object.hasOwn(one.first, 'call')).toBe(false);
});

it('takes arrays under the names of layers; shapes and numbers that are none differ', async () => {
  const model = make('by_arrays');
  const [first, , last] = model.layers.map(({ name }) => name) as [string, string, string];
  const y = await model.predict(x);
  const same = await compare(model, { [last]: y }, x);
  expect([same.isSame, same.unmatched[0].length]).toEqual([true, 2]);
  const short = await compare(model, { [last]: await y.array<2>().then((rows) => rows.slice(1)) }, x);
  expect(short.first).toMatchObject({ layer: last, maxAbs: Infinity, shape: [5, 2], otherShape: [4, 2] });
  const broken = await compare(model, { [last]: ops.multiply(y, NaN) }, x);
  expect(broken.first?.maxAbs).toBe(Infinity);
  await expect(compare(model, { elsewhere: y }, x)).rejects.toThrow(/no layer in common[\s\S]*one architecture/);
  await expect(compare(model, make('b'))).rejects.toThrow(/there is no input/);
  await expect(compare(model, model, x, { tolerance: -1 })).rejects.toThrow(/tolerance is -1/);
  expect(first).toBeDefined();
});

it('gives a program for Python', () => {
  const text = keras.utils.compareScript();
  expect(text).toMatch(/^# What every layer of a Keras model gives: python dump\.py model\.keras x\.npy dump\.npz\n/);
  expect(text.trim().split('\n').length).toBeLessThan(30);
  // Indented by spaces alone, with nothing of JavaScript left in it.
  expect(text).not.toMatch(/\t|\$\{|undefined/);
});
