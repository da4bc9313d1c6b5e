import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as keras from '../index.ts';

const { layers, ops } = keras;
// All numbers here are those of Keras 3.15.1, but where a test says otherwise.
const x = [
  [1, 2],
  [3, 4],
];
const [y1, y2] = [[[1], [2]] as number[][], [[2], [0]] as number[][]];
const [w1, w2] = [
  [1, 3],
  [2, 0],
];
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

const head = (input: keras.KerasTensor, name: string, units = 1) =>
  new layers.Dense({ units, name, kernelInitializer: 'ones' })(input);
function listed(...names: string[]): keras.Model {
  const inputs = keras.Input({ shape: [2] });
  const outputs = names.map((name) => head(inputs, name));
  return new keras.Model({ inputs, outputs: names.length === 1 ? outputs[0]! : outputs });
}
function byName(...names: string[]): keras.Model {
  const inputs = keras.Input({ shape: [2] });
  return new keras.Model({ inputs, outputs: Object.fromEntries(names.map((name) => [name, head(inputs, name)])) });
}
class Subclassed extends keras.Model<any> {
  readonly one = new layers.Dense({ units: 1, kernelInitializer: 'ones' });
  readonly two = new layers.Dense({ units: 1, kernelInitializer: 'ones' });
  override call(inputs: keras.Tensor) {
    return [this.one(inputs), this.two(inputs)];
  }
}
/** Logs of one epoch in which nothing is learnt, and evaluate's list. */
async function run(model: keras.Model<any>, y: any, options: object, sampleWeight?: any): Promise<[object, unknown]> {
  model.compile({ optimizer: new keras.optimizers.SGD({ learningRate: 0 }), ...options });
  const weighted = sampleWeight ? { sampleWeight } : {};
  const { history } = await model.fit(x, y, { ...weighted, verbose: 0, shuffle: false });
  const list = await model.evaluate(x, y, { ...weighted, verbose: 0 });
  return [Object.fromEntries(Object.entries(history).map(([name, values]) => [name, values[0]])), list];
}

describe('losses, metrics, labels and weights of several outputs', () => {
  test('lists with an entry for each output', async () => {
    const given = { loss: 'mse', metrics: [['mae'], ['mse', 'mae']] };
    const [logs, list] = await run(listed('z', 'a'), [y1, y2], given);
    expect(logs).toEqual({ a_loss: 25, a_mae: 4, a_mse: 25, loss: 39.5, z_loss: 14.5, z_mae: 3.5 });
    expect(list).toEqual([39.5, 14.5, 25, 4, 25, 3.5]);
  });
  test('a loss and labels for one output only', async () => {
    expect(await run(byName('a', 'b'), { a: y1 }, { loss: { a: 'mse' } })).toEqual([{ loss: 14.5 }, 14.5]);
    const some = [keras.tensor(y2)];
    expect(await run(listed('p', 'q'), some, { loss: [null, 'mse'] })).toEqual([{ loss: 25 }, 25]);
  });
  test('sample weights for some outputs, and names of weighted metrics', async () => {
    const weighted = { loss: 'mse', weightedMetrics: [['mae'], ['mae']] };
    const both = await run(listed('p', 'q'), [y1, y2], { ...weighted, metrics: [['mae'], null] }, [w1, w2]);
    expect(both[0]).toEqual({ loss: 40.5, p_loss: 39.5, p_mae: 3.5, p_weighted_mae: 4.25, q_loss: 1, q_mae: 1 });
    const [one] = await run(listed('p', 'q'), [y1, y2], weighted, [w1, null]);
    expect(one).toEqual({ loss: 64.5, p_loss: 39.5, p_mae: 4.25, q_loss: 25, q_mae: 4 });
    const [all] = await run(listed('p', 'q'), [y1, y2], weighted, w1);
    expect(all).toEqual({ loss: 113.5, p_loss: 39.5, p_mae: 4.25, q_loss: 74, q_mae: 5.5 });
  });
  test('several losses of one output are added', async () => {
    // Keras shows the last of the losses as the output's, and of a single output counts the first alone.
    const [logs] = await run(listed('p', 'q'), [y1, y2], { loss: [['mse', 'mae'], 'mse'] });
    expect(logs).toEqual({ loss: 43, p_loss: 18, q_loss: 25 });
    expect((await run(listed('p'), y1, { loss: ['mse', 'mae'], lossWeights: [1, 2] }))[0]).toEqual({ loss: 21.5 });
  });
  test('nests, and lists of a subclassed model', async () => {
    const inputs = keras.Input({ shape: [2] });
    const outputs = { a: { p: head(inputs, 'x1'), q: head(inputs, 'x2') }, b: head(inputs, 'x3') };
    const model = new keras.Model<any>({ inputs, outputs });
    const given = {
      loss: { a: { p: 'mse', q: 'mae' }, b: 'mse' },
      metrics: { a: { p: ['mae'], q: ['mse'] }, b: ['mae'] },
    };
    const [logs, list] = await run(model, { a: { p: y1, q: y2 }, b: y1 }, given);
    const losses = { 'a/p_loss': 14.5, 'a/q_loss': 4, b_loss: 14.5, loss: 33 };
    expect(logs).toEqual({ ...losses, x1_mae: 3.5, x2_mse: 25, x3_mae: 3.5 });
    expect(list).toEqual([33, 14.5, 4, 14.5, 3.5, 25, 3.5]);
    const labels = [keras.tensor(y1), keras.tensor(y2)];
    const [names] = await run(new Subclassed(), labels, { loss: ['mse', 'mae'], metrics: [['mae'], ['mae']] });
    expect(names).toEqual({ loss: 18.5, mae: 3.5, mae_1: 4, mae_loss: 4, mse_loss: 14.5 });
  });
  test.each([
    [
      'metrics for one of two',
      { loss: 'mse', metrics: ['mae'] },
      [y1, y2],
      'metrics has 1 entry, but the model has 2 outputs: "p", "q"',
    ],
    [
      'an unknown output',
      { loss: { p: 'mse', r: 'mse' } },
      [y1, y2],
      'loss names the output "r", which the model does not have',
    ],
    ['too many losses', { loss: ['mse', 'mse', 'mse'] }, [y1, y2], 'loss has 3 entries, but the model has 2 outputs'],
    ['one array of labels', { loss: 'mse' }, keras.tensor(y1), 'y is given once, but the model has 2 outputs'],
    [
      'labels of another name',
      { loss: 'mse' },
      { p: y1, r: y2 },
      'y holds no labels for the output "q", which has a loss; it names "p", "r"',
    ],
    [
      'labels of another shape',
      { loss: 'mse' },
      {
        p: [
          [1, 2, 3],
          [4, 5, 6],
        ],
        q: [
          [1, 2, 3],
          [4, 5, 6],
        ],
      },
      undefined,
    ],
  ])('%s: the error says so', async (_, options, y, message) => {
    const model = listed('p', 'q');
    if (message) await expect(run(model, y, options)).rejects.toThrow(message);
    else await run(model, y, options);
  });
  test('a loss that fails names itself, its output and the shapes', async () => {
    const model = new keras.Sequential([keras.Input({ shape: [2] }), new layers.Dense({ units: 3, name: 'p' })]);
    const wrong = 'loss "mse" of output "p" (labels (2, 2), predictions (2, 3))';
    await expect(run(model, x, { loss: 'mse' })).rejects.toThrow(wrong);
  });
});

