/**
 * Chooses which of many values of a name are shown: the first ones, then every second, every fourth and so on, so that a log of
 * gigabytes fits into a page.
 */
export class Thinning {
  readonly #counts = new Map<string, number>();

  /** Whether the next value of this name is shown, where the first `most` are shown in full. */
  keeps(name: string, most: number): boolean {
    const count = this.#counts.get(name) ?? 0;
    this.#counts.set(name, count + 1);
    return count < most || count % 2 ** (Math.floor(Math.log2(count / most)) + 1) === 0;
  }
}
/** How many values of a name are shown in full. */
export const shownInFull = { numbers: 5000, histograms: 100, pictures: 24, texts: 100 } as const;
