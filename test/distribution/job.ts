import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as keras from '../../src/index.ts';

const [, , job, folder] = process.argv as [string, string, string, string];
keras.distribution.setDistribution(new keras.distribution.DataParallel());
const { dataShardId: rank, numProcesses: ranks } = keras.distribution.distribution()!;
const write = (result: unknown): void => writeFileSync(join(folder, `${rank}.json`), JSON.stringify(result));

/** 403 samples: the last batch of 32 has 19. */
function samples(): { x: keras.Tensor; y: keras.Tensor } {
  const x = keras.random.normal([403, 8], { seed: 3 });
  return { x, y: keras.ops.sin(keras.ops.sum(x, { axis: 1, keepdims: true })) };
}
function perceptron(): keras.Sequential {
  const model = new keras.Sequential([
    keras.Input({ shape: [8] }),
    new keras.layers.Dense({ units: 32, activation: 'tanh' }),
    new keras.layers.Dense({ units: 16, activation: 'relu', kernelRegularizer: 'l2' }),
    new keras.layers.Dense({ units: 1 }),
  ]);
  model.compile({ optimizer: new keras.optimizers.Adam({ learningRate: 0.01 }), loss: 'mse', metrics: ['mae'] });
  return model;
}
/** Digests of the weights, which tell whether ranks have the same bits. */
const digest = async (model: keras.Model): Promise<string> => {
  const hash = createHash('sha256');
  for (const w of model.getWeights()) hash.update(new Uint8Array((await w.data()).buffer));
  return hash.digest('hex');
};
/** Batches, of which rank 1 may have to wait for each. */
async function* slowly(x: keras.Tensor, y: keras.Tensor): AsyncGenerator<[keras.Tensor, keras.Tensor]> {
  for (let k = 0; k < 403; k += 32) {
    if (rank === 1 && process.env['SLOW']) await new Promise((resolve) => setTimeout(resolve, 60));
    const size = Math.min(32, 403 - k);
    yield [keras.ops.slice(x, [k, 0], [size, 8]), keras.ops.slice(y, [k, 0], [size, 1])];
  }
}
/** Notes the running logs after each batch. */
class Notes extends keras.callbacks.Callback {
  readonly logs: number[][] = [];
  override async onTrainBatchEnd(_: number, logs: any): Promise<void> {
    this.logs.push([logs.loss, logs.mae]);
  }
}

