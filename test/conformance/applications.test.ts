import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Shape } from '../../src/base/shape.ts';
import * as keras from '../../src/index.ts';
import { callsOf } from '../../src/tensor/index.ts';
import { casesOf, optionsOf } from './cases.ts';

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
  const names = Object.entries(applications).filter(([, x]) => typeof x === 'function');
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
