import { MultiOptimizer, type Optimizer } from '../../optimizers/index.ts';
import type { CallbackLogs } from './callback.ts';

/** The optimizers with a learning rate of their own, and the names it has in logs. */
export function ratedOptimizers(optimizer: Optimizer): { readonly optimizer: Optimizer; readonly key: string }[] {
  return optimizer instanceof MultiOptimizer
    ? optimizer.optimizers.map((o) => ({ optimizer: o, key: `learning_rate_${o.name}` }))
    : [{ optimizer, key: 'learning_rate' }];
}

/** Adds the learning rates to the logs. */
export async function logLearningRates(optimizer: Optimizer, logs: CallbackLogs): Promise<void> {
  for (const { optimizer: rated, key } of ratedOptimizers(optimizer)) logs[key] = await rated.readLearningRate();
}
