import { trainingStep } from '../models/training-step.mjs';

export const question = 'How long is a training step of a transformer (2 blocks, 64 tokens, width 128, batch 32)?';
export const cases = [trainingStep('transformer')];
