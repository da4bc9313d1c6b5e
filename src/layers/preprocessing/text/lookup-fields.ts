import { type Field, f } from '../../../base/field/field.ts';
import { isTypedArray, Tensor } from '../../../tensor/index.ts';
import { outputModeField, saltField, sparseField } from './bins.ts';
import type { Token } from './token-counts.ts';

/** A vocabulary as users give it: tokens, or the path of a file with a token a line. */
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

/** Ways in which what was looked up is given. */
export const lookupModes = ['int', 'one_hot', 'multi_hot', 'count', 'tf_idf'] as const;

/** Options of layers that look tokens up in a vocabulary. */
export const lookupFields = {
  /** Largest size of the vocabulary, special tokens included; no bound when null. */
  maxTokens: f.nullable(f.int({ min: 2 })),
  /** Indices for tokens that are not known: with more than one, a hash says which. With 0 such tokens are an error. */
  numOovIndices: f.int({ initial: 1, min: 0, max: 2 ** 24 }),
  /** The vocabulary, where it is known; else `adapt` learns it. */
  vocabulary: vocabularyField(),
  /** How much each token of the vocabulary tells, for the mode "tf_idf". */
  idfWeights: weightsField(),
  /** Whether indices are turned into tokens. */
  invert: f.bool(false),
  /** `int`: an index each; `one_hot`: a vector each; one vector a sample: `multi_hot`, `count`, or `tf_idf`, counts times weights. */
  outputMode: outputModeField(lookupModes, 'int'),
  /** Sparse results are not made. */
  sparse: sparseField(),
  /** Whether vectors have `maxTokens` elements, however many tokens are known. */
  padToMaxTokens: f.bool(false),
  /** Which of several indices a number that is not known gets: by its remainder, or by FarmHash64, as strings do always. */
  oovMethod: f.oneOf(['floormod', 'farmhash'], 'floormod'),
  /** Key of SipHash64, which then takes the place of FarmHash64. */
  salt: saltField(),
};
