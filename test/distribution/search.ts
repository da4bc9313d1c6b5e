import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as keras from '../../src/index.ts';

const [, , job, folder] = process.argv as [string, string, string, string];
const directory = join(folder, 'search');
/** Who ran which epochs. */
const note = (text: string): void => appendFileSync(join(folder, 'notes.txt'), `${process.pid} ${text}\n`);

const x = keras.random.normal([120, 4], { seed: 1 });
const y = keras.ops.sum(x, { axis: 1, keepdims: true });
const killAt = Number(process.env['KILL_AT'] ?? Infinity);
let epochs = 0;
class Notes extends keras.callbacks.Callback {
  readonly #units: unknown;
  constructor(units: unknown) {
    super();
    this.#units = units;
  }
  override async onEpochEnd(epoch: number): Promise<void> {
    note(`units ${this.#units} epoch ${epoch}`);
    if (++epochs === killAt) process.kill(process.ppid, 'SIGKILL');
    // So long that the end of the program that started it comes first.
    if (epochs === killAt) await new Promise((resolve) => setTimeout(resolve, 60_000));
  }
}
function build(hp: keras.distribution.HyperParameters): keras.Model {
  console.log('made');
  const units = hp.int('units', { minValue: 1, maxValue: 64, sampling: 'log' });
  if (job === 'failures' && hp.boolean('breaks')) throw new Error('this model cannot be made');
  const model = new keras.Sequential([
    keras.Input({ shape: [4] }),
    new keras.layers.Dense({ units, activation: hp.choice('activation', ['relu', 'tanh']) }),
    new keras.layers.Dropout({ rate: 0.1 }),
    new keras.layers.Dense({ units: 1 }),
  ]);
  const learningRate = hp.float('learningRate', { minValue: 1e-4, maxValue: 0.1, sampling: 'log' });
  model.compile({ optimizer: new keras.optimizers.Adam({ learningRate }), loss: 'mse' });
  return model;
}
const options = {
  x,
  y,
  directory,
  seed: 5,
  processes: Number(process.env['PROCESSES'] ?? 2),
  fit: (hp: keras.distribution.HyperParameters) => ({
    batchSize: hp.choice('batchSize', [16, 32]),
    validationSplit: 0.25,
    callbacks: [new Notes(hp.get('units'))],
  }),
} as const;
const searches: Readonly<Record<string, Partial<keras.distribution.TuneOptions>>> = {
  random: { maxTrials: 4, maxEpochs: 3 },
  failures: { maxTrials: 5, maxEpochs: 1, seed: 1 },
  hyperband: { search: 'hyperband', maxEpochs: 4, factor: 2 },
};
const { best, trials } = await keras.distribution.tune(build, { ...options, ...searches[job] });
const rank = Number(process.env['OMPI_COMM_WORLD_RANK'] ?? process.env['PMI_RANK'] ?? 0);
writeFileSync(join(folder, `${rank}.json`), JSON.stringify({ best: best.number, trials }));
