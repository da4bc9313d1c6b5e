export { decodePredictions } from './decode-predictions.ts';
export { preprocessInput } from './preprocess-input.ts';
