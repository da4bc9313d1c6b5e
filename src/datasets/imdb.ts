import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { optionsOf } from '../base/options.ts';
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

/** How words of reviews become numbers, and where the file is. */
export interface ImdbOptions extends SequenceOptions {}
/** Where the list of words is. */
export interface ImdbWordIndexOptions extends SourceOptions {}

const who = 'datasets.imdb';
const file = { file: 'imdb.npz', hash: '69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f' };
const words = { file: 'imdb_word_index.json', hash: 'bfafd718b763782e994055a2d397834f' };

/**
 * 25,000 film reviews to train on and as many to test with, each a list of the numbers of its words, the most frequent word 1
 * (plus `indexFrom`), with the label 1 if it is favourable, otherwise 0 (int32): `[[xTrain, yTrain], [xTest, yTest]]`.
 * @see https://keras.io/api/datasets/imdb/
 */
export const loadData = exact('datasets.imdb.loadData', 1, async function loadData(options: ImdbOptions = {}): Promise<
  Split<(readonly number[])[]>
> {
  const given = optionsOf(who, sequenceOptions, options);
  const arrays = await readObjectNpz(await bytesFor(who, file, given));
  const next = orders(given.seed ?? 113);
  const [train, test] = (['train', 'test'] as const).map((part) => {
    const read = readSequences(who, arrays, [`x_${part}`, `y_${part}`]);
    return begun(inOrder(read, next(read.xs.length)), given);
  });
  if (train.xs.length === 0 || test.xs.length === 0)
    fail(who, `no review is shorter than maxlen ${given.maxlen}`, 'give a larger maxlen');
  // The largest number counts over both parts.
  const xs = cut([...train.xs, ...test.xs], given);
  return [
    [xs.slice(0, train.xs.length), labelTensor(train.labels)],
    [xs.slice(train.xs.length), labelTensor(test.labels)],
  ];
});

/**
 * The number of each word, before `indexFrom` is added.
 * @see https://keras.io/api/datasets/imdb/
 */
export const getWordIndex = exact(
  'datasets.imdb.getWordIndex',
  1,
  async (options: ImdbWordIndexOptions = {}): Promise<Record<string, number>> =>
    readWordIndex(await bytesFor(who, words, optionsOf(who, sourceOptions, options))),
);
