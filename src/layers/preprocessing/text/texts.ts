import { fail, type Named } from '../../../base/errors.ts';

/** How texts are standardized before they are split. */
export type Standardize = 'lower_and_strip_punctuation' | 'lower' | 'strip_punctuation';
/** How texts are split into tokens. */
export type Split = 'whitespace' | 'character';

const punctuation = /[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~']/g;
/** As TensorFlow does without an encoding: letters of ASCII alone. */
const lower = (text: string): string => text.replace(/[A-Z]+/g, (s) => s.toLowerCase());

/** The standardized text. */
export function standardized(text: string, how: Standardize | null): string {
  const lowered = how === 'lower' || how === 'lower_and_strip_punctuation' ? lower(text) : text;
  return how === null || how === 'lower' ? lowered : lowered.replace(punctuation, '');
}
/** The tokens of a text: split at ASCII white space, or each code point. */
export const splitText = (text: string, how: Split): string[] =>
  how === 'character' ? [...text] : text.split(/[ \t\n\v\f\r]+/).filter((t) => t !== '');

/** All n-grams of the given lengths, joined by blanks: first those of the first length. */
export const ngramsOf = (tokens: readonly string[], widths: readonly number[]): string[] =>
  widths.flatMap((n) =>
    Array.from({ length: Math.max(0, tokens.length - n + 1) }, (_, k) => tokens.slice(k, k + n).join(' ')),
  );

/** The results of a user's function for some texts: it receives all of them or, if it takes one, each. */
export function ownSplit(who: Named, f: (text: string) => unknown, text: string): string[] {
  const found = f(text);
  if (!Array.isArray(found) || !found.every((t) => typeof t === 'string'))
    return fail(
      who,
      'the function `split` gave no list of strings',
      'let it give the tokens of the one text that it gets',
    );
  return found;
}
export function ownStandard(who: Named, f: (text: string) => unknown, text: string): string {
  const found = f(text);
  return typeof found === 'string'
    ? found
    : fail(who, 'the function `standardize` gave no string', 'let it give one text for the one that it gets');
}
