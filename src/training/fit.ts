import { maxEpochs } from '../base/config.ts';
import { blame, fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { ArraySource } from '../data/arrays.ts';
import type { BatchSource, Data, PartialData, TrainingData } from '../data/batches.ts';
import { asSource } from '../data/source.ts';
import type { CallbackLogs } from './callbacks/callback.ts';
import { History } from './callbacks/history.ts';
import type { Listeners } from './callbacks/listeners.ts';
import type { RunBar } from './callbacks/run-bar.ts';
import { withClassWeight } from './class-weight.ts';
import { evaluateOn } from './evaluate.ts';
import { Executions } from './executions.ts';
import { checkFitOptions, type FitOptions } from './fit-options.ts';
import { breathe, withInterrupt } from './interrupt.ts';
import type { Logs } from './logs.ts';
import { Progress } from './progress.ts';
import { resumeEpoch } from './trainable.ts';
import type { Trainer } from './trainer.ts';

export type { FitOptions } from './fit-options.ts';
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

/** Whom errors during validation are attributed to. */
const validating = 'fit, validationData';

/** `model.fit`. */
export function fit(
  trainer: Trainer,
  x: TrainingData,
  y: Data | null | undefined,
  options: FitOptions,
): Promise<History> {
  return trainer.turns.take('fit', async () => {
    trainer.requireCompiled('fit');
    optionsOf('fit', fitOptions, options);
    checkFitOptions(options);
    const { dataset, validation } = await datasets(trainer, x, y, options);
    trainer.progress = new Progress(dataset);
    if (validation instanceof ArraySource)
      trainer.rehearsal = () => blame(validating, () => trainer.rehearse(validation.first()));
    try {
      return await run(trainer, dataset, validation, options);
    } finally {
      trainer.progress = undefined;
      trainer.rehearsal = undefined;
      await dataset.close();
      await validation?.close();
    }
  });
}

async function run(
  trainer: Trainer,
  dataset: BatchSource,
  validation: BatchSource | undefined,
  options: FitOptions,
): Promise<History> {
  const { model } = trainer;
  const { initialEpoch = 0, callbacks = [] } = options;
  const epochs = limitedEpochs(options.epochs ?? 1);
  const verbose = options.verbose === 'auto' || options.verbose === undefined ? 1 : options.verbose;
  const history = new History();
  const bar = trainer.bar(verbose, callbacks);
  const params = { verbose, epochs, steps: dataset.steps };
  const list = trainer.listeners([...callbacks, history, ...(bar ? [bar] : [])], params);
  const inner = trainer.listeners(callbacks, params);
  const progress = trainer.progress!;
  trainer.history = history;
  model.stopTraining = false;
  model[resumeEpoch] = undefined;
  trainer.isInterrupted = false;
  const interrupt = (): void => trainer.interrupt();
  await withInterrupt(interrupt, async () => {
    let logs: CallbackLogs = {};
    try {
      await list.run('onTrainBegin');
      for (let epoch = model[resumeEpoch] ?? initialEpoch; epoch < epochs && !model.stopTraining; epoch++) {
        trainer.resetMetrics();
        const done = progress.begin(epoch);
        await list.epoch('onEpochBegin', epoch);
        const { steps, running } = await runEpoch({ trainer, dataset, list, bar, options }, epoch, done);
        if (steps === 0) {
          warnOfNothing(epoch);
          break;
        }
        logs = await trainer.read(running);
        trainer.drop(running);
        if (validation && isDue(options.validationFreq ?? 1, epoch + 1) && !trainer.isInterrupted) {
          await validation.restart();
          const numbers = await blame(validating, () => evaluateOn(trainer, validation, inner));
          if (!numbers) warnOfNoValidation(epoch);
          for (const [name, value] of Object.entries(numbers ?? {})) logs[`val_${name}`] = value;
        }
        bar?.finish(steps, logs);
        progress.reach(epoch + 1, 0);
        await list.epoch('onEpochEnd', epoch, logs);
        if (dataset.isSpent && epoch + 1 < epochs && !model.stopTraining) {
          warnOfEnd(epoch + 1, epochs);
          break;
        }
      }
    } finally {
      trainer.compiled!.optimizer.finalizeVariableValues();
    }
    await list.run('onTrainEnd', logs);
  });
  trainer.fits++;
  return history;
}

function limitedEpochs(wanted: number): number {
  const most = maxEpochs();
  if (most === null || wanted <= most) return wanted;
  console.warn(`fit: ${wanted} epochs are limited to ${most}. Fix: config.setMaxEpochs(null) takes the limit away.`);
  return most;
}

interface Run {
  readonly trainer: Trainer;
  readonly dataset: BatchSource;
  readonly list: Listeners;
  readonly bar: RunBar | undefined;
  readonly options: FitOptions;
}
/** Runs the steps of an epoch, of which the first `done` were done by another fit. */
async function runEpoch(
  { trainer, dataset, list, bar, options }: Run,
  epoch: number,
  done: number,
): Promise<{ steps: number; running: Logs }> {
  const { model } = trainer;
  let running: Logs = {};
  let step = done;
  const executions = new Executions(list, 'Train', trainer);
  for await (const batch of trainer.batches(dataset, done)) {
    await executions.begin(step);
    running = await trainer.train(await withClassWeight(batch, options.classWeight), running);
    trainer.progress!.reach(epoch, step + 1);
    await executions.end(step, () => trainer.read(running));
    step++;
    if (bar?.isDue()) bar.step(step, await trainer.read(running));
    await breathe();
    if (model.stopTraining) break;
  }
  await executions.finish(() => trainer.read(running));
  return { steps: step, running };
}

const isDue = (frequency: number | readonly number[], epoch: number): boolean =>
  typeof frequency === 'number' ? epoch % frequency === 0 : frequency.includes(epoch);

function warnOfNothing(epoch: number): void {
  console.warn(
    `fit: the source of batches gave none for epoch ${epoch + 1}: training ends. Fix: pass an iterable that can be gone through again, or a function that makes a new generator for each epoch.`,
  );
}
function warnOfNoValidation(epoch: number): void {
  console.warn(
    `fit: validationData gave no batch after epoch ${epoch + 1}: its logs have no val_ values. Fix: pass an iterable that can be gone through again, or a function that makes a new generator for each validation.`,
  );
}
function warnOfEnd(epoch: number, epochs: number): void {
  console.warn(
    `fit: the generator is used up after epoch ${epoch} of ${epochs}: training ends. Fix: pass a function that makes a new generator for each epoch.`,
  );
}

async function datasets(
  trainer: Trainer,
  x: TrainingData,
  y: Data | null | undefined,
  options: FitOptions,
): Promise<{ dataset: BatchSource; validation: BatchSource | undefined }> {
  const { batchSize, shuffle = true, sampleWeight, stepsPerEpoch, validationSplit = 0, validationData } = options;
  const { arity } = trainer;
  const { lend } = trainer.turns;
  const arrayOptions = { batchSize, shuffle, steps: stepsPerEpoch };
  let dataset = await asSource(x, {
    y,
    sampleWeight,
    arity,
    lend,
    bound: 'fit.stepsPerEpoch',
    isShuffleAsked: options.shuffle ?? false,
    ...arrayOptions,
  });
  let validation: BatchSource | undefined;
  const validationOptions = {
    batchSize: options.validationBatchSize ?? batchSize,
    steps: options.validationSteps,
  };
  if (validationSplit > 0 && !validationData) {
    if (!(dataset instanceof ArraySource)) fail('fit', 'validationSplit needs arrays', 'pass validationData');
    const [train, rest] = (dataset as ArraySource).split(validationSplit);
    dataset = new ArraySource(train, arrayOptions);
    validation = new ArraySource(rest, validationOptions);
  }
  if (validationData) {
    const isTuple = Array.isArray(validationData);
    if (isTuple && (validationData.length < 2 || validationData.length > 3))
      fail('fit', `validationData is a list of ${validationData.length}`, 'give [x, y], or [x, y, sampleWeight]');
    const [vx, vy, vw] = (isTuple ? validationData : [validationData]) as [TrainingData, Data?, PartialData?];
    const own = isTuple ? validationOptions : { steps: options.validationSteps };
    validation = await blame(validating, () =>
      asSource(vx, { y: vy, sampleWeight: vw, arity, lend, bound: 'fit.validationSteps', ...own }),
    );
  }
  // Keras looks at one batch before the first fit, which draws (and discards) one order.
  if (trainer.fits === 0) dataset.drawOrder();
  return { dataset, validation };
}
