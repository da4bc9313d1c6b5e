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

/** Evenly distributed in [-1, 1), from a hash of the position, as `scale · u + offset`: scripts/application-cases.py computes the same. */
function evenNumbers(size: number, seed: number, scale = 1, offset = 0): Float32Array<ArrayBuffer> {
  const numbers = new Float32Array(size);
  const start = Math.imul(0x9e3779b9, seed);
  for (let k = 0; k < size; k++) {
    let h = (k + start) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    numbers[k] = (((h ^ (h >>> 16)) >>> 0) / 2 ** 31 - 1) * scale + offset;
  }
  return numbers;
}
function weightOf({ name, shape }: keras.Variable, k: number): Float32Array {
  const isPositive = ['gamma', 'moving_variance', 'variance'].includes(name);
  const byFan = name.endsWith('kernel') ? Math.sqrt(6 / sizeOf(shape.slice(0, -1))) : 0.1;
  return evenNumbers(sizeOf(shape), k + 1, name === 'count' ? 0 : isPositive ? 0.2 : byFan, isPositive ? 1 : 0);
}

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
    model.weights.forEach((w, k) => void w.assign(keras.tensor(weightOf(w, k), { shape: w.shape })));
    const shape = [1, ...kwargs.input_shape];
    const pixels = evenNumbers(sizeOf(shape), 1000).map((u) => Math.fround(u + 1) * 127.5);
    const x = keras.tensor(pixels, { shape });
    const y = await model.predict(x, { verbose: 0 });
    expect(y.shape).toEqual(size);
    expectNear((await y.data()).subarray(0, 64), outputs, 1e-4);
    if (!inputGradients || !weightGradients) return;

    const c = keras.tensor(evenNumbers(sizeOf(size), 2000), { shape: size });
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
