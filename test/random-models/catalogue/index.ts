import * as preprocessing from '../../../src/layers/preprocessing/index.ts';
import { core } from './core.ts';
import type { Entry } from './entry.ts';
import { overImages } from './images.ts';
import { sequential } from './sequences.ts';
import { normalizing, shaping } from './shapes.ts';
import { windowed } from './windows.ts';

/** How each layer that Keras has under its own name is made, the simplest first. */
export const catalogue: Readonly<Record<string, Entry>> = {
  ...core,
  ...shaping,
  ...normalizing,
  ...windowed,
  ...sequential,
  ...overImages,
};

/** Layers that random models hold inside of others, and of which. */
export const inside: Readonly<Record<string, string>> = {
  SimpleRNNCell: 'RNN',
  GRUCell: 'RNN',
  LSTMCell: 'RNN',
  StackedRNNCells: 'RNN',
};

/** Layers that no random model has, and why. */
export const leftOut: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.keys(preprocessing)
      .filter((name) => !(name in overImages))
      .map((name) => [
        name,
        'it stands in front of what is trained, or jumps at a rounding, and is compared with Keras',
      ]),
  ),
  Layer: 'it is the base class of all',
  Wrapper: 'it has no call: one extends it',
  InputLayer: 'every model has one for each input',
  Lambda: 'it holds a function, which is no plain data',
};
