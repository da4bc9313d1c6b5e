import { fail } from '../base/errors.ts';
import type { OptionNames } from '../base/options.ts';
import type { NpyArray, NpyObjects } from '../formats/npy.ts';
import { MersenneTwister, permutation } from '../random/mersenne-twister.ts';
import { type Tensor, tensor } from '../tensor/index.ts';
import { type SourceOptions, sourceOptions } from './source.ts';

/** How words become numbers. */
export interface SequenceOptions extends SourceOptions {
  /** Words from this number on become `oovChar`; null keeps all but the rarest (as Keras does). */
  readonly numWords?: number | null | undefined;
  /** Words below this number become `oovChar`; 0 by default. */
  readonly skipTop?: number | undefined;
  /** Texts of this length (`startChar` included) and longer are left out. */
  readonly maxlen?: number | null | undefined;
  /** Seed of the order of the texts; 113 by default. */
  readonly seed?: number | undefined;
  /** The number with which every text begins, 1 by default; null for none. */
  readonly startChar?: number | null | undefined;
  /** The number that replaces words that are left out, 2 by default; null drops them. */
  readonly oovChar?: number | null | undefined;
  /** What is added to the numbers of words; 3 by default. */
  readonly indexFrom?: number | null | undefined;
}
export const sequenceOptions: OptionNames<SequenceOptions> = {
  ...sourceOptions,
  numWords: true,
  skipTop: true,
  maxlen: true,
  seed: true,
  startChar: true,
  oovChar: true,
  indexFrom: true,
};

/** Texts as lists of the numbers of their words, with a label each. */
export interface Labelled {
  readonly xs: readonly (readonly number[])[];
  readonly labels: readonly number[];
}

/** Texts and labels of a file, by their names in it. */
export function readSequences(
  who: string,
  arrays: Readonly<Record<string, NpyArray | NpyObjects>>,
  [x, y]: readonly [x: string, y: string],
): Labelled {
  const texts = arrays[x];
  const labels = arrays[y];
  if (!texts || !labels || 'objects' in labels)
    return fail(who, `the file holds no "${x}" with "${y}"`, 'use the file that Keras uses, or another of its form');
  return { xs: rowsOf(who, texts), labels: Array.from(labels.data as Int32Array, Number) };
}
/** Lists of equal length are saved as an array with two axes. */
function rowsOf(who: string, texts: NpyArray | NpyObjects): number[][] {
  const [count, width = 0] = texts.shape;
  const flat = 'objects' in texts ? texts.objects : Array.from(texts.data as Int32Array, Number);
  const rows =
    texts.shape.length === 1 ? flat : Array.from({ length: count }, (_, n) => flat.slice(n * width, (n + 1) * width));
  if (
    texts.shape.length > 2 ||
    !rows.every((row) => Array.isArray(row) && row.every((word) => typeof word === 'number'))
  )
    fail(
      who,
      'the file holds texts that are no lists of numbers',
      'use the file that Keras uses, or another of its form',
    );
  return rows as number[][];
}

/** Orders as `numpy.random.RandomState` draws them, one after the other. */
export function orders(seed: number): (count: number) => Int32Array {
  const twister = MersenneTwister.fromWord(seed);
  return (count) => permutation(twister, count);
}
export const inOrder = ({ xs, labels }: Labelled, order: Int32Array): Labelled => ({
  xs: Array.from(order, (i) => xs[i]),
  labels: Array.from(order, (i) => labels[i]),
});

/** Adds `indexFrom` to the numbers, puts the start before them and leaves out long texts. */
export function begun({ xs, labels }: Labelled, { startChar = 1, indexFrom = 3, maxlen }: SequenceOptions): Labelled {
  const moved = xs.map((x) => {
    const words = indexFrom ? x.map((word) => word + indexFrom) : x;
    return startChar === null ? words : [startChar, ...words];
  });
  const kept = moved.map((x) => !maxlen || x.length < maxlen);
  return { xs: moved.filter((_, n) => kept[n]), labels: labels.filter((_, n) => kept[n]) };
}

/** Rare words, and the most frequent, cut. */
export function cut(
  xs: readonly (readonly number[])[],
  { numWords, skipTop = 0, oovChar = 2 }: SequenceOptions,
): (readonly number[])[] {
  const end = numWords || xs.reduce((most, x) => x.reduce((a, b) => Math.max(a, b), most), 0);
  const isKept = (word: number): boolean => skipTop <= word && word < end;
  return xs.map((x) => (oovChar === null ? x.filter(isKept) : x.map((word) => (isKept(word) ? word : oovChar))));
}

export const labelTensor = (labels: readonly number[]): Tensor => tensor(Int32Array.from(labels), { dtype: 'int32' });

/** Words and their numbers. */
export const readWordIndex = (bytes: Uint8Array): Record<string, number> =>
  JSON.parse(new TextDecoder().decode(bytes)) as Record<string, number>;
