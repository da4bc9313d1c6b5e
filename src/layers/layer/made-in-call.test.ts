import { expect, test } from 'vitest';
import * as keras from '../../index.ts';

const { layers, ops } = keras;

class Block extends keras.Layer {
  readonly dense = new layers.Dense({ units: 4, kernelInitializer: 'ones' });
  readonly seed: number | null;
  constructor(seed: number | null = null) {
    super();
    this.seed = seed;
  }
  call(x: keras.Tensor, { training }: keras.CallOptions = {}): keras.Tensor {
    const y = new layers.Reshape({ targetShape: [4] })(this.dense(x));
    const z = new layers.Dropout({ rate: 0.5, seed: this.seed })(y, { training });
    return new layers.Activation({ activation: 'relu' })(new layers.GaussianNoise({ stddev: 0.1 })(z, { training }));
  }
}
const x = ops.ones([8, 3]);
const training = { training: true };

test('a Dropout made in call() draws new noise at every call, compiled or not, and repeats with the global seed', async () => {
  const draws = async (): Promise<unknown[]> => {
    keras.utils.setRandomSeed(5);
    const input = keras.Input({ shape: [3] });
    const block = new Block();
    const model = new keras.Model({ inputs: input, outputs: block(input) });
    const eager = [await model(x, training).array(), await model(x, training).array()];
    const compiled = keras.jit((t: keras.Tensor) => model(t, training));
    const jitted = [await compiled(x).array(), await compiled(x).array()];
    expect(await model(x).array()).toEqual(await model(x).array());
    return [...eager, ...jitted];
  };
  const first = await draws();
  expect(new Set(first.map((y) => JSON.stringify(y))).size).toBe(4);
  expect(await draws()).toEqual(first);
});

test('training steps with layers made in call() draw new noise, and statelessCall carries it', async () => {
  const input = keras.Input({ shape: [3] });
  const model = new keras.Model({ inputs: input, outputs: new Block()(input) });
  model.compile({ loss: 'mse', optimizer: new keras.optimizers.SGD({ learningRate: 0 }) });
  const losses: unknown[] = [];
  for (let step = 0; step < 3; step++) {
    model.resetMetrics();
    losses.push(await model.trainOnBatch(x, ops.ones([8, 4])));
  }
  expect(new Set(losses).size).toBe(3);
  expect(model.countParams()).toBe(16);
  expect(model.weights).toHaveLength(2);

  const values = (variables: readonly keras.Variable[]): keras.Tensor[] => variables.map((v) => v.value);
  const trainable = values(model.trainableVariables);
  const [a, next] = model.statelessCall(trainable, values(model.nonTrainableVariables), x, training);
  const [b] = model.statelessCall(trainable, next, x, training);
  const [again] = model.statelessCall(trainable, values(model.nonTrainableVariables), x, training);
  expect(await a.array()).not.toEqual(await b.array());
  expect(await a.array()).toEqual(await again.array());
});

test('a Dropout made in call() with a seed of its own drops the same at every call, as in Keras', async () => {
  class Seeded extends keras.Layer {
    call(y: keras.Tensor, options: keras.CallOptions = {}): keras.Tensor {
      return new layers.Dropout({ rate: 0.5, seed: 3 })(y, options);
    }
  }
  const seeded = new Seeded();
  const one = await seeded(x, training).array();
  expect(await seeded(x, training).array()).toEqual(one);
  expect(
    await keras
      .jit((t: keras.Tensor) => seeded(t, training))(x)
      .array(),
  ).toEqual(one);
  expect(await new layers.Dropout({ rate: 0.5, seed: 3 })(x, training).array()).toEqual(one);
});
