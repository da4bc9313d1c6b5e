import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { resetNames } from '../../src/base/naming.ts';
import type { Config } from '../../src/base/registry/serialize.ts';
import { leavesOf, mapTree, type Tree } from '../../src/base/tree.ts';
import { wasmDevice } from '../../src/devices/wasm/device.ts';
import * as keras from '../../src/index.ts';
import { currentDevice, useDevice } from '../../src/runtime/device.ts';
import { setDevice } from '../../src/runtime/set-device.ts';
import { modelFromConfig } from '../../src/saving/index.ts';
import {
  casesOf,
  expectNumbers,
  expectSame,
  hasGpu,
  isStored,
  numbersOf,
  optionsOf,
  reachable,
  type Stored,
  withTensors,
} from './cases.ts';
import { customObjects } from './custom-objects.ts';

interface Named {
  readonly path: string;
  readonly value: Stored;
}
interface Case {
  readonly id: string;
  readonly model: Config;
  readonly initial_weights: readonly Named[];
  readonly x: unknown;
  readonly y: unknown;
  readonly sample_weight: unknown;
  readonly validation: { readonly x: unknown; readonly y: unknown; readonly sample_weight: unknown } | null;
  readonly fit: Record<string, unknown>;
  readonly epoch: readonly number[];
  readonly history: Readonly<Record<string, Stored>>;
  readonly first_epoch_batches: readonly { readonly batch: number; readonly logs: Readonly<Record<string, Stored>> }[];
  readonly final_weights: readonly Named[];
  readonly optimizer_variables: readonly Named[];
  readonly evaluate: Readonly<Record<string, Stored>>;
  readonly evaluate_list: Stored;
  readonly predict: unknown;
  readonly train_on_batch: readonly Readonly<Record<string, Stored>>[];
  readonly test_on_batch: Readonly<Record<string, Stored>>;
}
// A few dozen steps of float32 arithmetic in another order.
const tolerance = [2e-3, 2e-4] as const;

const storedLeaves = (nest: unknown): Stored[] => {
  if (isStored(nest)) return [nest];
  if (Array.isArray(nest)) return nest.flatMap(storedLeaves);
  return Object.keys(nest as object)
    .sort()
    .flatMap((key) => storedLeaves((nest as Record<string, unknown>)[key]));
};
const numberOf = (stored: Stored): number => numbersOf(stored)[0]!;
function expectLogs(
  got: Readonly<Record<string, number>>,
  want: Readonly<Record<string, Stored>>,
  what: string,
  within: readonly [number, number] = tolerance,
): void {
  expect(Object.keys(got).sort(), what).toEqual(Object.keys(want).sort());
  for (const [name, value] of Object.entries(want))
    expectNumbers([got[name]!], [numberOf(value)], within, `${what} ${name}`);
}
beforeEach(resetNames);
/** Keras on JAX loses the mask on its way to the metrics of training; here it counts, as in evaluation. */
const losesMask: Readonly<Record<string, readonly string[]>> = {
  'rnn/masking-temporal-weights': ['mae'],
  'mask/embedding-sequence-loss': ['accuracy', 'sparse_categorical_crossentropy'],
};
/** Samples of the batch on which single steps are done. */
const rowsOf = (nest: any, from: number, to: number): any =>
  nest === null
    ? undefined
    : mapTree(nest as Tree<keras.Tensor>, (t) => keras.ops.getItem(t, { slice: [from, Math.min(to, t.shape[0]!)] }));

const all = casesOf<Case>('training/training');
test('all cases run compiled; what they leave out is known', () => {
  const some = (names: RegExp): number => all.filter(({ id }) => names.test(id)).length;
  console.info(`of ${all.length} cases ${some(few)} run eagerly too, ${some(onGpu)} on webgpu where there is one`);
  for (const [id, names] of Object.entries(losesMask)) console.info(`${id}: not compared: ${names.join(', ')}`);
  expect([all.length, some(few), some(onGpu), Object.keys(losesMask).length]).toMatchInlineSnapshot(`
    [
      36,
      5,
      9,
      2,
    ]
  `);
});
const withGpu = await hasGpu();
// A few cases of each kind where steps are slow: the code is the same.
const few = /^(mlp\/adam|cnn\/batchnorm|mask\/attention|multi\/dict-out|custom)/;
const onGpu = /^(mlp\/(adam|class)|cnn\/batch|rnn\/gru|mask\/attention|optimizer\/(ema$|grad|loss)|loop\/steps-per-ex)/;

