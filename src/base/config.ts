import { asDType, type DType, isFloat } from './dtype.ts';
import { fail } from './errors.ts';

export type DataFormat = 'channels_last' | 'channels_first';

const settings = { floatx: 'float32' as DType, epsilon: 1e-7, imageDataFormat: 'channels_last' as DataFormat };

/** The dtype of new weights and of numbers that name none. */
export const floatx = (): DType => settings.floatx;
export function setFloatx(value: string): void {
  const dtype = asDType(value, 'config.setFloatx');
  if (!isFloat(dtype))
    fail('config.setFloatx', `"${value}" is not a float type`, 'use float16, bfloat16, float32 or float64');
  settings.floatx = dtype;
}
/** The small number that keeps divisions and logarithms finite. */
export const epsilon = (): number => settings.epsilon;
export const setEpsilon = (value: number): void => void (settings.epsilon = value);
/** Where images keep their channels when a layer does not say. */
export const imageDataFormat = (): DataFormat => settings.imageDataFormat;
export function setImageDataFormat(format: DataFormat): void {
  if (format !== 'channels_last' && format !== 'channels_first')
    fail('config.setImageDataFormat', `"${format}" is no data format`, 'use "channels_last" or "channels_first"');
  settings.imageDataFormat = format;
}
