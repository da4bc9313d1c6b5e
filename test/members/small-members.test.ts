import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as keras from '../../src/index.ts';
import { tensor } from '../../src/index.ts';

const { layers, losses, metrics, optimizers } = keras;

test('losses show their function, metrics what they count', async () => {
  expect(new losses.MeanSquaredError().fn).toBe(losses.meanSquaredError);
  expect(new losses.Huber({ delta: 2 }).fn).toBe(losses.huber);
  const sum = new metrics.Sum();
  sum.updateState([1, 2]);
  expect(await sum.total.value.item()).toBe(3);
  const counted = new metrics.TruePositives();
  counted.updateState([1, 1, 0], [0.9, 0.2, 0.8]);
  expect(await counted.accumulator.numpy()).toEqual([1]);
  const iou = new metrics.IoU({ numClasses: 2, targetClassIds: [0] });
  iou.updateState([0, 1, 1], [0, 1, 0]);
  expect(await iou.totalCm.numpy()).toEqual([
    [1, 0],
    [1, 1],
  ]);
  expect([new metrics.FBetaScore().axis, new metrics.FBetaScore({ average: 'micro' }).axis]).toEqual([0, null]);
  const r2 = new metrics.R2Score();
  r2.updateState([[1], [2]], [[1], [3]]);
  expect(await r2.numSamples.value.item()).toBe(2);
  expect(new metrics.Mean().addVariable([], { aggregation: 'mean' }).aggregation).toBe('mean');
});

test('variables and tensors know their number of axes, variables their numbers', async () => {
  const v = new keras.Variable([[1, 2]]);
  expect([v.ndim, v.value.ndim, keras.Input({ shape: [3] }).ndim]).toEqual([2, 2, 2]);
  expect(await v.numpy()).toEqual([[1, 2]]);
});

test('an optimizer gives and takes its variables', async () => {
  const v = new keras.Variable([1, 2], { name: 'w', dtype: 'float32' });
  const sgd = new optimizers.SGD({ learningRate: 0.5, momentum: 0.9, useEma: true, emaMomentum: 0.5 });
  expect([sgd.clipnorm, sgd.emaMomentum, sgd.gradientAccumulationSteps, sgd.weightDecay]).toEqual([
    null,
    0.5,
    null,
    null,
  ]);
  expect(() => sgd.setWeights([])).toThrow(/SGD.*no variables yet[\s\S]*build/);
  sgd.build([v]);
  sgd.apply([tensor([1, 1])], [v]);
  sgd.apply([tensor([1, 1])], [v]);
  const store: Record<string, keras.Tensor> = {};
  sgd.saveOwnVariables(store);
  expect(Object.keys(store)).toHaveLength(sgd.variables.length);
  const other = new optimizers.SGD({ learningRate: 0.1, momentum: 0.9, useEma: true, emaMomentum: 0.5 });
  other.build([v]);
  other.loadOwnVariables(store);
  expect(await other.learningRate.item()).toBe(0.5);
  expect(await other.iterations.numpy()).toBe(2);
  expect(() => other.setWeights([1])).toThrow(/1 values do not fit its/);
  // Keras: w is -0.45, 0.55 after the steps, its average 0.025, 1.025.
  expect(await v.numpy()).toEqual([expect.closeTo(-0.45), expect.closeTo(0.55)]);
  sgd.finalizeVariableValues([]);
  expect(await v.numpy()).toEqual([expect.closeTo(-0.45), expect.closeTo(0.55)]);
  sgd.finalizeVariableValues([v]);
  expect(await v.numpy()).toEqual([expect.closeTo(0.025), expect.closeTo(1.025)]);
  const [first, second] = sgd.addOptimizerVariables([v], ['m', 'n'], { initializer: 'ones' });
  expect([first![0]!.path, second![0]!.path]).toEqual([`${sgd.name}/w_m`, `${sgd.name}/w_n`]);
  expect(await second![0]!.numpy()).toEqual([1, 1]);
});

test('autocast: false leaves inputs and weights as they are', () => {
  class Seen extends keras.Layer {
    readonly seen: string[] = [];
    w!: keras.Variable;
    override build(): void {
      this.w = this.addVariable({ name: 'w', shape: [], initializer: 'ones' });
    }
    call(x: keras.Tensor): keras.Tensor {
      this.seen.push(x.dtype, this.w.read().dtype);
      return x;
    }
  }
  const cast = new Seen({ dtype: 'mixed_float16' });
  cast(tensor([0.5]));
  const plain = new Seen({ dtype: 'mixed_float16', autocast: false });
  plain(tensor([0.5]));
  expect([cast.autocast, cast.seen, plain.autocast, plain.seen]).toEqual([
    true,
    ['float16', 'float16'],
    false,
    ['float32', 'float32'],
  ]);
  expect([cast.inputDtype, cast.quantizationMode]).toEqual(['float16', null]);
  class Fixed extends Seen {
    override build(): void {
      this.w = this.addWeight({ name: 'w', shape: [], initializer: 'ones', autocast: false, aggregation: 'mean' });
    }
  }
  const fixed = new Fixed({ dtype: 'mixed_float16' });
  fixed(tensor([0.5]));
  expect(fixed.seen).toEqual(['float16', 'float32']);
  expect(fixed.w.aggregation).toBe('mean');
});

test('a layer gives and takes its own variables, and a symbolic call is what calling on KerasTensors is', async () => {
  const dense = new layers.Dense({ units: 1, kernelInitializer: 'ones' });
  const y = dense.symbolicCall(keras.Input({ shape: [2] }));
  expect(y).toBeInstanceOf(keras.KerasTensor);
  const store: Record<string, keras.Tensor> = {};
  dense.saveOwnVariables(store);
  expect(Object.keys(store)).toEqual(['0', '1']);
  dense.loadOwnVariables({ 0: [[2], [3]], 1: [4] });
  expect(await dense.kernel.numpy()).toEqual([[2], [3]]);
  expect(() => dense.loadOwnVariables({ 0: [[2], [3]] })).toThrow(/1 arrays.*2 weights/);
  expect(dense.loraEnabled).toBe(false);
  dense.enableLora(1);
  expect(dense.loraEnabled).toBe(true);
});

test('files hold what saveOwnVariables of a class gives, and loadOwnVariables gets it', async () => {
  class Table extends keras.Layer {
    value: keras.Tensor = tensor([0, 0]);
    call(x: keras.Tensor): keras.Tensor {
      return x.mul(this.value);
    }
    override saveOwnVariables(store: Record<string, keras.Tensor>): void {
      store.table = this.value;
    }
    override loadOwnVariables(store: Readonly<Record<string, keras.Tensor>>): void {
      this.value = store.table!;
    }
  }
  const make = () => new keras.Sequential([keras.Input({ shape: [2] }), new Table(), new layers.Dense({ units: 1 })]);
  const [first, second] = [make(), make()];
  (first.layers[0] as unknown as Table).value = tensor([5, 6]);
  const folder = await mkdtemp(join(tmpdir(), 'stores-'));
  try {
    await first.saveWeights(`${folder}/a.weights.h5`);
    await second.loadWeights(`${folder}/a.weights.h5`);
  } finally {
    await rm(folder, { recursive: true });
  }
  expect(await (second.layers[0] as unknown as Table).value.array()).toEqual([5, 6]);
});
