import { describe, expect, test } from 'vitest';
import * as keras from '../index.ts';

const { layers, ops } = keras;
type Tensor = keras.Tensor;
const numbers = (t: Tensor): number[] => [...t.dataSync()].map(Number);
const modes = [false, true];

const x = keras.tensor(
  Array.from({ length: 32 }, (_, k) => Math.sin(k)),
  { shape: [8, 4], dtype: 'float32' },
);
const y = keras.tensor(
  Array.from({ length: 8 }, (_, k) => Math.cos(k)),
  { shape: [8, 1], dtype: 'float32' },
);

/** The default step, written out. */
class Own extends keras.Model {
  override trainStep({ x, y, sampleWeight, size }: keras.Batch): keras.StepLogs {
    const optimizer = this.optimizer!;
    const { aux, gradients } = keras.gradients(() => {
      const yPred = this(x, { training: true });
      const loss = this.computeLoss({ x, y, yPred, sampleWeight });
      return [optimizer.scaleLoss(loss), { yPred, loss }];
    }, this.trainableVariables);
    optimizer.apply(gradients, this.trainableVariables);
    this.metrics[0]!.updateState(aux.loss, { sampleWeight: size });
    return this.computeMetrics({ x, y, yPred: aux.yPred, sampleWeight });
  }
}
function functional(make: (options: keras.ModelOptions) => keras.Model): keras.Model {
  keras.utils.setRandomSeed(3);
  const inputs = keras.Input({ shape: [4] });
  let z = new layers.Dense({ units: 6, activation: 'relu' })(inputs);
  z = new layers.BatchNormalization()(z);
  z = new layers.Dropout({ rate: 0.3, seed: 7 })(z);
  const outputs = new layers.Dense({ units: 1, kernelRegularizer: 'l2' })(z);
  return make({ inputs, outputs });
}

test.each(modes)('a step of the class’s own that is the default has its bits (runEagerly: %s)', async (runEagerly) => {
  const runs = [functional((options) => new keras.Model(options)), functional((options) => new Own(options))].map(
    async (model) => {
      model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'], runEagerly });
      const sampleWeight = [1, 2, 1, 0, 1, 3, 1, 1];
      const { history } = await model.fit(x, y, { batchSize: 3, epochs: 2, verbose: 0, shuffle: false, sampleWeight });
      return { history, weights: model.getWeights().map(numbers) };
    },
  );
  const [standard, own] = await Promise.all(runs);
  expect(own).toEqual(standard);
  expect(Object.keys(own!.history)).toEqual(['loss', 'mae']);
});

