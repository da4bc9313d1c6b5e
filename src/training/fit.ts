import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { nextPermutation } from '../random/index.ts';
import type { Callback } from './callbacks/callback.ts';
import { CallbackList } from './callbacks/callback-list.ts';
import { History } from './callbacks/history.ts';
import { ProgbarLogger } from './callbacks/progbar-logger.ts';
import { ArrayDataset } from './data/arrays.ts';
import type { BatchLike, Data, Dataset, TrainingData } from './data/batches.ts';
import { asDataset } from './data/dataset.ts';
import { evaluateOn } from './evaluate.ts';
import { Executions } from './executions.ts';
import { breathe, withInterrupt } from './interrupt.ts';
import { resumeEpoch } from './trainable.ts';
import { type Logs, type Trainer, withClassWeight } from './trainer.ts';

export interface FitOptions {
  /** Samples a batch; 32 when absent. The last batch may be smaller. */
  readonly batchSize?: number;
  /** Number of the last epoch; training begins at `initialEpoch`. */
  readonly epochs?: number;
  readonly initialEpoch?: number;
  /** 0 silent, 1 a progress bar, 2 one line an epoch. */
  readonly verbose?: 0 | 1 | 2 | 'auto';
  readonly callbacks?: readonly Callback[];
  /** Share of the samples, taken from the end before shuffling, to validate on. */
  readonly validationSplit?: number;
  /** `[x, y]`, `[x, y, sampleWeight]`, or a source of batches. */
  readonly validationData?:
    | readonly [x: Data, y?: Data, sampleWeight?: Data]
    | Iterable<BatchLike>
    | AsyncIterable<BatchLike>
    | (() => Iterable<BatchLike> | AsyncIterable<BatchLike>);
  readonly validationBatchSize?: number;
  readonly validationSteps?: number;
  /** Validates every so many epochs, or after the epochs listed (counted from 1). */
  readonly validationFreq?: number | readonly number[];
  /** Draws the samples of each epoch in a new order. */
  readonly shuffle?: boolean;
  readonly classWeight?: Readonly<Record<number, number>>;
  readonly sampleWeight?: Data;
  /** Batches an epoch, where the data does not end by itself. */
  readonly stepsPerEpoch?: number;
}
export const fitOptions: OptionNames<FitOptions> = {
  batchSize: true,
  epochs: true,
  initialEpoch: true,
  verbose: true,
  callbacks: true,
  validationSplit: true,
  validationData: true,
  validationBatchSize: true,
  validationSteps: true,
  validationFreq: true,
  shuffle: true,
  classWeight: true,
  sampleWeight: true,
  stepsPerEpoch: true,
};

/** `model.fit`. */
export async function fit(
  trainer: Trainer,
  x: TrainingData,
  y: Data | undefined,
  options: FitOptions,
): Promise<History> {
  optionsOf('fit', fitOptions, options);
  const { model } = trainer;
  trainer.requireCompiled('fit');
  const { epochs = 1, initialEpoch = 0, callbacks = [], classWeight } = options;
  const verbose = options.verbose === 'auto' || options.verbose === undefined ? 1 : options.verbose;
  const { dataset, validation } = await datasets(trainer, x, y, options);
  const history = new History();
  const bar = verbose > 0 ? new ProgbarLogger() : undefined;
  const list = new CallbackList([...callbacks, history, ...(bar ? [bar] : [])], model, {
    verbose,
    epochs,
    steps: dataset.steps,
  });
  const inner = new CallbackList(callbacks, model, { verbose, epochs, steps: dataset.steps });
  trainer.history = history;
  model.stopTraining = false;
  let isInterrupted = false;
  const interrupt = (): void => {
    isInterrupted = model.stopTraining = true;
  };
  model[resumeEpoch] = undefined;
  await withInterrupt(interrupt, async () => {
    await list.run('onTrainBegin');
    let logs: Record<string, number> = {};
    for (let epoch = model[resumeEpoch] ?? initialEpoch; epoch < epochs && !model.stopTraining; epoch++) {
      trainer.resetMetrics();
      await list.epoch('onEpochBegin', epoch);
      let running: Logs = {};
      let step = 0;
      const executions = new Executions(list, 'Train', trainer);
      for await (const batch of dataset.round()) {
        await executions.begin(step);
        running = await trainer.train(await withClassWeight(batch, classWeight));
        await executions.end(step, () => trainer.read(running));
        step++;
        if (bar?.isDue()) bar.step(step, await trainer.read(running));
        await breathe();
        if (model.stopTraining) break;
      }
      await executions.finish(() => trainer.read(running));
      logs = await trainer.read(running);
      if (validation && isDue(options.validationFreq ?? 1, epoch + 1) && !isInterrupted) {
        const { numbers } = await evaluateOn(trainer, validation, inner);
        for (const [name, value] of Object.entries(numbers)) logs[`val_${name}`] = value;
      }
      bar?.finish(step, logs);
      await list.epoch('onEpochEnd', epoch, logs);
    }
    trainer.compiled!.optimizer.finalizeVariableValues();
    await list.run('onTrainEnd', logs);
  });
  trainer.fits++;
  return history;
}

const isDue = (frequency: number | readonly number[], epoch: number): boolean =>
  typeof frequency === 'number' ? epoch % frequency === 0 : frequency.includes(epoch);

async function datasets(
  trainer: Trainer,
  x: TrainingData,
  y: Data | undefined,
  options: FitOptions,
): Promise<{ dataset: Dataset; validation: Dataset | undefined }> {
  const {
    batchSize,
    shuffle = true,
    sampleWeight,
    stepsPerEpoch,
    validationSplit = 0,
    validationData,
    validationBatchSize,
    validationSteps,
  } = options;
  const order = shuffle ? nextPermutation : undefined;
  let dataset = await asDataset(x, { y, sampleWeight, batchSize, steps: stepsPerEpoch, order });
  let validation: Dataset | undefined;
  if (validationSplit > 0 && !validationData) {
    if (!(dataset instanceof ArrayDataset)) fail('fit', 'validationSplit needs arrays', 'pass validationData');
    const [train, rest] = (dataset as ArrayDataset).split(validationSplit);
    dataset = new ArrayDataset(train, { batchSize, order });
    validation = new ArrayDataset(rest, { batchSize: validationBatchSize ?? batchSize });
  }
  if (validationData) {
    const isTuple = Array.isArray(validationData);
    const [vx, vy, vw] = (isTuple ? validationData : [validationData]) as [TrainingData, Data?, Data?];
    validation = await asDataset(vx, {
      y: vy,
      sampleWeight: vw,
      batchSize: validationBatchSize ?? batchSize,
      steps: validationSteps,
    });
  }
  // Keras looks at one batch before the first fit, and thereby draws one order that it throws away.
  if (order && trainer.fits === 0 && dataset instanceof ArrayDataset) order(dataset.samples);
  return { dataset, validation };
}
