import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { MersenneTwister, permutation } from './mersenne-twister.ts';

const entropy = (): number => Math.floor(Math.random() * 2 ** 32);
let seeds: MersenneTwister | undefined;
let shuffles: MersenneTwister | undefined;
/** The generators of default seeds and of orders, made when the first number is drawn. */
const ofSeeds = (): MersenneTwister => (seeds ??= MersenneTwister.fromInteger(entropy()));
const ofShuffles = (): MersenneTwister => (shuffles ??= MersenneTwister.fromWord(entropy()));
const listeners: (() => void)[] = [];

/** Runs `forget` whenever the global seed is set. */
export const onRandomSeed = (forget: () => void): void => void listeners.push(forget);

/** A seed must be an integer in [0, 2^32). */
export function checkSeed(who: string, seed: number): number {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32)
    fail(who, `the seed is ${seed}`, 'give an integer from 0 to 4294967295');
  return seed;
}

/** Makes all following randomness reproducible: default seeds, the order in which `fit` shuffles, unseeded draws. */
export const setRandomSeed = exact('utils.setRandomSeed', 1, function setRandomSeed(seed: number): void {
  checkSeed('setRandomSeed', seed);
  seeds = MersenneTwister.fromInteger(seed);
  shuffles = MersenneTwister.fromWord(seed);
  for (const forget of listeners) forget();
});

/** A default seed: from 1 to 10^9. */
export function defaultSeed(): number {
  let r: number;
  do r = ofSeeds().next() >>> 2;
  while (r >= 1e9);
  return 1 + r;
}

/** `0 … n-1` in the next order of the generator that `fit` shuffles with. */
export const nextPermutation = (n: number): Int32Array => permutation(ofShuffles(), n);

/** The next 32 bits of the generator of default seeds, which is Python's. */
export const nextSeedBits = (): number => ofSeeds().next();

/** A whole number from 0 to `most`, by the generator that `fit` shuffles with. */
export const nextUpTo = (most: number): number => ofShuffles().upTo(most);

/** The generator behind the orders of samples, as numbers. */
export type ShuffleState = ReturnType<MersenneTwister['getState']>;
/** The state of the generator of orders. */
export const shuffleState = (): ShuffleState => ofShuffles().getState();
/** Restores the state of the generator of orders. */
export const setShuffleState = (state: ShuffleState): void => ofShuffles().setState(state);
/** The state of the generator of default seeds. */
export const seedState = (): ShuffleState => ofSeeds().getState();
/** Restores the state of the generator of default seeds. */
export const setSeedState = (state: ShuffleState): void => ofSeeds().setState(state);
