/** What `keras.preprocessing` is: other names of what is in `keras.utils`. */

export { imageDatasetFromDirectory } from '../utils/folders/image-dataset.ts';
export { textDatasetFromDirectory } from '../utils/folders/text-dataset.ts';
export { timeseriesDatasetFromArray } from '../utils/timeseries-dataset.ts';
export * as image from './preprocessing-image.ts';
export * as sequence from './preprocessing-sequence.ts';
