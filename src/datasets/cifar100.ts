import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import { readBatches } from './cifar.ts';
import { filesOf, type SourceOptions, type Split, sourceOptions } from './source.ts';

/** Where images come from (`path` is the folder that the archive is unpacked to), and which labels they have. */
export interface Cifar100Options extends SourceOptions {
  /** `'fine'`, the default: 100 classes; `'coarse'`: the 20 groups of them. */
  readonly labelMode?: 'fine' | 'coarse' | undefined;
}
const known: OptionNames<Cifar100Options> = { ...sourceOptions, labelMode: true };

const who = 'datasets.cifar100';
const archive = {
  file: 'cifar-100-python.tar.gz',
  folder: 'https://www.cs.toronto.edu/~kriz/',
  hash: '85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7',
  extracted: 'cifar-100-python-target',
};

/**
 * Small photographs, collected by Alex Krizhevsky, in 100 classes of 20 groups: 50,000 images `[n, 32, 32, 3]` with their labels `[n, 1]` to train on
 * and 10,000 to test with, all uint8: `[[xTrain, yTrain], [xTest, yTest]]`.
 * @see https://keras.io/api/datasets/cifar100/
 */
export const loadData = exact(
  'datasets.cifar100.loadData',
  1,
  async function loadData(options: Cifar100Options = {}): Promise<Split> {
    const { labelMode = 'fine', ...source } = optionsOf(who, known, options);
    if (labelMode !== 'fine' && labelMode !== 'coarse')
      fail(who, `labelMode is ${show(labelMode)}`, 'use "fine" or "coarse"');
    const read = await filesOf(who, archive, source);
    const of = (file: string) => readBatches(who, [`cifar-100-python/${file}`], read, `${labelMode}_labels`);
    return [await of('train'), await of('test')];
  },
);
