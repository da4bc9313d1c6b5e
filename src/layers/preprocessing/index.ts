/**
 * Layers over raw data: images, sound, texts and tables. Few models contain them, so pages load them when a file names one, or from the
 * file `preprocessing.js` beside the library.
 */
export { MelSpectrogram } from './audio/mel-spectrogram.ts';
export { STFTSpectrogram } from './audio/stft-spectrogram.ts';
export * from './image/index.ts';
export { Discretization } from './tabular/discretization.ts';
export { HashedCrossing } from './tabular/hashed-crossing.ts';
export { Hashing } from './tabular/hashing.ts';
export { IntegerLookup } from './text/integer-lookup.ts';
export { StringLookup } from './text/string-lookup.ts';
export { TextVectorization } from './text/text-vectorization.ts';
