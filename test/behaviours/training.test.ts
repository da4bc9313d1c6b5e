import { describe, expect, test, vi } from 'vitest';
import * as keras from '../../src/index.ts';
import { layers, metrics, tensor } from '../../src/index.ts';

// What training does in cases that are easily got wrong. The numbers are those of Keras 3.15.1 on JAX.
const x = [
  [1, 2],
  [3, 1],
  [0, 1],
  [2, 2],
];
const y = [[1], [0], [2], [1]];
const float = { dtype: 'float32' } as const;
const sgd = (learningRate = 0.01): keras.Optimizer => new keras.optimizers.SGD({ learningRate });
const one = (options: keras.CompileOptions): keras.Sequential => {
  const model = new keras.Sequential([
    keras.Input({ shape: [2] }),
    new layers.Dense({ units: 1, kernelInitializer: 'ones' }),
  ]);
  model.compile(options);
  return model;
};
const two = (options: keras.CompileOptions): keras.Model => {
  const input = keras.Input({ shape: [2] });
  const outputs = ['a', 'b'].map((name) => new layers.Dense({ units: 1, name, kernelInitializer: 'ones' })(input));
  const model = new keras.Model({ inputs: input, outputs: outputs as keras.KerasTensor[] });
  model.compile(options);
  return model;
};
/** Numbers of any nest, with five decimals. */
function expectClose(found: unknown, expected: unknown): void {
  if (typeof expected === 'number') expect(found).toBeCloseTo(expected, 4);
  else {
    expect(Object.keys(found as object)).toEqual(Object.keys(expected as object));
    for (const [key, value] of Object.entries(expected as object))
      expectClose((found as Record<string, unknown>)[key], value);
  }
}
const sorted = (logs: unknown): object =>
  Object.fromEntries(Object.entries(logs as object).sort(([a], [b]) => (a < b ? -1 : 1)));

describe('single batches', () => {
  test('trainOnBatch and testOnBatch give the numbers of their batch', async () => {
    const model = one({ optimizer: sgd(), loss: 'mse', metrics: ['mae'] });
    expectClose(await model.trainOnBatch(x, y), [7.5, 2.5]);
    expectClose(await model.trainOnBatch(x.slice(0, 2), y.slice(0, 2)), [7.95846, 2.6625]);
    expectClose(await model.testOnBatch(x.slice(2), y.slice(2)), [3.14285, 1.70707]);
    expectClose(await model.trainOnBatch(x, y, { returnDict: true }), { loss: 4.46472, mae: 1.9801 });
  });
});

describe('fit and evaluate', () => {
  test('validationSteps begins the validation data anew each time', async () => {
    const { history } = await one({ optimizer: sgd(), loss: 'mse' }).fit(x, y, {
      validationData: [x, y],
      validationBatchSize: 1,
      validationSteps: 2,
      epochs: 2,
      shuffle: false,
      verbose: 0,
    });
    expectClose(history, { loss: [7.5, 6.01371], val_loss: [7.95846, 6.35974] });
  });

  test('logs hold the vectors of metrics that have several values', async () => {
    const model = new keras.Sequential([
      keras.Input({ shape: [2] }),
      new layers.Dense({ units: 2, kernelInitializer: 'ones', activation: 'sigmoid' }),
    ]);
    model.compile({
      optimizer: 'sgd',
      loss: 'mse',
      metrics: [new metrics.F1Score(), new metrics.R2Score({ classAggregation: null })],
    });
    const labels = [
      [1, 0],
      [0, 1],
      [1, 1],
      [0, 0],
    ];
    expectClose(sorted(await model.evaluate(x, labels, { verbose: 0, returnDict: true })), {
      f1_score: [0.66667, 0.66667],
      loss: 0.49346,
      r2_score: [-1.00328, -0.9444],
    });
  });

  test('a model with nothing trainable is fitted, with one warning', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const model = new keras.Sequential([
      keras.Input({ shape: [2] }),
      new layers.BatchNormalization({ trainable: false }),
      new layers.Dense({ units: 1, kernelInitializer: 'ones', trainable: false }),
    ]);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    expectClose((await model.fit(x, y, { verbose: 0 })).history, { loss: [7.49176] });
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });
});

