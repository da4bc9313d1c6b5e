import { noFilterGradient, slowConvolution, trainingStep } from '../models/training-step.mjs';

export const question = 'How long is a training step of a Conv-BN-Mish stack (128x128x3, batch 8)?';
export const cases = [trainingStep('cspmish', { tfjs: noFilterGradient, jax: slowConvolution })];
