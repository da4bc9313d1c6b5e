import type { Tensor } from '../ir/tensor.ts';
import { splitKey } from '../primitives/generators.ts';
import { reshape, slice } from '../primitives/movement.ts';

/** `count` keys from one. */
export function splitKeys(key: Tensor, count: number): Tensor[] {
  const keys = splitKey(key, { count });
  return Array.from({ length: count }, (_, k) =>
    reshape(slice(keys, { starts: [k, 0], stops: [k + 1, 2], strides: [1, 1] }), { shape: [2] }),
  );
}

/**
 * Keys that are split, one after the other, from a first one: for draws inside of loops and branches, which change no variable.
 * Only where a program is recorded.
 */
export class KeySequence {
  #key: Tensor;

  constructor(key: Tensor) {
    this.#key = key;
  }
  next(): Tensor {
    const [rest, own] = splitKeys(this.#key, 2) as [Tensor, Tensor];
    this.#key = rest;
    return own;
  }
}
