import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { readObjectNpz } from '../formats/pickle.ts';
import {
  begun,
  cut,
  inOrder,
  labelTensor,
  orders,
  readSequences,
  readWordIndex,
  type SequenceOptions,
  sequenceOptions,
} from './sequences.ts';
import { bytesFor, type SourceOptions, type Split, sourceOptions } from './source.ts';
import { cutAt } from './tables.ts';

/** How words of newswires become numbers, how many are kept to test with, and where the file is. */
export interface ReutersOptions extends SequenceOptions {
  /** Fraction of the texts to test with; 0.2 by default. */
  readonly testSplit?: number | undefined;
}
/** Where the list of words is. */
export interface ReutersWordIndexOptions extends SourceOptions {}
const known: OptionNames<ReutersOptions> = { ...sequenceOptions, testSplit: true };

const who = 'datasets.reuters';
const file = { file: 'reuters.npz', hash: 'd6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916' };
const words = { file: 'reuters_word_index.json', hash: '4d44cc38712099c9e383dc6e5f11a921' };

/**
 * 11,228 Reuters newswires, each a list of the numbers of its words, the most frequent word 1 (plus `indexFrom`), with one of 46
 * topics (int32): `[[xTrain, yTrain], [xTest, yTest]]`.
 * @see https://keras.io/api/datasets/reuters/
 */
export const loadData = exact(
  'datasets.reuters.loadData',
  1,
  async function loadData(options: ReutersOptions = {}): Promise<Split<(readonly number[])[]>> {
    const { testSplit = 0.2, ...given } = optionsOf(who, known, options);
    const read = readSequences(who, await readObjectNpz(await bytesFor(who, file, given)), ['x', 'y']);
    const { xs, labels } = begun(inOrder(read, orders(given.seed ?? 113)(read.xs.length)), given);
    const texts = cut(xs, given);
    const at = cutAt(who, texts.length, testSplit);
    return [
      [texts.slice(0, at), labelTensor(labels.slice(0, at))],
      [texts.slice(at), labelTensor(labels.slice(at))],
    ];
  },
);

/**
 * The number of each word, before `indexFrom` is added.
 * @see https://keras.io/api/datasets/reuters/
 */
export const getWordIndex = exact(
  'datasets.reuters.getWordIndex',
  1,
  async (options: ReutersWordIndexOptions = {}): Promise<Record<string, number>> =>
    readWordIndex(await bytesFor(who, words, optionsOf(who, sourceOptions, options))),
);

const topics =
  `cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton carcass
crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin strategic-metal livestock retail ipi iron-steel rubber
heat jobs lei bop zinc orange pet-chem dlr gas silver wpi hog lead`.split(/\s/);

/**
 * The names of the topics, at their numbers.
 * @example keras.datasets.reuters.getLabelNames()[3] // 'earn'
 */
export const getLabelNames = exact('datasets.reuters.getLabelNames', 0, (): string[] => [...topics]);
