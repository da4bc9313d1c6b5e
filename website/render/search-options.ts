import type { Options } from 'minisearch';
import type { Found } from './search.ts';

/** Names are found by their parts too: `Conv2D` by `conv`, `meanSquaredError` by `squared`, Keras's by theirs. */
const tokenize = (text: string): string[] =>
  text.split(/[^\p{L}\p{N}]+/u).flatMap((word) => {
    const parts = word.split(/(?<=[a-z\d])(?=[A-Z])/);
    return word === '' ? [] : parts.length > 1 ? [word, ...parts] : [word];
  });

/** How the index is made and asked: the same in both. */
export const searchOptions: Options<Found> = {
  fields: ['title', 'terms', 'text'],
  storeFields: ['title', 'where'],
  tokenize,
  searchOptions: {
    boost: { title: 6, terms: 3 },
    prefix: true,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    combineWith: 'AND',
  },
};
