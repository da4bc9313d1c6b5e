import { type Field, f } from '../../../base/field/field.ts';
import { isTypedArray, Tensor } from '../../../tensor/index.ts';
import { outputModeField, saltField, sparseField } from './bins.ts';
import type { Token } from './token-counts.ts';

/** A vocabulary as users give it: tokens, or the path of a file with one token per line. */
export type VocabularyLike = string | readonly Token[] | ArrayLike<number> | Tensor;
const isVocabulary = (v: unknown): v is VocabularyLike =>
  typeof v === 'string' || Array.isArray(v) || isTypedArray(v) || v instanceof Tensor;
/** The tokens as a list; a path as it is. */
export const listOf = (v: VocabularyLike): string | readonly Token[] =>
  typeof v === 'string'
    ? v
    : v instanceof Tensor
      ? (v.strings ?? Array.from(v.dataSync()))
      : Array.from(v as ArrayLike<Token>);
export const vocabularyField = (): Field<VocabularyLike | null, string | readonly Token[] | null, false> =>
  f.nullable(
    f.custom<VocabularyLike, string | readonly Token[]>({
      expects: 'a list of tokens, or the path of a file',
      check: isVocabulary,
      parse: listOf,
      // What a file held is saved beside the model.
      toDisk: (v) => (typeof v === 'string' ? null : v),
    }),
  );

type Numbers = readonly number[] | ArrayLike<number> | Tensor;
/** An option that takes weights of tokens, or null. */
export const weightsField = (): Field<Numbers | null, readonly number[] | null, false> =>
  f.nullable(
    f.custom<Numbers, readonly number[]>({
      expects: 'a list of numbers',
      check: (v): v is Numbers =>
        v instanceof Tensor || isTypedArray(v) || (Array.isArray(v) && v.every((x) => typeof x === 'number')),
      parse: (v) => Array.from(v instanceof Tensor ? v.dataSync() : v),
      isFloat: true,
    }),
  );

/** The forms in which results are returned. */
export const lookupModes = ['int', 'one_hot', 'multi_hot', 'count', 'tf_idf'] as const;

/** Options of layers that look tokens up in a vocabulary. */
export const lookupFields = {
  /** Largest size of the vocabulary, including special tokens; null for no limit. */
  maxTokens: f.nullable(f.int({ min: 2 })),
  /** Number of indices for unknown tokens: with more than one, a hash decides which. With 0, unknown tokens are an error. */
  numOovIndices: f.int({ initial: 1, min: 0, max: 2 ** 24 }),
  /** The vocabulary, if it is known; otherwise `adapt` learns it. */
  vocabulary: vocabularyField(),
  /** The weight of each token of the vocabulary, for the mode "tf_idf". */
  idfWeights: weightsField(),
  /** Whether indices are turned into tokens. */
  invert: f.bool(false),
  /** `int`: an index for each; `one_hot`: a vector for each; one vector per sample: `multi_hot`, `count`, or `tf_idf` (counts times weights). */
  outputMode: outputModeField(lookupModes, 'int'),
  /** Sparse results are not made. */
  sparse: sparseField(),
  /** Whether vectors have `maxTokens` elements, even if fewer tokens are known. */
  padToMaxTokens: f.bool(false),
  /** How an unknown number is assigned to one of several indices: by its remainder, or by FarmHash64, as strings always are. */
  oovMethod: f.oneOf(['floormod', 'farmhash'], 'floormod'),
  /** Key of SipHash64, which then replaces FarmHash64. */
  salt: saltField(),
};