describe('several outputs', () => {
  const options = {
    optimizer: sgd(),
    loss: ['mse', 'mae'],
    metrics: [['mae'], ['mse']],
    weightedMetrics: [['mae'], null],
  } as keras.CompileOptions;

  test('names in logs, and the order of the list that evaluate gives', async () => {
    const model = two(options);
    const weights = {
      sampleWeight: [
        [1, 2, 0, 1],
        [1, 1, 1, 1],
      ],
      verbose: 0,
    } as const;
    const named = {
      a_loss: 11.25,
      a_mae: 2.5,
      a_weighted_mae: 3.25,
      b_loss: 2.5,
      b_mse: 7.5,
      loss: 13.75,
    };
    expectClose(sorted(await model.evaluate(x, [y, y], { ...weights, returnDict: true })), named);
    expectClose(await model.evaluate(x, [y, y], weights), [13.75, 11.25, 2.5, 2.5, 3.25, 7.5]);
    const some = { sampleWeight: [[1, 2, 0, 1], null], verbose: 0, returnDict: true } as const;
    expectClose(sorted(await model.evaluate(x, [y, y], some)), named);
  });

  test('one output may have no loss', async () => {
    const model = two({ optimizer: sgd(), loss: { a: 'mse', b: null } });
    expectClose(await model.evaluate(x, { a: y, b: y }, { verbose: 0, returnDict: true }), { loss: 7.5 });
  });

  test('metrics that name no output are refused, with the outputs’ names', async () => {
    for (const wrong of [{ metrics: ['mae'] }, { metrics: { c: 'mae' } }]) {
      const model = two({ optimizer: sgd(), loss: 'mse', ...wrong } as keras.CompileOptions);
      await expect(model.trainOnBatch(x, [y, y])).rejects.toThrow(/metrics[\s\S]*a.*b/);
    }
  });
});

describe('steps', () => {
  test('a step drops what call assigned to a trainable variable', async () => {
    const normalized = new layers.SpectralNormalization({ layer: new layers.Dense({ units: 2, useBias: false }) });
    const model = new keras.Sequential([keras.Input({ shape: [2] }), normalized]);
    const kernel = model.trainableVariables.find(({ name }) => name === 'kernel')!;
    const vector = model.weights.find(({ name }) => name !== 'kernel')!;
    kernel.assign([
      [2, 0.5],
      [1, 3],
    ]);
    vector.assign([[1, 0]]);
    model.compile({ optimizer: sgd(0.1), loss: 'mse' });
    await model.trainOnBatch(
      [
        [1, 2],
        [3, 1],
      ],
      [
        [0, 0],
        [0, 0],
      ],
    );
    expectClose(await kernel.numpy(), [
      [2.03718, 0.52974],
      [1.00335, 2.96914],
    ]);
  });

  test.each([
    ['LSTM', layers.LSTM, 0.99176],
    ['GRU', layers.GRU, 0.05149],
  ] as const)('%s draws a mask for each gate of recurrentDropout', async (_, Kind, expected) => {
    const ones = { kernelInitializer: 'ones', recurrentInitializer: 'ones', biasInitializer: 'ones' };
    const layer = new Kind({ units: 2, seed: 3, recurrentDropout: 0.4, ...ones });
    const found = layer(keras.ops.ones([1, 3, 2]), { training: true }) as keras.Tensor;
    expectClose(await found.array(), [[expected, expected]]);
  });

  test('schedules count updates, not batches, where gradients are gathered', async () => {
    const schedule = new keras.optimizers.schedules.PiecewiseConstantDecay({ boundaries: [1], values: [0.1, 0.01] });
    const gathering = new keras.optimizers.SGD({ learningRate: schedule, gradientAccumulationSteps: 2 });
    const v = new keras.Variable([1], float);
    gathering.build([v]);
    const seen: number[] = [];
    for (let k = 0; k < 4; k++) {
      gathering.apply([tensor([1], float)], [v]);
      seen.push(((await v.numpy()) as number[])[0]!);
    }
    // Keras counts batches and gives 0.89 in the end: its documentation says updates.
    expectClose(seen, [1, 0.9, 0.9, 0.8]);
  });

  test('a class of one’s own needs no more than updateStep', async () => {
    class Plain extends keras.Optimizer {
      override updateStep(gradient: keras.Tensor, variable: keras.Variable, learningRate: keras.Tensor): void {
        variable.assignSub(keras.ops.multiply(gradient, learningRate));
      }
    }
    const [own, plain] = [new Plain({ learningRate: 0.01 }), sgd()];
    const losses = [];
    for (const optimizer of [own, plain]) {
      const model = one({ optimizer: optimizer as keras.Optimizer, loss: 'mse' });
      losses.push((await model.fit(x, y, { epochs: 2, shuffle: false, verbose: 0 })).history);
    }
    expect(losses[0]).toEqual(losses[1]);
  });
});

