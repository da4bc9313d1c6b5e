const size = 624;
const middle = 397;

/** The 32-bit Mersenne Twister (Matsumoto and Nishimura, 1998), as Python and numpy seed and use it. */
export class MersenneTwister {
  private readonly state = new Uint32Array(size);
  private at = size;

  /** Seeded by one word, as `numpy.random.seed` does. */
  static fromWord(seed: number): MersenneTwister {
    const twister = new MersenneTwister();
    const { state } = twister;
    state[0] = seed;
    for (let k = 1; k < size; k++) state[k] = Math.imul(1812433253, state[k - 1] ^ (state[k - 1] >>> 30)) + k;
    return twister;
  }

  /** Seeded by an integer of any size, as Python's `random.seed` does. */
  static fromInteger(seed: number): MersenneTwister {
    let rest = BigInt(Math.abs(seed));
    const words: number[] = [];
    do {
      words.push(Number(rest & 0xffffffffn));
      rest >>= 32n;
    } while (rest > 0n);
    return MersenneTwister.fromWords(words);
  }

  /** Seeded by some words, as Python's `random.seed` does those of an integer. */
  static fromWords(words: readonly number[]): MersenneTwister {
    const twister = MersenneTwister.fromWord(19650218);
    const { state } = twister;
    const mixed = (i: number, factor: number): number =>
      state[i] ^ Math.imul(state[i - 1] ^ (state[i - 1] >>> 30), factor);
    let i = 1;
    const step = (): void => {
      i++;
      if (i < size) return;
      state[0] = state[size - 1];
      i = 1;
    };
    for (let k = 0; k < Math.max(size, words.length); k++) {
      const j = k % words.length;
      state[i] = mixed(i, 1664525) + words[j] + j;
      step();
    }
    for (let k = 1; k < size; k++) {
      state[i] = mixed(i, 1566083941) - i;
      step();
    }
    state[0] = 0x80000000;
    return twister;
  }

  /** The next 32 random bits. */
  next(): number {
    if (this.at === size) this.refill();
    let y = this.state[this.at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** A uniform integer from 0 to `most`. */
  upTo(most: number): number {
    const mask = 2 ** (32 - Math.clz32(most)) - 1;
    let n: number;
    do n = (this.next() & mask) >>> 0;
    while (n > most);
    return n;
  }
  /** The state: its words, and how many of them are used up. */
  getState(): { readonly words: readonly number[]; readonly used: number } {
    return { words: [...this.state], used: this.at };
  }
  /** Restores a state. */
  setState({ words, used }: { readonly words: readonly number[]; readonly used: number }): void {
    this.state.set(words);
    this.at = used;
  }

  private refill(): void {
    const { state } = this;
    for (let k = 0; k < size; k++) {
      const y = (state[k] & 0x80000000) | (state[(k + 1) % size] & 0x7fffffff);
      state[k] = state[(k + middle) % size] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.at = 0;
  }
}

/** `0 … n-1` in random order, as `numpy.random.permutation`. */
export function permutation(twister: MersenneTwister, n: number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = twister.upTo(i);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
