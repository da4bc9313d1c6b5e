/** Random choices that a seed decides: the same seed, the same choices. */
export class Choices {
  #state: number;

  constructor(seed: string) {
    this.#state = 2166136261;
    for (const c of seed) this.#state = Math.imul(this.#state ^ c.codePointAt(0)!, 16777619);
  }

  /** A number from 0 to below 1 (mulberry32). */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  /** A whole number from 0 to below `n`. */
  below(n: number): number {
    return Math.floor(this.fraction() * n);
  }
  of<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!;
  }
  chance(p: number): boolean {
    return this.fraction() < p;
  }
}