describe('pieces', () => {
  test('Concatenate joins the masks of its inputs', async () => {
    const input = keras.Input({ shape: [3, 1] });
    const masked = new layers.Masking()(input);
    const joined = new layers.Concatenate()([masked, masked]);
    const sums = new layers.GlobalAveragePooling1D()(joined as keras.Tensor);
    const model = new keras.Model({ inputs: input, outputs: sums as keras.KerasTensor });
    const given = [
      [[1], [2], [0]],
      [[3], [0], [0]],
    ];
    expectClose(await (await model.predict(given)).array(), [
      [1.5, 1.5],
      [3, 3],
    ]);
  });

  test('variables are made of numbers, lists, initializers and their names, and assigned numbers and lists', async () => {
    const v = new keras.Variable(0);
    v.assign(5);
    expect(await v.value.item()).toBe(5);
    const list = new keras.Variable([1, 2]);
    list.assign([3, 4]);
    expect(await list.numpy()).toEqual([3, 4]);
    expect(new keras.Variable('glorot_uniform', { shape: [2, 2] }).shape).toEqual([2, 2]);
  });

  test('confusion matrices keep fractional weights', async () => {
    const iou = new metrics.MeanIoU({ numClasses: 2, dtype: 'float32' });
    await iou.updateState([0, 1, 1], [0, 1, 0], { sampleWeight: [0.5, 0.25, 0.5] });
    expectClose(await iou.result().item(), 0.41667);
  });

  test('CTC: labels padded with -1 are as those padded with the mask', async () => {
    const uniform = keras.ops.log(keras.ops.full([1, 4, 3], 1 / 3));
    const loss = new keras.losses.CTC();
    expectClose(await loss([[1, 2, 0]], uniform).item(), 1.6864);
    expectClose(await loss([[1, 2, -1]], uniform).item(), 1.6864);
  });

  test('callbacks have the older moments, and their options are checked', async () => {
    const seen: string[] = [];
    class Old extends keras.callbacks.Callback {
      override onBatchBegin(batch: number): void {
        seen.push(`begin ${batch}`);
      }
      override onBatchEnd(batch: number): void {
        seen.push(`end ${batch}`);
      }
    }
    await one({ optimizer: sgd(), loss: 'mse' }).fit(x, y, { batchSize: 2, callbacks: [new Old()], verbose: 0 });
    expect(seen).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1']);
    expect(() => new keras.callbacks.EarlyStopping({ patiense: 3 } as never)).toThrow(/did you mean "patience"/);
  });

  test('mixed_float16 scales the loss by itself, unless that is turned off', () => {
    const make = (autoScaleLoss?: boolean): string => {
      const model = new keras.Sequential([keras.Input({ shape: [2] }), new layers.Dense({ units: 1 })], {
        dtype: 'mixed_float16',
      });
      model.compile({ loss: 'mse', ...(autoScaleLoss !== undefined && { autoScaleLoss }) });
      return model.optimizer!.className;
    };
    expect([make(), make(false)]).toEqual(['LossScaleOptimizer', 'RMSprop']);
  });
});
