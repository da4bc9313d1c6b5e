import { Tensor } from '../tensor/index.ts';

/** Tells `fit(x, y, options)` from `fit(dataset, options)`: an options object is plain and holds none but option names. */
export function withLabels<X, Y, O extends object>(
  x: X,
  second: Y | O | undefined,
  third: O | undefined,
): [x: X, y: Y | undefined, options: O] {
  if (third !== undefined) return [x, second as Y, third];
  return isOptions(second) ? [x, undefined, second as O] : [x, second as Y | undefined, {} as O];
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