describe.each(modes)('runEagerly: %s', (runEagerly) => {
  test('computeLoss, testStep and predictStep are what fit, evaluate and predict do', async () => {
    class Halved extends keras.Model {
      override computeLoss(given: keras.LossInputs): Tensor {
        return ops.multiply(super.computeLoss(given), given.training === false ? 0.5 : 0.25);
      }
      override predictStep({ x }: keras.Batch): Tensor {
        return ops.add(this(x, { training: false }), 100);
      }
    }
    const inputs = keras.Input({ shape: [4] });
    const outputs = new layers.Dense({ units: 1, kernelInitializer: 'zeros' })(inputs);
    const model = new Halved({ inputs, outputs });
    model.compile({ optimizer: new keras.optimizers.SGD({ learningRate: 0 }), loss: 'mse', runEagerly });
    const whole = numbers(ops.mean(ops.square(y)))[0]!;
    const { history } = await model.fit(x, y, { verbose: 0, batchSize: 8 });
    expect(history['loss']).toEqual([expect.closeTo(whole / 4, 6)]);
    expect(await model.evaluate(x, y, { verbose: 0 })).toBeCloseTo(whole / 2, 6);
    expect(numbers(await model.predict(x))).toEqual(new Array(8).fill(100));

    class Count extends keras.Model {
      override testStep({ y }: keras.Batch): keras.StepLogs {
        return { seen: ops.sum(ops.onesLike(y)), twice: 2 };
      }
    }
    const counting = new Count({ inputs, outputs });
    counting.compile({ loss: 'mse', runEagerly });
    expect(await counting.evaluate(x, y, { verbose: 0, batchSize: 8 })).toEqual([8, 2]);
    expect(await counting.testOnBatch(x, y, { returnDict: true })).toEqual({ seen: 8, twice: 2 });
  });

  test('a GAN has two optimizers, and no call', async () => {
    interface GanOptions extends keras.CompileOptions {
      readonly dOptimizer: keras.Optimizer;
      readonly gOptimizer: keras.Optimizer;
      readonly lossFn: keras.Loss;
    }
    class Gan extends keras.Model {
      readonly generator = new keras.Sequential([
        keras.Input({ shape: [2] }),
        new layers.Dense({ units: 4, kernelInitializer: 'ones' }),
      ]);
      readonly discriminator = new keras.Sequential([
        keras.Input({ shape: [4] }),
        new layers.Dense({ units: 1, kernelInitializer: 'ones' }),
      ]);
      readonly dTracker = new keras.metrics.Mean({ name: 'd_loss' });
      readonly gTracker = new keras.metrics.Mean({ name: 'g_loss' });
      dOptimizer!: keras.Optimizer;
      gOptimizer!: keras.Optimizer;
      lossFn!: keras.Loss;
      override compile({ dOptimizer, gOptimizer, lossFn, ...rest }: GanOptions): void {
        super.compile(rest);
        Object.assign(this, { dOptimizer, gOptimizer, lossFn });
      }
      override get metrics() {
        return [this.dTracker, this.gTracker];
      }
      override trainStep({ x: real, size }: keras.Batch): keras.StepLogs {
        const noise = ops.multiply(ops.ones([size, 2]), 0.1);
        const { generator, discriminator } = this;
        const d = keras.gradients(() => {
          const fake = this.lossFn(ops.zeros([size, 1]), discriminator(generator(noise)));
          return ops.add(fake, this.lossFn(ops.ones([size, 1]), discriminator(real))) as Tensor;
        }, discriminator.trainableVariables);
        this.dOptimizer.apply(d.gradients, discriminator.trainableVariables);
        const g = keras.gradients(
          () => this.lossFn(ops.ones([size, 1]), discriminator(generator(noise))) as Tensor,
          generator.trainableVariables,
        );
        this.gOptimizer.apply(g.gradients, generator.trainableVariables);
        this.dTracker.updateState(d.value);
        this.gTracker.updateState(g.value);
        return { d_loss: this.dTracker.result(), g_loss: this.gTracker.result() };
      }
    }
    const gan = new Gan();
    gan.compile({
      dOptimizer: new keras.optimizers.Adam({ learningRate: 0.01 }),
      gOptimizer: new keras.optimizers.SGD({ learningRate: 0.1 }),
      lossFn: new keras.losses.BinaryCrossentropy({ fromLogits: true }),
      runEagerly,
    });
    const { history } = await gan.fit(x, { epochs: 3, batchSize: 4, verbose: 0, shuffle: false });
    // Keras 3.15.1 on JAX.
    const d = [2.12896, 2.26921, 2.38561];
    const g = [0.360473, 0.306508, 0.269039];
    history['d_loss']!.forEach((loss, epoch) => expect(loss).toBeCloseTo(d[epoch]!, 4));
    history['g_loss']!.forEach((loss, epoch) => expect(loss).toBeCloseTo(g[epoch]!, 5));
    const last = [0.939708, 0.941548, 0.94259, 0.940601, -0.056894];
    gan.discriminator
      .getWeights()
      .flatMap(numbers)
      .forEach((w, k) => expect(w).toBeCloseTo(last[k]!, 5));
  });

  test('trackers are shown, and reset with each epoch', async () => {
    class Vae extends keras.Model {
      readonly encoder = new layers.Dense({ units: 2, kernelInitializer: 'ones' });
      readonly decoder = new layers.Dense({ units: 4, kernelInitializer: 'ones' });
      readonly reconstruction = new keras.metrics.Mean({ name: 'reconstruction' });
      readonly seen = new keras.metrics.Sum({ name: 'seen' });
      override call(x: Tensor): Tensor {
        return this.decoder(this.encoder(x));
      }
      override trainStep({ x, size }: keras.Batch): keras.StepLogs {
        const { value, gradients } = keras.gradients(
          () => ops.mean(ops.square(ops.subtract(x, this(x, { training: true })))),
          this.trainableVariables,
        );
        this.optimizer!.apply(gradients, this.trainableVariables);
        this.reconstruction.updateState(value);
        this.seen.updateState(size);
        return this.getMetricsResult();
      }
    }
    const vae = new Vae();
    vae.compile({ optimizer: 'adam', runEagerly });
    const { history } = await vae.fit(x, { epochs: 2, batchSize: 4, verbose: 0 });
    expect(history['seen']).toEqual([8, 8]);
    expect(history['reconstruction']![1]).toBeLessThan(history['reconstruction']![0] as number);
    expect(vae.metricsNames).toEqual(['loss', 'reconstruction', 'seen']);
    expect(vae.metricsVariables).toHaveLength(3 * 2 - 1);
  });

  test('a step may return the same tensor twice, and the value of a variable', async () => {
    class Counting extends keras.Model {
      readonly steps = new keras.Variable(0, { dtype: 'float32', trainable: false });
      readonly fixed = new keras.Variable(5, { dtype: 'float32', trainable: false });
      override trainStep({ x }: keras.Batch): keras.StepLogs {
        const loss = ops.mean(x);
        this.steps.assignAdd(1);
        return { a: loss, b: loss, steps: this.steps.value, fixed: this.fixed.value };
      }
    }
    const model = new Counting();
    model.compile({ runEagerly });
    const { history } = await model.fit(x, { epochs: 3, batchSize: 4, verbose: 0, shuffle: false });
    expect(history['steps']).toEqual([2, 4, 6]);
    expect(history['fixed']).toEqual([5, 5, 5]);
    expect(history['a']).toEqual(history['b']);
    expect(numbers(model.fixed.value)).toEqual([5]);
  });
});

test('what is no logs is named with the cure', async () => {
  class Bare extends keras.Model {
    override trainStep({ x }: keras.Batch): keras.StepLogs {
      return ops.mean(x) as unknown as keras.StepLogs;
    }
  }
  const model = new Bare();
  model.compile();
  await expect(model.fit(x, { verbose: 0 })).rejects.toThrow(
    /trainStep gave a tensor instead of logs.*getMetricsResult/s,
  );
});
