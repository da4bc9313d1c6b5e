import { type OptionNames, optionsOf } from '../base/options.ts';
import { Callback } from './callbacks/callback.ts';
import { CallbackList } from './callbacks/callback-list.ts';
import { ProgbarLogger } from './callbacks/progbar-logger.ts';
import type { Data, Dataset, TrainingData } from './data/batches.ts';
import { asDataset } from './data/dataset.ts';
import { Executions } from './executions.ts';
import { breathe } from './interrupt.ts';
import type { Logs, Results, Trainer } from './trainer.ts';

export interface EvaluateOptions {
  /** Samples a batch; 32 when absent. */
  readonly batchSize?: number;
  /** 0 silent, 1 a progress bar, 2 one line. */
  readonly verbose?: 0 | 1 | 2 | 'auto';
  readonly sampleWeight?: Data;
  /** Batches to evaluate on, where the data does not end by itself. */
  readonly steps?: number;
  readonly callbacks?: readonly Callback[];
  /** Gives an object by metric name instead of a list. */
  readonly returnDict?: boolean;
}
export const evaluateOptions: OptionNames<EvaluateOptions> = {
  batchSize: true,
  verbose: true,
  sampleWeight: true,
  steps: true,
  callbacks: true,
  returnDict: true,
};

/** `model.evaluate`. */
export async function evaluate(
  trainer: Trainer,
  x: TrainingData,
  y: Data | undefined,
  options: EvaluateOptions,
): Promise<Results> {
  optionsOf('evaluate', evaluateOptions, options);
  trainer.requireCompiled('evaluate');
  const { batchSize, sampleWeight, steps, callbacks = [], returnDict } = options;
  const verbose = options.verbose === 'auto' || options.verbose === undefined ? 1 : options.verbose;
  const dataset = await asDataset(x, { y, sampleWeight, batchSize, steps });
  const bar = verbose > 0 ? new ProgbarLogger() : undefined;
  const list = new CallbackList([...callbacks, ...(bar ? [bar] : [])], trainer.model, {
    verbose,
    epochs: 1,
    steps: dataset.steps,
  });
  const { numbers } = await evaluateOn(trainer, dataset, list, bar);
  return trainer.present(numbers, returnDict);
}

/** Goes once through a dataset and gives loss and metrics. */
export async function evaluateOn(
  trainer: Trainer,
  dataset: Dataset,
  callbacks: CallbackList,
  bar?: ProgbarLogger,
): Promise<{ numbers: Record<string, number> }> {
  trainer.resetMetrics();
  await callbacks.run('onTestBegin');
  let logs: Logs = {};
  let step = 0;
  const executions = new Executions(callbacks, 'Test', trainer);
  for await (const batch of dataset.round()) {
    await executions.begin(step);
    logs = await trainer.test(batch);
    await executions.end(step, () => trainer.read(logs));
    step++;
    if (bar?.isDue()) bar.step(step, await trainer.read(logs));
    await breathe();
  }
  await executions.finish(() => trainer.read(logs));
  const numbers = await trainer.read(logs);
  bar?.finish(step, numbers);
  await callbacks.run('onTestEnd', numbers);
  return { numbers };
}
