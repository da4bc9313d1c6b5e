import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as keras from '../../src/index.ts';

const { layers, ops } = keras;
const [, , job, folder] = process.argv as [string, string, string, string];
keras.distribution.setDistribution(new keras.distribution.DataParallel());
const { dataShardId: rank } = keras.distribution.distribution()!;
const write = (result: unknown): void => writeFileSync(join(folder, `${rank}.json`), JSON.stringify(result));
const weightsOf = async (model: keras.Model): Promise<number[][]> =>
  Promise.all(model.getWeights().map(async (w) => [...(await w.data())].map(Number)));
/** Batches of 25 of which the last has 3 rows: on four ranks one has none. */
const uneven = { batchSize: 25, verbose: 0 } as const;
const x = keras.random.normal([103, 8], { seed: 3 });
const y = ops.sin(ops.sum(x, { axis: 1, keepdims: true }));

/** What a fit of a model gives: logs, weights, scores. */
async function trained(model: keras.Model, inputs: keras.Tensor, epochs = 3): Promise<unknown> {
  const { history } = await model.fit(inputs, y, { ...uneven, epochs });
  const { trainable } = model;
  return { history, weights: await weightsOf(model), trainable };
}
/** Values far from 0, and a mask of which ranks have different parts. */
const sequences = ops.where(
  ops.less(ops.arange(6).reshape([1, 6, 1]), ops.mod(ops.arange(103), 6).add(1).reshape([103, 1, 1])),
  ops.add(ops.multiply(keras.random.normal([103, 6, 4], { seed: 5 }), 2), 3),
  0,
);
const images = keras.random.normal([103, 6, 6, 2], { seed: 4 });

/** What is normalised has no offset before: its gradient is rounding alone, which Adam makes large. */
function normalised(kind: string, runEagerly: boolean): [keras.Model, keras.Tensor] {
  keras.utils.setRandomSeed(1);
  const layersOf: Readonly<Record<string, [keras.Tensor, readonly keras.Layer<any, any>[]]>> = {
    rows: [
      x,
      [
        new layers.Dense({ units: 12, useBias: false }),
        normalisation(),
        new layers.Activation({ activation: 'tanh' }),
        new layers.Dense({ units: 6, useBias: false }),
        normalisation({ renorm: true }),
      ],
    ],
    images: [
      images,
      [
        new layers.Conv2D({ filters: 4, kernelSize: 3, useBias: false }),
        normalisation(),
        new layers.ReLU(),
        new layers.Flatten(),
      ],
    ],
    masked: [sequences, [new layers.Masking(), normalisation(), new layers.GlobalAveragePooling1D()]],
    again: [
      x,
      [new layers.Dense({ units: 12, useBias: false }), normalisation(), new layers.Activation({ activation: 'tanh' })],
    ],
  };
  const [inputs, inner] = layersOf[kind]!;
  const all = [keras.Input({ shape: inputs.shape.slice(1) }), ...inner, new layers.Dense({ units: 1 })];
  const model = new keras.Sequential(all);
  model.compile({
    optimizer: new keras.optimizers.Adam({ learningRate: 0.01 }),
    loss: 'mse',
    metrics: ['mae'],
    runEagerly,
  });
  return [model, inputs];
}
const normalisation = (options: object = {}) =>
  new layers.BatchNormalization({ synchronized: true, momentum: 0.9, ...options });

