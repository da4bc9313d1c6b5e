import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { mapTree, type Tree } from '../base/tree.ts';
import type { BatchSource, TrainingData } from '../data/batches.ts';
import { asSource } from '../data/source.ts';
import { concatenate } from '../ops/index.ts';
import { deviceReady } from '../runtime/ready.ts';
import { type Tensor, tensorsIn } from '../tensor/index.ts';
import type { Callback, CallbackLogs } from './callbacks/callback.ts';
import { Listeners } from './callbacks/listeners.ts';
import { type RunBar, runBar } from './callbacks/run-bar.ts';
import { Executions } from './executions.ts';
import { checkPassOptions } from './fit-options.ts';
import { breathe } from './interrupt.ts';
import type { Trainer } from './trainer.ts';

export interface PredictOptions {
  /** Samples per batch; 32 by default. */
  readonly batchSize?: number;
  /** 0: silent; 1: a progress bar; 2: one line; `'auto'` (the default) is 1 in a terminal. */
  readonly verbose?: 0 | 1 | 2 | 'auto';
  /** Batches to predict; all by default. */
  readonly steps?: number;
  /** Callbacks, in the order of their calls. */
  readonly callbacks?: readonly Callback[];
}

const predictOptions: OptionNames<PredictOptions> = { batchSize: true, verbose: true, steps: true, callbacks: true };

/**
 * `model.predict`: the outputs for all samples, concatenated. It may be called at any time, even while the model is
 * being trained.
 */
export async function predict(trainer: Trainer, x: TrainingData, options: PredictOptions): Promise<unknown> {
  optionsOf('predict', predictOptions, options);
  await deviceReady();
  checkPassOptions('predict', options);
  const { batchSize, steps, verbose = 0 } = options;
  const callbacks = options.callbacks ?? [];
  const dataset = await asSource(x, { batchSize, steps, arity: trainer.arity, bound: 'predict.steps' });
  const shown = verbose === 'auto' ? 1 : verbose;
  const bar = shown > 0 ? runBar(callbacks) : undefined;
  const params = { verbose: shown, epochs: 1, steps: dataset.steps };
  const list = new Listeners([...callbacks, ...(bar ? [bar] : [])], trainer, params);
  try {
    return joined(await run(trainer, dataset, list, bar));
  } finally {
    await dataset.close();
  }
}

/** The outputs for each batch. */
async function run(
  trainer: Trainer,
  dataset: BatchSource,
  list: Listeners,
  bar: RunBar | undefined,
): Promise<unknown[]> {
  await list.run('onPredictBegin');
  bar?.onTestBegin();
  const parts: unknown[] = [];
  let step = 0;
  const outputs = async () => ({ outputs: joined(parts.slice(executions.first)) }) as CallbackLogs;
  const executions = new Executions(list, 'Predict', trainer);
  for await (const batch of dataset.round()) {
    await executions.begin(step);
    if (!trainer.model.built) trainer.prepare(batch, 'predict');
    parts.push(trainer.predictFunction(batch.x));
    trainer.release(batch);
    await executions.end(step, outputs);
    step++;
    if (bar?.isDue()) bar.step(step, {});
    await breathe();
  }
  if (step === 0)
    fail(
      'predict',
      'the source of batches gave none',
      'pass an iterable that can be gone through again, or a function that makes a new generator each time',
    );
  await executions.finish(outputs);
  bar?.finish(step, {});
  await list.run('onPredictEnd');
  return parts;
}

/** The outputs of batches, concatenated along the batch axis. */
function joined(parts: readonly unknown[]): unknown {
  if (parts.length === 1) return parts[0];
  const columns = parts.map((part) => tensorsIn(part));
  let at = 0;
  return mapTree(parts[0] as Tree<Tensor>, () => {
    const k = at++;
    return concatenate(
      columns.map((c) => c[k]),
      { axis: 0 },
    );
  });
}
