import { exact } from '../base/exact.ts';
import { optionsOf } from '../base/options.ts';
import { readBatches } from './cifar.ts';
import { filesOf, type SourceOptions, type Split, sourceOptions } from './source.ts';

/** Where images come from; `path` is the archive, or the folder that it is unpacked to. */
export interface Cifar10Options extends SourceOptions {}

const who = 'datasets.cifar10';
const archive = {
  file: 'cifar-10-python.tar.gz',
  folder: 'https://www.cs.toronto.edu/~kriz/',
  hash: '6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce',
  extracted: 'cifar-10-batches-py-target',
};

/**
 * Small photographs, collected by Alex Krizhevsky: 50,000 images `[n, 32, 32, 3]` with their classes `[n, 1]` to train on and 10,000 to test with,
 * all uint8: `[[xTrain, yTrain], [xTest, yTest]]`. Classes: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck.
 * @see https://keras.io/api/datasets/cifar10/
 */
export const loadData = exact(
  'datasets.cifar10.loadData',
  1,
  async function loadData(options: Cifar10Options = {}): Promise<Split> {
    const read = await filesOf(who, archive, optionsOf(who, sourceOptions, options));
    const folder = 'cifar-10-batches-py';
    const train = [1, 2, 3, 4, 5].map((k) => `${folder}/data_batch_${k}`);
    return [
      await readBatches(who, train, read, 'labels'),
      await readBatches(who, [`${folder}/test_batch`], read, 'labels'),
    ];
  },
);