/** Two networks with an optimizer each, a penalty on gradients, averages of weights, and trackers with other names in the logs. */
class Pair extends keras.Model {
  readonly first = new layers.Dense({ units: 6, activation: 'tanh' });
  readonly second = new layers.Dense({ units: 1 });
  readonly average = new layers.Dense({ units: 1, trainable: false });
  readonly tracker = new keras.metrics.Mean({ name: 'loss_of_first' });
  readonly other = new keras.optimizers.SGD({ learningRate: 0.05 });
  override call(x: keras.Tensor): keras.Tensor {
    const z = this.first(x);
    return ops.add(this.second(z), ops.multiply(this.average(z), 0));
  }
  override trainStep({ x, y, sampleWeight, size }: keras.Batch): keras.StepLogs {
    const [first, second] = [this.first.trainableVariables, this.second.trainableVariables];
    const penalised = keras.gradients(() => {
      const inner = keras.gradients(() => ops.sum(this.second(this.first(x))), [x]);
      const penalty = ops.mean(ops.square(inner.gradients[0]!));
      return ops.add(ops.mean(ops.square(ops.subtract(this(x), y))), ops.multiply(penalty, 0.1));
    }, first);
    this.optimizer!.apply(penalised.gradients, first);
    // Of weights that this step has changed already.
    const { aux, gradients, value } = keras.gradients(() => {
      const yPred = this(x, { training: true });
      return [this.computeLoss({ x, y, yPred, sampleWeight }), yPred];
    }, second);
    this.other.apply(gradients, second);
    this.average.variables.forEach((v, k) => v.assign(ops.add(ops.multiply(v, 0.9), ops.multiply(second[k]!, 0.1))));
    this.tracker.updateState(penalised.value);
    const { loss, ...logs } = this.computeMetrics({ x, y, yPred: aux, sampleWeight });
    return { ...logs, renamed: this.tracker.result(), raw: value, size: ops.multiply(size, 0) };
  }
}
/** A metric in JavaScript that looks at all predictions at once. */
class Median extends keras.metrics.Metric<{}, [yTrue: keras.Tensor, yPred: keras.Tensor, options?: object]> {
  static override readonly className = 'Median';
  static override readonly hostSide = true;
  #seen: number[] = [];
  override updateState(yTrue: keras.Tensor, yPred: keras.Tensor): void {
    const [t, p] = [yTrue.dataSync(), yPred.dataSync()] as [Float32Array, Float32Array];
    this.#seen.push(...p.map((v, k) => Math.abs(v - t[k]!)));
  }
  override result(): number {
    return [...this.#seen].sort((a, b) => a - b)[this.#seen.length >> 1] ?? 0;
  }
  override resetState(): void {
    this.#seen = [];
  }
}
const dense = (): keras.Sequential => {
  keras.utils.setRandomSeed(2);
  return new keras.Sequential([
    keras.Input({ shape: [8] }),
    new layers.Dense({ units: 4 }),
    new layers.Dense({ units: 1 }),
  ]);
};

/** Steps that cannot be right. */
class Local extends keras.Model {
  readonly dense = new layers.Dense({ units: 1 });
  readonly tracker = new keras.metrics.Mean({ name: 'tracked' });
  override call(x: keras.Tensor): keras.Tensor {
    return this.dense(x);
  }
  override trainStep({ x, y }: keras.Batch): keras.StepLogs {
    if (process.env['STEP'] === 'grad') {
      const [kernel] = this.dense.trainableVariables;
      const slope = keras.grad((k: keras.Tensor) => ops.mean(ops.square(ops.subtract(ops.matmul(x, k), y))))(
        kernel!.value,
      );
      kernel!.assign(ops.subtract(kernel!, ops.multiply(slope, 0.1)));
    }
    if (process.env['STEP'] === 'early') {
      this.tracker.updateState(ops.mean(y));
      const early = this.tracker.result();
      this.tracker.updateState(ops.mean(x));
      return { early };
    }
    if (process.env['STEP'] === 'loop') {
      const loop = ops.whileLoop(
        (k: keras.Tensor) => ops.less(k, 2),
        (k: keras.Tensor) => {
          const { gradients } = keras.gradients(() => ops.mean(this(x)), this.trainableVariables);
          return ops.add(k, ops.cast(ops.less(ops.sum(gradients[0]!), 1e9), 'int32'));
        },
        ops.cast(0, 'int32'),
      );
      return { loop };
    }
    return { loss: ops.mean(this(x)) };
  }
}

const jobs: Readonly<Record<string, () => Promise<void>>> = {
  async synchronized() {
    const results: unknown[] = [];
    for (const kind of ['rows', 'images', 'masked']) results.push(await trained(...normalised(kind, false)));
    write(results);
  },
  async eagerly() {
    write([await trained(...normalised('again', true))]);
  },
  async own() {
    keras.utils.setRandomSeed(2);
    const inputs = keras.Input({ shape: [8] });
    const model = new Pair();
    model(inputs);
    model.compile({ optimizer: new keras.optimizers.Adam({ learningRate: 0.01 }), loss: 'mse', metrics: ['mae'] });
    write([await trained(model, x)]);
  },
  async host() {
    const model = dense();
    model.compile({ optimizer: 'sgd', loss: 'mse', metrics: [new Median(), 'mae'] });
    const { history } = await model.fit(x, y, { ...uneven, epochs: 2, validationData: [x, y] });
    write([{ history, weights: await weightsOf(model) }]);
  },
  async refused() {
    const model = new Local();
    const runEagerly = process.env['STEP'] === 'eagerly';
    model.compile({ optimizer: 'sgd', loss: 'mse', runEagerly });
    const problem = await model.fit(x, y, uneven).then(
      () => 'nothing',
      (error: Error) => error.message,
    );
    write(problem);
  },
};
await jobs[job]!();
