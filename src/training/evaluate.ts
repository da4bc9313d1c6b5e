import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import type { BatchSource, Data, TrainingData } from '../data/batches.ts';
import { asSource } from '../data/source.ts';
import type { CallbackLogs } from './callbacks/callback.ts';
import type { Listeners } from './callbacks/listeners.ts';
import type { RunBar } from './callbacks/run-bar.ts';
import { Executions } from './executions.ts';
import { checkPassOptions, type EvaluateOptions } from './fit-options.ts';
import { breathe } from './interrupt.ts';
import type { Logs, Results } from './logs.ts';
import type { Trainer } from './trainer.ts';

export type { EvaluateOptions } from './fit-options.ts';
export const evaluateOptions: OptionNames<EvaluateOptions> = {
  batchSize: true,
  verbose: true,
  sampleWeight: true,
  steps: true,
  callbacks: true,
  returnDict: true,
};

/** `model.evaluate`. */
export function evaluate(
  trainer: Trainer,
  x: TrainingData,
  y: Data | null | undefined,
  options: EvaluateOptions,
): Promise<Results> {
  return trainer.turns.take('evaluate', async () => {
    trainer.requireCompiled('evaluate');
    optionsOf('evaluate', evaluateOptions, options);
    checkPassOptions('evaluate', options);
    const { batchSize, sampleWeight, steps, returnDict } = options;
    const { arity } = trainer;
    const { lend } = trainer.turns;
    const callbacks = options.callbacks ?? [];
    const verbose = options.verbose === 'auto' || options.verbose === undefined ? 1 : options.verbose;
    const dataset = await asSource(x, { y, sampleWeight, batchSize, steps, arity, lend, bound: 'evaluate.steps' });
    const bar = trainer.bar(verbose, callbacks);
    const params = { verbose, epochs: 1, steps: dataset.steps };
    const list = trainer.listeners([...callbacks, ...(bar ? [bar] : [])], params);
    try {
      const numbers = await evaluateOn(trainer, dataset, list, bar);
      if (!numbers)
        return fail(
          'evaluate',
          'the source of batches gave none',
          'pass an iterable that can be gone through again, or a function that makes a new generator each time',
        );
      return trainer.present(numbers, returnDict);
    } finally {
      await dataset.close();
    }
  });
}

/** Goes through a dataset once and returns loss and metrics; nothing if the dataset has no batch left. */
export async function evaluateOn(
  trainer: Trainer,
  dataset: BatchSource,
  callbacks: Listeners,
  bar?: RunBar,
): Promise<CallbackLogs | undefined> {
  await callbacks.run('onTestBegin');
  trainer.resetMetrics();
  let logs: Logs = {};
  let step = 0;
  const executions = new Executions(callbacks, 'Test', trainer);
  for await (const batch of trainer.batches(dataset)) {
    await executions.begin(step);
    logs = await trainer.test(batch, logs);
    await executions.end(step, () => trainer.read(logs));
    step++;
    if (bar?.isDue()) bar.step(step, await trainer.read(logs));
    await breathe();
  }
  if (step === 0) {
    await callbacks.run('onTestEnd', {});
    return undefined;
  }
  await executions.finish(() => trainer.read(logs));
  const numbers = await trainer.read(logs);
  trainer.drop(logs);
  bar?.finish(step, numbers);
  await callbacks.run('onTestEnd', numbers);
  return numbers;
}
