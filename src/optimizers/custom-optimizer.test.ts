import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const { ops } = keras;

/** Written as in Keras: no static fields, `updateStep`, variables of its own made in `build`. */
class Momentum extends keras.Optimizer {
  rate = 'mine';
  own: keras.Variable[] = [];
  override build(variables: readonly keras.Variable[]): void {
    super.build(variables);
    this.own = variables.map((v) => this.addVariableFromReference(v, { name: 'm' }));
  }
  override updateStep(gradient: keras.Tensor, variable: keras.Variable, learningRate: keras.Tensor): void {
    const m = this.own[this.getVariableIndex(variable)]!;
    this.assign(m, ops.add(ops.multiply(m, 0.5), gradient));
    this.assignSub(variable, ops.multiply(learningRate, m));
  }
}

test.each([false, true])('an optimizer of one’s own steps as in Keras (runEagerly: %s)', async (runEagerly) => {
  const model = new keras.Sequential([
    keras.Input({ shape: [2] }),
    new keras.layers.Dense({ units: 1, kernelInitializer: 'ones' }),
  ]);
  const optimizer = new Momentum({ learningRate: 0.1, weightDecay: 0.01 });
  model.compile({ optimizer, loss: 'mse', runEagerly });
  const [x, y] = [
    [
      [1, 2],
      [3, 4],
    ],
    [[1], [2]],
  ];
  await model.fit(x, y, { epochs: 3, verbose: 0 });
  // What Keras 3.15.1 gives for the same class.
  const [kernel, bias] = await Promise.all(model.getWeights().map((w) => w.array()));
  expect(kernel).toEqual([[expect.closeTo(-1.7558938, 4)], [expect.closeTo(-2.8406668, 4)]]);
  expect(bias).toEqual([expect.closeTo(-1.0847731, 4)]);
  expect(optimizer.className).toBe('Momentum');
  expect(optimizer.variables.map((v) => v.path.replace(/sequential(_\d+)?_dense(_\d+)?/, 'dense'))).toEqual(
    ['iteration', 'learning_rate', 'dense_kernel_m', 'dense_bias_m'].map((name) => `${optimizer.name}/${name}`),
  );
  expect(optimizer.getConfig()).toMatchObject({ weight_decay: 0.01, use_ema: false });
  const written = keras.saving.serializeKerasObject(optimizer);
  const again = keras.saving.deserializeKerasObject(written, { Momentum }) as Momentum;
  expect(again).toBeInstanceOf(Momentum);
});

test('updateStep of a built-in optimizer can be extended', async () => {
  class Halved extends keras.optimizers.SGD {
    override updateStep(gradient: keras.Tensor, variable: keras.Variable, learningRate: keras.Tensor): void {
      super.updateStep(ops.multiply(gradient, 0.5), variable, learningRate);
    }
  }
  const v = new keras.Variable([1, 2], { dtype: 'float32' });
  new Halved({ learningRate: 1 }).apply([keras.tensor([1, 2], { dtype: 'float32' })], [v]);
  expect(await v.value.array()).toEqual([0.5, 1]);
  class Nothing extends keras.Optimizer {}
  expect(() => new Nothing().apply([keras.tensor([1, 2], { dtype: 'float32' })], [v])).toThrow(
    /Nothing "nothing": it does not say how a variable is changed\n {2}Fix: write updateStep/,
  );
});
