/**
 * Layers over raw data: images and sound. Few models hold them, so that pages load them when a file names one, or from the
 * file `preprocessing.js` beside the library.
 */
export { MelSpectrogram } from './audio/mel-spectrogram.ts';
export { STFTSpectrogram } from './audio/stft-spectrogram.ts';
export * from './image/index.ts';
