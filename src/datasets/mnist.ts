import { exact } from '../base/exact.ts';
import { optionsOf } from '../base/options.ts';
import { readNpz } from '../formats/npy.ts';
import { bytesFor, numeric, type SourceOptions, type Split, sourceOptions } from './source.ts';

/** Where digits come from. */
export interface MnistOptions extends SourceOptions {}

const file = { file: 'mnist.npz', hash: '731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1' };

/**
 * Handwritten digits, collected by Yann LeCun and Corinna Cortes (CC BY-SA 3.0): 60,000 images `[n, 28, 28]` with their digits `[n]` to train
 * on and 10,000 to test with, all uint8: `[[xTrain, yTrain], [xTest, yTest]]`.
 * @see https://keras.io/api/datasets/mnist/
 */
export const loadData = exact(
  'datasets.mnist.loadData',
  1,
  async function loadData(options: MnistOptions = {}): Promise<Split> {
    const who = 'datasets.mnist';
    const arrays = await readNpz(await bytesFor(who, file, optionsOf(who, sourceOptions, options)));
    const take = (name: string) => numeric(who, arrays[name], name);
    return [
      [take('x_train'), take('y_train')],
      [take('x_test'), take('y_test')],
    ];
  },
);
