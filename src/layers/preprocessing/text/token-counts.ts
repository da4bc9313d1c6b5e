/** A word or a number in a vocabulary. */
export type Token = string | number;

/** Compares texts as their bytes in UTF-8 compare: by code points. */
function compareTexts(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [p, q] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (p === q) continue;
    // Surrogates stand for code points above all others.
    const isHigh = (c: number): number => (c >= 0xd800 && c < 0xe000 ? 1 : 0);
    return isHigh(p) - isHigh(q) || p - q;
  }
  return a.length - b.length;
}
const compare = (a: Token, b: Token): number =>
  typeof a === 'string' ? compareTexts(a, b as string) : a - (b as number);

/** How often tokens were seen, and in how many documents. */
export class TokenCounts<T extends Token> {
  readonly #counts = new Map<T, number>();
  readonly #documents = new Map<T, number>();
  documents = 0;

  get size(): number {
    return this.#counts.size;
  }
  /** Takes in documents: lists of tokens. */
  add(documents: Iterable<readonly T[]>): void {
    for (const tokens of documents) {
      for (const t of tokens) this.#counts.set(t, (this.#counts.get(t) ?? 0) + 1);
      for (const t of new Set(tokens)) this.#documents.set(t, (this.#documents.get(t) ?? 0) + 1);
      this.documents++;
    }
  }
  /** Tokens by frequency, equally frequent ones in descending order, without some. */
  ranked(without: readonly unknown[]): T[] {
    const seen = [...this.#counts].filter(([t]) => !without.includes(t));
    return seen.sort(([a, n], [b, m]) => m - n || compare(b, a)).map(([t]) => t);
  }
  /** `log(1 + documents / (1 + documents with the token))`: how informative a token is. */
  inverseFrequency(token: T): number {
    return Math.fround(Math.log(1 + this.documents / (1 + (this.#documents.get(token) ?? 0))));
  }
}