const jobs: Readonly<Record<string, () => Promise<void>>> = {
  async curve() {
    // Seeds are agreed on before: each process would draw other weights and orders.
    const { x, y } = samples();
    if (process.env['SEED']) keras.utils.setRandomSeed(Number(process.env['SEED']));
    const model = perceptron();
    const notes = new Notes();
    const { history } = await model.fit(x, y, {
      epochs: 8,
      batchSize: 32,
      verbose: 0,
      callbacks: [notes],
      validationData: [x, y],
    });
    const scores = await model.evaluate(x, y, { verbose: 0 });
    write({ logs: notes.logs, history, scores, weights: await digest(model), ranks, device: keras.config.device() });
  },

  async slow() {
    keras.utils.setRandomSeed(2);
    const { x, y } = samples();
    const model = perceptron();
    const { history } = await model.fit(() => slowly(x, y), { verbose: 0, epochs: 2 });
    write({ history, weights: await digest(model) });
  },

  /** Batches of 5, 5 and 1 samples, for four ranks too; losses that are summed, and weights of classes and samples. */
  async small() {
    const x = keras.random.normal([11, 8], { seed: 5 });
    const y = keras.ops.cast(keras.ops.greater(keras.ops.sum(x, { axis: 1, keepdims: true }), 0), 'float32');
    const sampleWeight = keras.ops.abs(keras.random.normal([11], { seed: 6 }));
    const histories: unknown[] = [];
    for (const reduction of ['sum', 'sum_over_batch_size'] as const) {
      keras.utils.setRandomSeed(3);
      const model = perceptron();
      const loss = new keras.losses.BinaryCrossentropy({ fromLogits: true, reduction });
      const metrics = [new keras.metrics.AUC({ fromLogits: true }), 'mse'];
      model.compile({
        optimizer: new keras.optimizers.SGD({ learningRate: 0.01 }),
        loss,
        metrics,
        weightedMetrics: ['mae'],
      });
      const options = { epochs: 4, batchSize: 5, verbose: 0, sampleWeight, classWeight: { 0: 1, 1: 3 } } as const;
      const { history } = await model.fit(x, y, options);
      histories.push(history);
    }
    write(histories);
  },

  /** Means over what masks and ignored classes leave, and over weights: of which ranks have different numbers. */
  async float8() {
    const { x, y } = samples();
    keras.utils.setRandomSeed(7);
    const model = perceptron();
    model.quantize('float8');
    const { history } = await model.fit(x, y, { epochs: 1, batchSize: 96, verbose: 0, shuffle: false });
    const scales = model.weights.filter((v) => v.overwriteWithGradient);
    const values = await Promise.all(scales.map(async (v) => Array.from(await v.value.data(), Number).slice(0, 8)));
    write({ history, values, weights: await digest(model) });
  },
  async masked() {
    const numbers = Array.from({ length: 22 }, (_, i) =>
      Array.from({ length: 6 }, (_, j) => (j > i % 6 ? 0 : 1 + ((i * j) % 9))),
    );
    const tokens = keras.tensor(numbers, { dtype: 'int32' });
    const next = keras.ops.cast(keras.ops.mod(tokens, 5), 'int32');
    const sampleWeight = keras.ops.abs(keras.random.normal([22], { seed: 6 }));
    const histories: unknown[] = [];
    const { SparseCategoricalCrossentropy } = keras.losses;
    const losses = [
      new SparseCategoricalCrossentropy({ fromLogits: true }),
      new SparseCategoricalCrossentropy({ fromLogits: true, ignoreClass: 0 }),
      new SparseCategoricalCrossentropy({ fromLogits: true, reduction: 'mean_with_sample_weight' }),
    ];
    for (const [k, loss] of losses.entries()) {
      keras.utils.setRandomSeed(3);
      const model = new keras.Sequential([
        keras.Input({ shape: [6], dtype: 'int32' }),
        new keras.layers.Embedding({ inputDim: 10, outputDim: 8, maskZero: k !== 1, embeddingsRegularizer: 'l2' }),
        new keras.layers.LSTM({ units: 8, returnSequences: true }),
        new keras.layers.Dense({ units: 5 }),
      ]);
      model.compile({ optimizer: new keras.optimizers.SGD({ learningRate: 0.1 }), loss, metrics: ['accuracy'] });
      const options = { epochs: 3, batchSize: 5, verbose: 0, ...(k === 2 && { sampleWeight }) } as const;
      const { history } = await model.fit(tokens, next, { ...options, validationData: [tokens, next] });
      histories.push(history);
    }
    write(histories);
  },

  /** Moving statistics, dropout, a pipeline, and callbacks that change weights and rates and stop. */
  async callbacks() {
    keras.utils.setRandomSeed(1);
    const model = new keras.Sequential([
      keras.Input({ shape: [8] }),
      new keras.layers.Dense({ units: 16 }),
      new keras.layers.BatchNormalization(),
      new keras.layers.Dropout({ rate: 0.3 }),
      new keras.layers.Dense({ units: 1 }),
    ]);
    model.compile({ optimizer: new keras.optimizers.Adam({ learningRate: 0.1 }), loss: 'mse' });
    const { x, y } = samples();
    const data = keras.data.Dataset.fromTensorSlices([x, y]).shuffle(100).batch(32);
    let asked = 0;
    class Asks extends keras.callbacks.Callback<keras.Model> {
      override async onEpochEnd(): Promise<void> {
        // By rank 0 alone, while the others wait.
        asked += (await this.model.evaluate(x, y, { verbose: 0 })) > 0 ? 1 : 0;
      }
    }
    const callbacks = [
      new Asks(),
      new keras.callbacks.LearningRateScheduler({ schedule: (epoch, rate) => (epoch < 3 ? rate : 0) }),
      new keras.callbacks.EarlyStopping({ monitor: 'loss', minDelta: 1, restoreBestWeights: true, patience: 5 }),
      new keras.callbacks.ModelCheckpoint({ filepath: join(folder, 'best.keras'), monitor: 'loss' }),
    ];
    const { history } = await model.fit(data, { epochs: 20, verbose: 0, callbacks });
    const rate = await model.optimizer.learningRate.item();
    await model.save(join(folder, `saved-by-${rank}.keras`));
    write({ history, rate, weights: await digest(model), asked });
  },

  /** Batches of which rank 1 does something at the fourth. */
  async deeds() {
    const model = perceptron();
    const deeds: Readonly<Record<string, () => void>> = {
      interrupt: () => void process.kill(process.pid, 'SIGINT'),
      kill: () => void process.kill(process.pid, 'SIGKILL'),
      leave: () => process.exit(0),
      fail: () => {
        throw new Error('rank 1 cannot read its data');
      },
    };
    let steps = 0;
    function* batches(): Generator<[keras.Tensor, keras.Tensor]> {
      for (let k = 0; k < 60; k++) {
        if (k === 3 && rank === 1) deeds[process.env['DEED']!]!();
        steps++;
        yield [keras.random.normal([8, 8], { seed: k }), keras.ops.ones([8, 1])];
      }
    }
    const { history } = await model.fit(batches, { epochs: 2, verbose: 0 });
    write({ epochs: history['loss']!.length, weights: await digest(model), steps });
  },

  /** Ranks with data of their own, of which one has less. */
  async own() {
    keras.distribution.setDistribution(new keras.distribution.DataParallel({ autoShardDataset: false }));
    keras.utils.setRandomSeed(2);
    const { x, y } = samples();
    const data = keras.data.Dataset.fromTensorSlices([x, y])
      .shard(ranks, rank)
      .take(rank === 0 ? 40 : 24)
      .batch(8);
    const model = perceptron();
    const { history } = await model.fit(data, { verbose: 0, epochs: 2 });
    write({ history, weights: await digest(model) });
  },

  /** A training that breaks off after some steps, and goes on where it was. */
  async backup() {
    keras.utils.setRandomSeed(4);
    const { x, y } = samples();
    const model = perceptron();
    const breakAt = Number(process.env['BREAK_AT'] ?? Infinity);
    let steps = 0;
    class Breaks extends keras.callbacks.Callback {
      override async onTrainBatchEnd(): Promise<void> {
        if (++steps === breakAt) process.kill(process.pid, 'SIGKILL');
      }
    }
    const backup = new keras.callbacks.BackupAndRestore({ backupDir: join(folder, 'backup'), saveFreq: 5 });
    const { history } = await model.fit(x, y, {
      epochs: 3,
      batchSize: 32,
      verbose: 0,
      callbacks: [backup, new Breaks()],
    });
    write({ history, scores: await model.evaluate(x, y, { verbose: 0 }), weights: await digest(model), steps });
  },
};
await jobs[job]!();