test('metrics that give vectors are lists in logs, and one number in the progress bar', async () => {
  const model = new keras.Sequential([
    keras.Input({ shape: [2] }),
    new layers.Dense({ units: 2, kernelInitializer: 'ones' }),
  ]);
  const metrics = [
    new keras.metrics.F1Score(),
    new keras.metrics.Precision({ thresholds: [0.2, 0.8], name: 'precision' }),
    new keras.metrics.R2Score({ classAggregation: null }),
  ];
  const eye = [
    [1, 0],
    [0, 1],
  ];
  const lines = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  model.compile({ optimizer: new keras.optimizers.SGD({ learningRate: 0 }), loss: 'mse', metrics });
  const { history } = await model.fit(x, eye, { verbose: 2 });
  expect(history['r2_score']).toEqual([[-105, -89]]);
  expect(history['precision']).toEqual([[0.5, 0.5]]);
  expect(history['f1_score']![0][0]).toBeCloseTo(2 / 3, 5);
  expect(lines.mock.calls.join()).toContain('r2_score: -97.0000');
  const stop = new keras.callbacks.EarlyStopping({ monitor: 'precision' });
  await expect(model.fit(x, eye, { verbose: 0, callbacks: [stop] })).rejects.toThrow(
    '"precision" is a list of 2 numbers',
  );
  const onBatch = (await model.trainOnBatch(x, eye, { returnDict: true })) as Record<string, number[]>;
  expect(onBatch['r2_score']).toEqual([-105, -89]);
});

test('"crossentropy" is the one that the shapes ask for', async () => {
  const model = new keras.Sequential([
    keras.Input({ shape: [2] }),
    new layers.Dense({ units: 2, activation: 'softmax', kernelInitializer: 'ones' }),
  ]);
  for (const y of [ops.array([1, 0]), ops.eye(2)])
    expect((await run(model, y, { loss: 'crossentropy' }))[1]).toBeCloseTo(Math.log(2), 5);
});

test('masked steps count in no metric, neither in fit nor in evaluate', async () => {
  const model = new keras.Sequential([
    keras.Input({ shape: [4, 1] }),
    new layers.Masking({ maskValue: -9 }),
    new layers.Dense({ units: 1, kernelInitializer: 'ones' }),
  ]);
  const metrics = [
    'mae',
    new keras.metrics.Precision({ thresholds: 0.5, name: 'precision' }),
    new keras.metrics.FalsePositives({ name: 'false_positives' }),
  ];
  const weightedMetrics = ['mse', new keras.metrics.BinaryIoU({ name: 'iou' })];
  model.compile({ optimizer: new keras.optimizers.SGD({ learningRate: 0 }), loss: 'mae', metrics, weightedMetrics });
  // The last steps are padding; of the others one is predicted right, one wrongly. From first principles.
  const [inputs, labels] = [[[[1], [2], [-9], [-9]]] as number[][][], [[[1], [0], [0], [1]]] as number[][][]];
  const wanted = { loss: 1, mae: 1, precision: 0.5, false_positives: 1, mse: 2, iou: 0.25 };
  const { history } = await model.fit(inputs, labels, { verbose: 0 });
  const evaluated = (await model.evaluate(inputs, labels, { verbose: 0, returnDict: true })) as Record<string, number>;
  for (const [name, value] of Object.entries(wanted)) {
    expect(history[name]![0], name).toBeCloseTo(value, 5);
    expect(evaluated[name], name).toBeCloseTo(value, 5);
  }
  // One weight a sequence: Σ w · loss · mask over the steps that count.
  const twice = [inputs[0]!, [[1], [-9], [-9], [-9]]];
  const both = [labels[0]!, [[4], [0], [0], [0]]];
  const weighted = await model.evaluate(twice, both, { verbose: 0, sampleWeight: [2, 1], returnDict: true });
  expect((weighted as Record<string, number>)['loss']).toBeCloseTo((2 * 2 + 3) / 3, 5);
  expect((weighted as Record<string, number>)['mse']).toBeCloseTo((2 * 4 + 9) / 5, 5);
});
