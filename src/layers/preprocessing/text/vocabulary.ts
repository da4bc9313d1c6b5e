import { fail, type Named } from '../../../base/errors.ts';
import { range } from '../../../base/shape.ts';
import type { Token } from './token-counts.ts';

/** The options of a layer that decide the indices of tokens. */
export interface VocabularyRules extends Named {
  readonly maxTokens: number | null;
  readonly numOovIndices: number;
  readonly maskToken: Token | null;
  readonly oovToken: Token | null;
  readonly outputMode: string;
  readonly invert: boolean;
}

/** The first index of unknown tokens: after the mask, if it has one. */
export const oovStart = ({ maskToken, outputMode }: VocabularyRules): number =>
  maskToken !== null && outputMode === 'int' ? 1 : 0;
/** The first index of the tokens of the vocabulary. */
export const tokenStart = (options: VocabularyRules): number => oovStart(options) + options.numOovIndices;
/** What comes before the tokens. */
export const specialTokens = (options: VocabularyRules): (Token | null)[] => [
  ...range(oovStart(options)).map(() => options.maskToken),
  ...range(options.numOovIndices).map(() => options.oovToken),
];

/** The tokens of a vocabulary that a user gave, which may begin with the special ones; refuses what cannot be one. */
export function tokensOf(
  options: VocabularyRules,
  vocabulary: readonly Token[],
): { tokens: readonly Token[]; hasSpecial: boolean } {
  const { maskToken, oovToken, invert, maxTokens } = options;
  if (vocabulary.length === 0) fail(options, 'the vocabulary is empty', 'give at least one token');
  // There may be millions of special tokens: no list of them is made that the vocabulary could not begin with.
  const count = tokenStart(options);
  const hasSpecial = vocabulary.length >= count && specialTokens(options).every((t, k) => t === vocabulary[k]);
  const tokens = hasSpecial ? vocabulary.slice(count) : vocabulary;
  const show = (list: readonly unknown[]): string => list.map((t) => JSON.stringify(t)).join(', ');
  const seen = new Set<Token>();
  const repeated = new Set(tokens.filter((t) => seen.size === seen.add(t).size));
  if (repeated.size > 0)
    fail(options, `the vocabulary has repeated tokens: ${show([...repeated])}`, 'give each token once');
  const misplaced = (token: Token | null, what: string): void => {
    if (token === null || !seen.has(token)) return;
    const at = vocabulary.lastIndexOf(token);
    fail(
      options,
      `the ${what} ${show([token])} stands at index ${at} of the vocabulary`,
      `leave special tokens out, or begin the vocabulary with ${count > 9 ? `all ${count} of them` : `[${show(specialTokens(options))}]`}`,
    );
  };
  misplaced(maskToken, 'mask token (mask_token)');
  if (invert) misplaced(oovToken, 'token for what is not known (oov_token)');
  const size = count + tokens.length;
  if (maxTokens !== null && size > maxTokens)
    fail(
      options,
      `a vocabulary of ${size} tokens, special ones included, is larger than maxTokens (max_tokens) ${maxTokens}`,
      'give fewer tokens, or raise maxTokens',
    );
  return { tokens, hasSpecial };
}
