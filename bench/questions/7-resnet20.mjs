import { noFilterGradient, slowConvolution, trainingStep } from '../models/training-step.mjs';

export const question = 'How long is a training step of a residual CNN (ResNet-20, 32x32x3, batch 64)?';
export const cases = [trainingStep('resnet20', { tfjs: noFilterGradient, jax: slowConvolution })];
