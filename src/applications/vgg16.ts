export { decodePredictions } from './decode-predictions.ts';
export { caffe as preprocessInput } from './preprocess-input.ts';
export { VGG16 } from './vgg.ts';
