import type { MersenneTwister } from './mersenne-twister.ts';

/** `0 … n-1` in random order, as Python's `random.shuffle` puts a list. */
export function pythonOrder(twister: Pick<MersenneTwister, 'next'>, n: number): number[] {
  const order = Array.from({ length: n }, (_, k) => k);
  for (let k = n - 1; k > 0; k--) {
    // Numbers of as many bits as k + 1 has, the upper ones of a word.
    const shift = Math.clz32(k + 1);
    let j: number;
    do j = twister.next() >>> shift;
    while (j > k);
    [order[k], order[j]] = [order[j], order[k]];
  }
  return order;
}
