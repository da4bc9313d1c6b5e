import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Shape } from '../../src/base/shape.ts';
import * as keras from '../../src/index.ts';
import { callsOf } from '../../src/tensor/index.ts';
import { casesOf, numbersOf, optionsOf, type Stored } from './cases.ts';

const { applications } = keras;
type Build = (options: object) => keras.Model;
/** The model of a case; its layers are numbered from the beginning. */
function build(name: string, kwargs: object): keras.Model {
  keras.utils.clearSession();
  const make = applications[name as keyof typeof applications] as Build;
  return make({ ...optionsOf(kwargs), weights: null });
}
const sizeOf = (shape: Shape): number => shape.reduce((size, n) => size * n, 1);
const countOf = (weights: readonly keras.Variable[]): number =>
  weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

type Row = readonly [name: string, className: string, shape: unknown, count: number, sources: readonly string[]];
interface Structure {
  readonly id: string;
  readonly name: string;
  readonly kwargs: object;
  readonly layers: readonly Row[];
  readonly [field: string]: unknown;
}
/** A layer as Keras's cases list it. */
const rowOf = (layer: keras.Layer): Row => {
  const [call] = callsOf(layer);
  const { outputs, inputs } = call!;
  const sources = inputs.map((x) => x.history!.node.operation.name);
  return [layer.name, layer.className, outputs[0]!.symbolicShape, layer.countParams(), sources];
};

const structures = casesOf<Structure>('applications/structure');
test('there is a case of each application', () => {
  const names = Object.entries(applications).filter(([name]) => /^[A-Z]/.test(name));
  expect(names.length).toBe(40);
  expect(names.filter(([name]) => !structures.some((c) => c.name === name))).toEqual([]);
});
test.each(structures.map((c) => [c.id, c] as const))('%s', (_, c) => {
  const model = build(c.name, c.kwargs);
  expect({
    model_name: model.name,
    count_params: model.countParams(),
    trainable: countOf(model.trainableWeights),
    non_trainable: countOf(model.nonTrainableWeights),
    n_layers: model.layers.length,
    n_weights: model.weights.length,
    input_shape: model.inputShape,
    output_shape: model.outputShape,
  }).toEqual(
    Object.fromEntries(Object.entries(c).filter(([key]) => !['id', 'kind', 'name', 'kwargs', 'layers'].includes(key))),
  );
  expect(model.layers.map((layer) => rowOf(layer as keras.Layer))).toEqual(c.layers);
});

const configs = JSON.parse(
  gunzipSync(readFileSync(new URL('../data/applications/configs.json.gz', import.meta.url))).toString(),
) as Record<string, object>;
test.each(Object.entries(configs))('%s has the config that Keras writes', (name, config) => {
  expect((JSON.parse(build(name, {}).toJson()) as { config: object }).config).toEqual(config);
});

