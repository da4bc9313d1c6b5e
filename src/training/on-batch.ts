import { type OptionNames, optionsOf } from '../base/options.ts';
import { makeBatch } from '../data/batch.ts';
import type { Data, PartialData } from '../data/batches.ts';
import { deviceReady } from '../runtime/ready.ts';
import { type ClassWeight, withClassWeight } from './class-weight.ts';
import type { Results } from './logs.ts';
import type { Trainer } from './trainer.ts';

export interface TestBatchOptions {
  /** Sample weights; with several outputs one array for each, null for none. */
  readonly sampleWeight?: PartialData;
  /** Returns an object by metric name instead of a list. */
  readonly returnDict?: boolean | undefined;
}
export interface BatchOptions extends TestBatchOptions {
  /** Weight of each class in the loss. */
  readonly classWeight?: ClassWeight | null | undefined;
}

const testOptions: OptionNames<TestBatchOptions> = { sampleWeight: true, returnDict: true };
const trainOptions: OptionNames<BatchOptions> = { ...testOptions, classWeight: true };

/** `model.trainOnBatch`: one training step. Loss and metrics are those of this batch, before the update. */
export function trainOnBatch(
  trainer: Trainer,
  x: Data,
  y: Data | null | undefined,
  options: BatchOptions,
): Promise<Results> {
  return trainer.turns.take('trainOnBatch', async () => {
    const { sampleWeight, classWeight, returnDict } = optionsOf('trainOnBatch', trainOptions, options);
    trainer.requireCompiled('trainOnBatch');
    const batch = await withClassWeight(makeBatch(x, y, sampleWeight, trainer.arity), classWeight);
    trainer.resetMetrics();
    return trainer.result(await trainer.train(batch), returnDict);
  });
}
/** `model.testOnBatch`: loss and metrics of one batch. */
export function testOnBatch(
  trainer: Trainer,
  x: Data,
  y: Data | null | undefined,
  options: TestBatchOptions,
): Promise<Results> {
  return trainer.turns.take('testOnBatch', async () => {
    const { sampleWeight, returnDict } = optionsOf('testOnBatch', testOptions, options);
    trainer.requireCompiled('testOnBatch');
    const batch = makeBatch(x, y, sampleWeight, trainer.arity);
    trainer.resetMetrics();
    return trainer.result(await trainer.test(batch), returnDict);
  });
}
/** `model.predictOnBatch`: the outputs for one batch. */
export async function predictOnBatch(trainer: Trainer, x: Data): Promise<unknown> {
  await deviceReady();
  return trainer.predictFunction(makeBatch(x, undefined, undefined, trainer.arity).x);
}