// Threads that share whatever there is to do, so that small arrays are shared too.
const shared = [1, 2, 3, 4, 7].map((threads) => [`on ${threads} threads`, false, wasmDevice(threads, 0)] as const);
describe.each([
  ['compiled', false, undefined],
  ['run eagerly', true, undefined],
  ...(process.env['HORNBEAM_DEVICE'] ? [] : shared),
  ...(withGpu ? ([['on webgpu', false, 'webgpu']] as const) : []),
] as const)('training, %s', (_, runEagerly, device) => {
  const before = currentDevice();
  beforeAll(() => (device === 'webgpu' ? setDevice(device) : device && useDevice(device)));
  afterAll(() => (device === 'webgpu' ? setDevice(before.name) : useDevice(before)));
  for (const c of all) {
    if (runEagerly && !few.test(c.id)) continue;
    if (device === 'webgpu' && !onGpu.test(c.id)) continue;
    test(`${c.id} trains as Keras does`, async () => {
      const model = modelFromConfig(c.model, { customObjects }) as unknown as keras.Model;
      if (runEagerly) model.compileFromConfig({ ...(c.model['compile_config'] as Config), run_eagerly: true });
      model.weights.forEach((w, k) => w.assign(withTensors(c.initial_weights[k]!.value) as keras.Tensor));
      const hasNormalization = c.final_weights.some((w) => w.path.endsWith('/moving_mean'));
      const results = hasNormalization ? ([2e-2, 1e-2] as const) : tolerance;
      const [x, y, sampleWeight] = [c.x, c.y, c.sample_weight].map(withTensors) as [any, any, any];
      const validation =
        c.validation && ([c.validation.x, c.validation.y, c.validation.sample_weight].map(withTensors) as any);
      const { class_weight: classWeight, ...rest } = c.fit;
      const options = Object.fromEntries(Object.entries(optionsOf(rest)).filter(([, v]) => v !== null));
      const batches: Record<string, number>[] = [];
      let isFirst = true;
      const record = new keras.callbacks.LambdaCallback({
        onTrainBatchEnd: (_batch, logs) => void (isFirst && batches.push({ ...logs })),
        onEpochEnd: () => void (isFirst = false),
      });
      const history = await model.fit(x, y, {
        ...options,
        shuffle: false,
        verbose: 0,
        callbacks: [record],
        ...(sampleWeight && { sampleWeight }),
        ...(validation && { validationData: validation.filter((part: unknown) => part !== null) }),
        ...(classWeight ? { classWeight: classWeight as Record<number, number> } : {}),
      });
      expect(history.epoch).toEqual(c.epoch);
      expect(Object.keys(history.history).sort()).toEqual(Object.keys(c.history).sort());
      const lost = losesMask[c.id] ?? [];
      const without = <T>(logs: Readonly<Record<string, T>>): Record<string, T> =>
        Object.fromEntries(Object.entries(logs).filter(([name]) => !lost.includes(name)));
      c.first_epoch_batches.forEach(({ logs, batch }, k) =>
        expectLogs(without(batches[k]!), without(logs), `batch ${batch}`),
      );
      for (const [name, values] of Object.entries(without(c.history)))
        expectNumbers(history.history[name]!, numbersOf(values), tolerance, `history ${name}`);
      await reachable([...model.weights, ...model.optimizer!.variables].map((v) => v.held));
      c.final_weights.forEach(({ path, value }, k) => {
        expect(model.weights[k]!.path.split('/').slice(-2)).toEqual(path.split('/').slice(-2));
        // Batch normalisation takes off what a bias before it adds: its gradient is rounding error, in which Adam takes whole steps.
        const isFree = /\/(bias|moving_mean)$/.test(path) && hasNormalization;
        expectSame(model.weights[k]!.value, value, isFree ? [0, 0.1] : tolerance, path);
      });
      c.optimizer_variables.forEach(({ path, value }, k) =>
        expectSame(model.optimizer!.variables[k]!.value, value, [5e-3, 5e-4], path),
      );
      const batchSize = options['batchSize'] as number | undefined;
      const evaluated = await model.evaluate(x, y, {
        verbose: 0,
        returnDict: true,
        ...(batchSize && { batchSize }),
        ...(sampleWeight && { sampleWeight }),
      });
      expectLogs(evaluated as Record<string, number>, c.evaluate, 'evaluate', results);
      const predicted = leavesOf(
        (await model.predict(x, batchSize ? { batchSize } : {})) as unknown as Tree<keras.Tensor>,
      );
      await reachable(predicted);
      storedLeaves(c.predict).forEach((want, k) => expectSame(predicted[k]!, want, results, `prediction ${k}`));
      const list = await model.evaluate(x, y, {
        verbose: 0,
        ...(batchSize && { batchSize }),
        ...(sampleWeight && { sampleWeight }),
      });
      expectNumbers([list].flat() as unknown[] as number[], numbersOf(c.evaluate_list), results, 'evaluate as a list');
      const [bx, by, bw] = [x, y, sampleWeight].map((part) => rowsOf(part, 0, batchSize ?? 4));
      const onBatch = { returnDict: true, ...(bw && { sampleWeight: bw }) };
      for (const [k, want] of c.train_on_batch.entries()) {
        const got = (await model.trainOnBatch(bx, by, onBatch)) as Record<string, number>;
        expectLogs(without(got), without(want), `trainOnBatch ${k}`, results);
      }
      const tested = (await model.testOnBatch(bx, by, onBatch)) as Record<string, number>;
      expectLogs(tested, c.test_on_batch, 'testOnBatch', results);
    });
  }
});
