import type { Data } from '../../data/batches.ts';
import type { Model } from '../../models/index.ts';
import { setRandomSeed } from '../../random/global-seed.ts';
import { tensor, type Variable } from '../../tensor/index.ts';
import { Callback, type CallbackLogs } from '../../training/callbacks/callback.ts';

/** The data that both sides train on, and how. */
export interface Run {
  readonly x: Data;
  readonly y: Data;
  readonly sampleWeight: Data | undefined;
  /** Validation and its data are left out: in some layers, validation draws random numbers. */
  readonly samples: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
}

/** The states of seed generators, such as those of dropout, in the order of the layers: files do not contain them. */
const seedsOf = (model: Model): readonly Variable[] =>
  model.variables.filter((v) => v.path.endsWith('seed_generator_state'));
export type Seeds = readonly (readonly number[])[];
/** Where they stand. */
export const seedStates = (model: Model): Promise<Seeds> =>
  Promise.all(seedsOf(model).map(async (v) => [...((await v.value.data()) as Uint32Array)]));

/** Notes the loss of each step, and ends training after a given number. */
class Steps extends Callback<Model> {
  readonly losses: number[] = [];
  readonly #steps: number;
  readonly #count: number;
  readonly #batchSize: number;
  #samples = 0;
  #total = 0;

  constructor(steps: number, count: number, batchSize: number) {
    super();
    this.#steps = steps;
    this.#count = count;
    this.#batchSize = batchSize;
  }
  override async onEpochBegin(): Promise<void> {
    this.#samples = 0;
    this.#total = 0;
  }
  override async onTrainBatchEnd(_: number, logs: CallbackLogs = {}): Promise<void> {
    const before = this.#samples;
    const perExecution = Number(this.model.getCompileConfig()?.['steps_per_execution'] ?? 1);
    this.#samples = Math.min(before + this.#batchSize * perExecution, this.#count);
    // Logs are means over the epoch so far.
    const total = (logs['loss'] as number) * this.#samples;
    this.losses.push((total - this.#total) / (this.#samples - before));
    this.#total = total;
    if (this.losses.length === this.#steps) this.model.stopTraining = true;
  }
}

/** The losses of the next steps, from these states of the generators: the Python program takes the data in the same order. */
export async function nextLosses(
  model: Model,
  run: Run,
  steps: number,
  seed: number,
  seeds: Seeds,
): Promise<readonly number[]> {
  const { x, y, samples: count, batchSize, shuffle, sampleWeight } = run;
  const noted = new Steps(steps, count, batchSize);
  setRandomSeed(seed);
  seedsOf(model).forEach((v, k) => void v.assign(tensor([...seeds[k]!], { dtype: 'uint32' })));
  await model.fit(x, y, {
    batchSize,
    shuffle,
    epochs: 1 + 2 * Math.floor(steps / Math.ceil(count / batchSize)),
    verbose: 0,
    callbacks: [noted],
    ...(sampleWeight !== undefined && { sampleWeight }),
  });
  return noted.losses;
}
/** The largest difference of two lists of losses, relative to the second. */
export const largestDifference = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...b.map((loss, k) => Math.abs((a[k] ?? Number.NaN) - loss) / Math.max(Math.abs(loss), 1e-7)));
