import { asDType, type DType, isFloat } from './dtype.ts';
import { fail } from './errors.ts';
import { exact } from './exact.ts';

export type DataFormat = 'channels_last' | 'channels_first';

const settings = { floatx: 'float32' as DType, epsilon: 1e-7, imageDataFormat: 'channels_last' as DataFormat };

/** The default dtype of weights, and of numbers without a dtype. */
export const floatx = exact('config.floatx', 0, (): DType => settings.floatx);
/** Sets the default dtype: a float type. */
export const setFloatx = exact('config.setFloatx', 1, function setFloatx(value: string): void {
  const dtype = asDType(value, 'config.setFloatx');
  if (!isFloat(dtype))
    fail('config.setFloatx', `"${value}" is not a float type`, 'use float16, bfloat16, float32 or float64');
  settings.floatx = dtype;
});
/** The small number that keeps divisions and logarithms finite. */
export const epsilon = exact('config.epsilon', 0, (): number => settings.epsilon);
/** Sets the small number that keeps divisions and logarithms finite. */
export const setEpsilon = exact('config.setEpsilon', 1, (value: number): void => void (settings.epsilon = value));
/** Where images keep their channels when a layer does not say. */
export const imageDataFormat = exact('config.imageDataFormat', 0, (): DataFormat => settings.imageDataFormat);
/** Sets where images keep their channels when a layer does not say. */
export const setImageDataFormat = exact(
  'config.setImageDataFormat',
  1,
  function setImageDataFormat(format: DataFormat): void {
    if (format !== 'channels_last' && format !== 'channels_first')
      fail('config.setImageDataFormat', `"${format}" is no data format`, 'use "channels_last" or "channels_first"');
    settings.imageDataFormat = format;
  },
);

const limits: { epochs: number | null; steps: number | null } = { epochs: null, steps: null };
function limit(who: string, value: number | null): number | null {
  if (value === null) return null;
  if (!Number.isInteger(value) || value < 0)
    fail(
      who,
      `${JSON.stringify(value) ?? String(value)} is no number of rounds`,
      'give a whole number, or null for no limit',
    );
  return value === 0 ? null : value;
}
/** The upper limit on the epochs of any `fit`, whatever it asks for; null for no limit. */
export const maxEpochs = exact('config.maxEpochs', 0, (): number | null => limits.epochs);
/**
 * Limits the epochs of every `fit`, for a quick check that a program runs through. Null or 0 removes the limit.
 * @example keras.config.setMaxEpochs(null)
 */
export const setMaxEpochs = exact(
  'config.setMaxEpochs',
  1,
  (value: number | null): void => void (limits.epochs = limit('config.setMaxEpochs', value)),
);
/** The upper limit on the batches of an epoch of `fit`, of `evaluate` or of `predict`; null for no limit. */
export const maxStepsPerEpoch = exact('config.maxStepsPerEpoch', 0, (): number | null => limits.steps);
/**
 * Limits the batches of every epoch, validation, `evaluate` and `predict`. Null or 0 removes the limit.
 * @example keras.config.setMaxStepsPerEpoch(null)
 */
export const setMaxStepsPerEpoch = exact(
  'config.setMaxStepsPerEpoch',
  1,
  (value: number | null): void => void (limits.steps = limit('config.setMaxStepsPerEpoch', value)),
);

let isInteractive = true;
/**
 * Whether progress bars, summaries and the messages of callbacks are printed.
 * @example keras.config.isInteractiveLoggingEnabled() // true
 */
export const isInteractiveLoggingEnabled = exact('config.isInteractiveLoggingEnabled', 0, (): boolean => isInteractive);
/**
 * Prints progress bars, summaries and the messages of callbacks; this is the default.
 * @example keras.config.enableInteractiveLogging()
 */
export const enableInteractiveLogging = exact(
  'config.enableInteractiveLogging',
  0,
  (): void => void (isInteractive = true),
);
/** Stops printing them. (Keras sends them to Python's logging instead, which shows nothing unless configured.) */
export const disableInteractiveLogging = exact(
  'config.disableInteractiveLogging',
  0,
  (): void => void (isInteractive = false),
);
/** Prints a line if interactive logging is enabled. */
export const print = (text: string): void => {
  if (isInteractive) console.log(text);
};
