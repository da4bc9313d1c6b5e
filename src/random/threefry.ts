import type { Tensor } from '../ir/tensor.ts';
import { like } from '../ops/operands.ts';
import * as p from '../primitives/elementwise.ts';

/** A key for each element: its two words. */
export type Keys = readonly [Tensor, Tensor];

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** Threefry-2x32 with a key for each element, at the counter `low`: what splitting and drawing from many keys is made of. */
function threefry([k0, k1]: Keys, low: number): Keys {
  const word = (n: number): Tensor => like(k0, n);
  const keys = [k0, k1, p.bitXor(p.bitXor(k0, k1), word(0x1bd11bda))];
  let [x0, x1] = [k0, p.add(k1, word(low))];
  for (let group = 0; group < 5; group++) {
    for (const r of rotations[group % 2]) {
      x0 = p.add(x0, x1);
      x1 = p.bitXor(p.bitOr(p.shiftLeft(x1, word(r)), p.shiftRightLogical(x1, word(32 - r))), x0);
    }
    x0 = p.add(x0, keys[(group + 1) % 3]);
    x1 = p.add(p.add(x1, keys[(group + 2) % 3]), word(group + 1));
  }
  return [x0, x1];
}

/** `count` new keys from each. */
export const splitEach = (keys: Keys, count: number): Keys[] =>
  Array.from({ length: count }, (_, k) => threefry(keys, k));

/** A number in [0, 1) from each key. */
export function unitOfEach(keys: Keys): Tensor {
  const [a, b] = threefry(keys, 0);
  const bits = p.shiftRightLogical(p.bitXor(a, b), like(a, 9));
  const x = p.bitcast(p.bitOr(bits, like(a, 0x3f800000)), { dtype: 'float32' });
  return p.sub(x, like(x, 1));
}
