import { expect, test } from 'vitest';
import * as keras from '../index.ts';

test.each([false, true])(
  'what call assigns to a trainable variable is dropped by a training step (runEagerly: %s)',
  async (runEagerly) => {
    const dense = new keras.layers.Dense({ units: 2, useBias: false });
    const layer = new keras.layers.SpectralNormalization({ layer: dense });
    const model = new keras.Sequential([keras.Input({ shape: [2] }), layer]);
    const vector = model.weights.find((v) => v.name === 'vector_u')!;
    dense.kernel.assign([
      [2, 0.5],
      [1, 3],
    ]);
    vector.assign([[1, 0]]);
    model.compile({ optimizer: new keras.optimizers.SGD({ learningRate: 0.1 }), loss: 'mse', runEagerly });
    const x = [
      [1, 2],
      [3, 1],
    ];
    await model.fit(x, keras.ops.zeros([2, 2]), { verbose: 0, shuffle: false });
    // Keras 3.15.1 on JAX.
    expect((await dense.kernel.value.array())[0]![0]).toBeCloseTo(2.0372, 4);
  },
);

test('a metric may give a variable, or variables by name', async () => {
  class Count extends keras.Metric {
    readonly own: keras.Variable;
    readonly step = 'mine';
    constructor() {
      super({ name: 'count' });
      this.own = this.addVariable([], { name: 'count' });
    }
    override updateState(): void {
      this.own.assignAdd(1);
    }
    override result(): keras.Variable {
      return this.own;
    }
  }
  class Counts extends Count {
    override result(): never {
      return { one: this.own, two: keras.ops.multiply(this.own, 2) } as never;
    }
  }
  const model = new keras.Sequential([keras.Input({ shape: [1] }), new keras.layers.Dense({ units: 1 })]);
  model.compile({ loss: 'mse', metrics: [new Count(), new Counts()] });
  const logs = await model.evaluate(keras.ops.ones([64, 1]), keras.ops.ones([64, 1]), { verbose: 0, returnDict: true });
  expect(logs).toMatchObject({ count: 2, one: 2, two: 4 });
});
