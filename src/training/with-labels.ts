import { Tensor } from '../tensor/index.ts';
import type { Data } from './data/batches.ts';

/** Tells `fit(x, y, options)` from `fit(dataset, options)`: an options object is plain and holds none but option names. */
export function withLabels<X, O extends object>(
  x: X,
  second: unknown,
  third: O | undefined,
): [x: X, y: Data | undefined, options: O] {
  if (third !== undefined) return [x, (second ?? undefined) as Data | undefined, third];
  return isOptions(second) ? [x, undefined, second as O] : [x, (second ?? undefined) as Data | undefined, {} as O];
}

const optionNames = new Set([
  'batchSize',
  'epochs',
  'verbose',
  'callbacks',
  'validationSplit',
  'validationData',
  'shuffle',
  'classWeight',
  'sampleWeight',
  'initialEpoch',
  'stepsPerEpoch',
  'steps',
  'validationSteps',
  'validationBatchSize',
  'validationFreq',
  'returnDict',
]);
function isOptions(x: unknown): boolean {
  if (typeof x !== 'object' || x === null || x instanceof Tensor || Object.getPrototypeOf(x) !== Object.prototype)
    return false;
  return Object.keys(x).every((key) => optionNames.has(key));
}