/** 32 bits for the k-th number of an array. */
type Hash = (k: number, array: number) => number;
/** What scripts/application-cases.py computes, too. */
const own: Hash = (k, array) => {
  let h = (k + Math.imul(0x9e3779b9, array)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
};
/** What `fixed-numbers` was computed with. */
const fixed: Hash = (k, array) => {
  let h = (Math.imul(k, 1664525) + Math.imul(array, 1013904223) + 12345) | 0;
  for (let round = 0; round < 2; round++) h = Math.imul(h ^ (h >>> 16), 0x45d9f3b);
  return h ^ (h >>> 16);
};
/** Evenly distributed in [-1, 1), from a hash of the position, as `scale · u + offset`. */
function evenNumbers(hash: Hash, size: number, array: number, scale = 1, offset = 0): Float32Array<ArrayBuffer> {
  const numbers = new Float32Array(size);
  for (let k = 0; k < size; k++) numbers[k] = ((hash(k, array) >>> 0) / 2 ** 31 - 1) * scale + offset;
  return numbers;
}
function weightOf({ name, shape }: keras.Variable, hash: Hash, array: number): Float32Array {
  const isPositive = ['gamma', 'moving_variance', 'variance'].includes(name);
  const byFan = name.endsWith('kernel') ? Math.sqrt(6 / sizeOf(shape.slice(0, -1))) : 0.1;
  return evenNumbers(hash, sizeOf(shape), array, name === 'count' ? 0 : isPositive ? 0.2 : byFan, isPositive ? 1 : 0);
}
const fill = (model: keras.Model, hash: Hash, first: number): void =>
  model.weights.forEach((w, k) => void w.assign(keras.tensor(weightOf(w, hash, first + k), { shape: w.shape })));

interface Numbers {
  readonly name: string;
  readonly kwargs: { readonly input_shape: Shape };
  readonly size: Shape;
  readonly outputs: Stored;
  /** Every so many of the gradients of the image, and the length of each weight's; of some cases. */
  readonly inputGradients?: Stored;
  readonly weightGradients?: Stored;
}
/** Errors of single numbers are judged by the largest number: sums of thousands cancel. */
function expectNear(actual: ArrayLike<number>, stored: Stored, within: number): void {
  const wanted = numbersOf(stored);
  expect(actual.length).toBe(wanted.length);
  const largest = Math.max(...Array.from(wanted, Math.abs));
  const worst = Math.max(...Array.from(wanted, (x, k) => Math.abs(x - actual[k]!)));
  expect(worst).toBeLessThanOrEqual(within * largest);
}

const numberCases = casesOf<Numbers>('applications/numbers');
test.each(numberCases.map((c) => [c.name, c] as const))(
  '%s computes what Keras does',
  async (_, { name, kwargs, size, outputs, inputGradients, weightGradients }) => {
    const model = build(name, kwargs);
    fill(model, own, 1);
    const shape = [1, ...kwargs.input_shape];
    const pixels = evenNumbers(own, sizeOf(shape), 1000).map((u) => Math.fround(u + 1) * 127.5);
    const x = keras.tensor(pixels, { shape });
    const y = await model.predict(x, { verbose: 0 });
    expect(y.shape).toEqual(size);
    expectNear((await y.data()).subarray(0, 64), outputs, 1e-4);
    if (!inputGradients || !weightGradients) return;

    const c = keras.tensor(evenNumbers(own, sizeOf(size), 2000), { shape: size });
    const rest = model.nonTrainableVariables.map((v) => v.value);
    const gradients = keras.jit((weights: keras.Tensor[], images: keras.Tensor) => {
      const objective = ([w, i]: [keras.Tensor[], keras.Tensor]) => {
        const [outputs] = model.statelessCall(w, rest, i) as [keras.Tensor, unknown];
        return keras.ops.sum(keras.ops.multiply(outputs, c));
      };
      const [ofWeights, ofImages] = keras.grad(objective)([weights, images]) as [keras.Tensor[], keras.Tensor];
      const norms = keras.ops.stack(ofWeights.map((g) => keras.ops.sqrt(keras.ops.sum(keras.ops.square(g)))));
      return [ofImages, norms] as const;
    });
    const [ofImages, norms] = gradients(
      model.trainableVariables.map((v) => v.value),
      x,
    );
    const every = Math.max(1, Math.floor(sizeOf(shape) / 64));
    expectNear(
      [...(await ofImages.data())].filter((_, k) => k % every === 0),
      inputGradients,
      1e-3,
    );
    expectNear(await norms.data(), weightGradients, 1e-3);
  },
);

interface Probe {
  readonly layer: string;
  readonly shape: Shape;
  readonly mean: number;
  readonly std: number;
  readonly first: Stored;
  readonly last: Stored;
}
interface FixedNumbers {
  readonly name: string;
  readonly kwargs: { readonly input_shape: Shape };
  readonly batch: number;
  readonly input_rule: 'unit' | 'bytes';
  readonly weights_sample: readonly Stored[];
  readonly input_sample: Stored;
  readonly outputs: Stored;
  readonly probes: readonly Probe[];
}
test.each(casesOf<FixedNumbers>('applications/fixed-numbers').map((c) => [c.name, c] as const))(
  '%s computes what Keras does, layer by layer',
  async (_, c) => {
    const model = build(c.name, c.kwargs);
    fill(model, fixed, 0);
    c.weights_sample.forEach((wanted, k) => {
      const size = sizeOf(wanted.shape);
      expectNear((model.weights[k]!.value.dataSync() as Float32Array).subarray(0, size), wanted, 1e-6);
    });
    // What `set_weights` gives a Normalization is of no effect in Keras on JAX: it goes on with the statistics of its build.
    for (const w of model.weights)
      if (w.name === 'mean' || w.name === 'variance') w.assign(keras.ops.full(w.shape, w.name === 'mean' ? 0 : 1));
    const shape = [c.batch, ...c.kwargs.input_shape];
    const unit = evenNumbers(fixed, sizeOf(shape), 999_999);
    const x = c.input_rule === 'unit' ? unit : unit.map((u) => (u + 1) * 127.5);
    expectNear(x.subarray(0, 8), c.input_sample, 1e-6);
    const layers = c.probes.map(({ layer }) => model.getLayer(layer).output as keras.KerasTensor);
    const whole = new keras.Model<keras.Tensor[]>({ inputs: model.inputs!, outputs: [...layers, ...model.outputs!] });
    const found = await whole.predict(keras.tensor(x, { shape }), { verbose: 0 });
    expectNear(await found.at(-1)!.data(), c.outputs, 1e-4);
    for (const [k, probe] of c.probes.entries()) {
      const y = found[k]!;
      expect(y.shape).toEqual(probe.shape);
      const numbers = Float64Array.from(await y.data(), Number);
      const mean = numbers.reduce((sum, v) => sum + v, 0) / numbers.length;
      const std = Math.sqrt(numbers.reduce((sum, v) => sum + (v - mean) ** 2, 0) / numbers.length);
      expect(Math.abs(std - probe.std)).toBeLessThanOrEqual(1e-4 * probe.std);
      expect(Math.abs(mean - probe.mean)).toBeLessThanOrEqual(1e-4 * probe.std);
      const within = 1e-3 * probe.std;
      const near = (part: Float64Array, wanted: Stored) =>
        Array.from(numbersOf(wanted)).every((v, i) => Math.abs(part[i]! - v) <= within);
      expect(near(numbers.subarray(0, 6), probe.first)).toBe(true);
      expect(near(numbers.subarray(-6), probe.last)).toBe(true);
    }
  },
);

interface Drawn {
  readonly name: string;
  readonly kwargs: { readonly input_tensor?: readonly number[] };
  readonly refused?: true;
  readonly params: number;
  readonly layers: number;
  /** Of the model's name, output shape, weights and config. */
  readonly digest: string;
}
const sorted = (x: unknown): unknown =>
  Array.isArray(x)
    ? x.map(sorted)
    : x && typeof x === 'object'
      ? Object.fromEntries(
          Object.entries(x)
            .sort()
            .map(([key, value]) => [key, sorted(value)]),
        )
      : x;
/** Options drawn at random: Keras 3.15.1. */
const drawn = JSON.parse(
  gunzipSync(readFileSync(new URL('../data/applications/options.json.gz', import.meta.url))).toString(),
).cases as Drawn[];
test.each(drawn.map((c) => [`${c.name} ${JSON.stringify(c.kwargs)}`, c] as const))('%s', (_, c) => {
  const make = (): keras.Model => {
    const { input_tensor: shape, ...kwargs } = c.kwargs;
    keras.utils.clearSession();
    const inputs = shape && { inputTensor: keras.Input({ shape, name: 'given' }) };
    return (applications[c.name as keyof typeof applications] as Build)({ ...optionsOf(kwargs), ...inputs });
  };
  if (c.refused) return expect(make).toThrow(/Fix:/);
  const model = make();
  expect([model.countParams(), model.layers.length]).toEqual([c.params, c.layers]);
  const weights = model.weights.map(({ path, shape, trainable }) => {
    const name = path.split('/').at(-1)!;
    return [name.replace(/_\d+$/, ''), shape, trainable];
  });
  const out = model.outputs![0]!.symbolicShape;
  const seen = { name: model.name, out, weights, config: JSON.parse(model.toJson()).config };
  expect(
    createHash('sha256')
      .update(JSON.stringify(sorted(seen)))
      .digest('hex')
      .slice(0, 16),
  ).toBe(c.digest);
});
