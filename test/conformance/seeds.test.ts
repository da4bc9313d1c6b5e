import { expect, test } from 'vitest';
import type { Config } from '../../src/base/registry/serialize.ts';
import type { Model } from '../../src/models/index.ts';
import { modelFromConfig } from '../../src/saving/index.ts';
import type { Tensor, Variable } from '../../src/tensor/index.ts';
import { modelToDot } from '../../src/visualize/model-to-dot.ts';
import { casesOf, expectSame, optionsOf, type Stored, tensorOf } from './cases.ts';
import { customObjects } from './custom-objects.ts';

interface Described {
  readonly name: string;
  readonly class_name: string;
  readonly params: number;
  readonly output_shape: readonly (number | null)[];
}
interface Weight {
  readonly path: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly trainable: boolean;
}
type Values = readonly { readonly path: string; readonly value: Stored }[];
type Case = { readonly id: string; readonly model: Config } & (
  | {
      readonly kind: 'seed';
      readonly counts: {
        readonly count_params: number;
        readonly trainable: number;
        readonly non_trainable: number;
        readonly layers: readonly Described[];
      };
      readonly layers: readonly Described[];
      readonly weights: readonly Weight[];
      readonly terminal_columns: number;
      readonly summaries: readonly { readonly options: object; readonly text: string }[];
      readonly drawings: readonly { readonly options: object; readonly dot: string }[];
    }
  | {
      readonly kind: 'seed_numbers';
      readonly initial_weights: Values;
      readonly x: Stored;
      readonly inference: Stored;
      readonly predict: Stored;
      readonly training: Stored;
      readonly weights_after_training_call: Values;
    }
);
type AnyModel = Model & ((x: Tensor, options?: { training?: boolean }) => Tensor);
const made = (config: Config): AnyModel =>
  modelFromConfig(config, { compile: false, customObjects }) as unknown as AnyModel;
const sizes = (weights: readonly Variable[]): number =>
  weights.reduce((n, v) => n + v.shape.reduce((a, b) => a * b, 1), 0);

const cases = casesOf<Case>('seeds/seeds');
test('all six cases run', () => {
  expect(cases.map(({ kind }) => kind).sort()).toEqual([...Array(2).fill('seed'), ...Array(4).fill('seed_numbers')]);
});

test.each(cases.map((c) => [c.id, c] as const))('%s', async (_, c) => {
  const model = made(c.model);
  if (c.kind === 'seed_numbers') {
    const expectWeights = (expected: Values): void =>
      model.weights.forEach((v, k) => expectSame(v.value, expected[k]!.value, [1e-5, 1e-6], v.path));
    model.weights.forEach((v, k) => void v.assign(tensorOf(c.initial_weights[k]!.value)));
    const x = tensorOf(c.x);
    expectSame(model(x), c.inference, [1e-4, 1e-5], 'inference');
    expectSame(await model.predict(x), c.predict, [1e-4, 1e-5], 'predict');
    expectSame(model(x, { training: true }), c.training, [1e-4, 1e-5], 'training');
    expectWeights(c.weights_after_training_call);
    return;
  }
  expect([model.countParams(), sizes(model.trainableWeights), sizes(model.nonTrainableWeights)]).toEqual([
    c.counts.count_params,
    c.counts.trainable,
    c.counts.non_trainable,
  ]);
  expect(model.layers.map((layer) => [layer.name, layer.className, layer.countParams()])).toEqual(
    c.counts.layers.map(({ name, class_name, params }) => [name, class_name, params]),
  );
  expect(model.weights.map(({ path, shape, dtype, trainable }) => [path, [...shape], dtype, trainable])).toEqual(
    c.weights.map(({ path, shape, dtype, trainable }) => [path, shape, dtype, trainable]),
  );
  const columns = process.env['COLUMNS'];
  process.env['COLUMNS'] = String(c.terminal_columns);
  try {
    for (const { options, text } of c.summaries) {
      let printed = '';
      model.summary({ ...optionsOf(options), printFn: (whole: string) => (printed = whole) });
      expect(printed).toBe(text);
    }
  } finally {
    if (columns === undefined) delete process.env['COLUMNS'];
    else process.env['COLUMNS'] = columns;
  }
  for (const { options, dot } of c.drawings) expect(modelToDot(model, optionsOf(options))).toBe(dot);
});
