export { decodePredictions, preprocessInput, ResNet50 } from './resnet.ts';
