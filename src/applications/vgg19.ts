export { decodePredictions } from './decode-predictions.ts';
export { caffe as preprocessInput } from './preprocess-input.ts';
export { VGG19 } from './vgg.ts';
