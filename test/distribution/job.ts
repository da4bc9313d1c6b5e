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
    write({ logs: notes.logs, history, scores, weights: await digest(model), ranks });
  },
};
await jobs[job]!();
