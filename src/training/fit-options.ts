import { fail } from '../base/errors.ts';
import { show } from '../base/options.ts';
import type { BatchStream, Data, PartialData } from '../data/batches.ts';
import { Callback } from './callbacks/callback.ts';
import type { ClassWeight } from './class-weight.ts';

export interface FitOptions {
  /** Samples per batch; 32 by default. The last batch may be smaller. */
  readonly batchSize?: number;
  /** Number of epochs, counted from 0: training runs from `initialEpoch` up to this epoch. */
  readonly epochs?: number;
  /** Epoch at which to start, for resuming a run; 0 by default. */
  readonly initialEpoch?: number;
  /** 0: silent, 1: progress bar, 2: one line per epoch. */
  readonly verbose?: 0 | 1 | 2 | 'auto';
  /** Callbacks, in the order of their calls. */
  readonly callbacks?: readonly Callback[];
  /** Fraction of the samples to validate on, taken from the end before shuffling. */
  readonly validationSplit?: number;
  /** `[x, y]`, `[x, y, sampleWeight]`, or a source of batches. */
  readonly validationData?: readonly [x: Data, y?: Data | null, sampleWeight?: PartialData] | BatchStream;
  /** Samples per validation batch; `batchSize` by default. */
  readonly validationBatchSize?: number;
  /** Batches per validation, from the beginning of the data. */
  readonly validationSteps?: number;
  /** Validates every n epochs, or after the epochs listed (counted from 1). */
  readonly validationFreq?: number | readonly number[];
  /** Shuffles the samples before each epoch. */
  readonly shuffle?: boolean;
  /** Weight of each class in the loss. */
  readonly classWeight?: ClassWeight;
  /** Sample weights; with several outputs one array for each, null for none. */
  readonly sampleWeight?: PartialData;
  /**
   * Batches per epoch, for data without an end: the next epoch continues where the last one stopped. When `fit` ends, a
   * generator is closed, as by `for…of`.
   */
  readonly stepsPerEpoch?: number;
}

export interface EvaluateOptions {
  /** Samples a batch; 32 when absent. */
  readonly batchSize?: number;
  /** 0 silent, 1 a progress bar, 2 one line. */
  readonly verbose?: 0 | 1 | 2 | 'auto';
  /** Sample weights; with several outputs one array for each, null for none. */
  readonly sampleWeight?: PartialData;
  /** Batches to evaluate on, for data without an end. */
  readonly steps?: number;
  /** Callbacks, in the order of their calls. */
  readonly callbacks?: readonly Callback[];
  /** Returns an object by metric name instead of a list. */
  readonly returnDict?: boolean;
}

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

const checkVerbose = (who: string, verbose: unknown): void => {
  if (![undefined, null, 0, 1, 2, 'auto', true, false].includes(verbose as 0))
    fail(who, `verbose is ${show(verbose)}`, 'give 0 (nothing), 1 (a bar) or 2 (a line each epoch)');
};

/** Refuses invalid values for the options of `fit`. */
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
  checkVerbose('fit', options.verbose);
  checkCallbacks('fit', options.callbacks);
}
/** Refuses invalid values for the options of `evaluate` and `predict`. */
export function checkPassOptions(
  who: string,
  options: Pick<EvaluateOptions, 'batchSize' | 'steps' | 'callbacks' | 'verbose'>,
): void {
  checkCount(who, 'batchSize', options.batchSize, 1);
  checkCount(who, 'steps', options.steps, 1);
  checkVerbose(who, options.verbose);
  checkCallbacks(who, options.callbacks);
}
