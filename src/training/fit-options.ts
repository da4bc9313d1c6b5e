import { fail } from '../base/errors.ts';
import { show } from '../base/options.ts';
import { Callback } from './callbacks/callback.ts';
import type { EvaluateOptions } from './evaluate.ts';
import type { FitOptions } from './fit.ts';

function checkCount(who: string, name: string, value: unknown, least: number): void {
  if (value === undefined || value === null) return;
  if (!Number.isInteger(value) || (value as number) < least)
    fail(
      who,
      `${name} must be a whole number of at least ${least}, got ${typeof value === 'number' ? value : show(value)}`,
      `give { ${name}: ${least || 1} }, or leave it out`,
    );
}
function checkCallbacks(who: string, callbacks: unknown): void {
  if (callbacks === undefined || callbacks === null) return;
  if (!Array.isArray(callbacks))
    fail(who, `callbacks must be a list, got ${show(callbacks)}`, 'give { callbacks: [callback] }');
  (callbacks as unknown[]).forEach((callback, k) => {
    if (!(callback instanceof Callback))
      fail(
        who,
        `callback number ${k} is ${show(callback)}`,
        'give objects of classes that extend keras.callbacks.Callback',
      );
  });
}

/** Refuses options of `fit` whose values make no sense. */
export function checkFitOptions(options: FitOptions): void {
  checkCount('fit', 'epochs', options.epochs, 0);
  checkCount('fit', 'initialEpoch', options.initialEpoch, 0);
  for (const name of ['batchSize', 'stepsPerEpoch', 'validationSteps', 'validationBatchSize'] as const)
    checkCount('fit', name, options[name], 1);
  const { validationSplit: share, validationFreq: frequency } = options;
  if (share !== undefined && share !== null && !(typeof share === 'number' && share >= 0 && share < 1))
    fail(
      'fit',
      `validationSplit must be a share from 0 to below 1, got ${typeof share === 'number' ? share : show(share)}`,
      'give { validationSplit: 0.2 }',
    );
  if (Array.isArray(frequency)) for (const epoch of frequency) checkCount('fit', 'validationFreq', epoch, 1);
  else checkCount('fit', 'validationFreq', frequency, 1);
  checkCallbacks('fit', options.callbacks);
}
/** Refuses options of `evaluate` and `predict` whose values make no sense. */
export function checkPassOptions(
  who: string,
  options: Pick<EvaluateOptions, 'batchSize' | 'steps' | 'callbacks'>,
): void {
  checkCount(who, 'batchSize', options.batchSize, 1);
  checkCount(who, 'steps', options.steps, 1);
  checkCallbacks(who, options.callbacks);
}
