import { trainingStep } from '../models/training-step.mjs';

export const question = 'How long is a training step of an MLP (784-512-512-10 relu, batch 128)?';
export const cases = [trainingStep('mlp')];
