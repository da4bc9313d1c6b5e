import type { Digits } from './digits.ts';

const side = 8;

/**
 * The digits, followed by `copies` of each as if written by other people: slanted, turned, stretched and moved a
 * little. There are few digits, and who draws with a mouse draws unlike all who wrote them.
 */
export function withDistorted({ count, pixels, labels }: Digits, copies: number, random = Math.random): Digits {
  const all = {
    count: count * (copies + 1),
    pixels: new Float32Array(pixels.length * (copies + 1)),
    labels: new Float32Array(count * (copies + 1)),
  };
  all.pixels.set(pixels);
  for (let copy = 0; copy <= copies; copy++) all.labels.set(labels, copy * count);
  for (let n = count; n < all.count; n++) {
    const from = (n % count) * side * side;
    const to = all.pixels.subarray(n * side * side, (n + 1) * side * side);
    distort(pixels.subarray(from, from + side * side), to, random);
  }
  return all;
}

/** Draws `image` into `to` through a random linear map about the centre, between pixels by linear interpolation. */
function distort(image: Float32Array, to: Float32Array, random: () => number): void {
  const around = (reach: number): number => (random() * 2 - 1) * reach;
  const angle = around(0.2);
  const [slant, dx, dy] = [around(0.25), around(0.6), around(0.4)];
  const [wide, high] = [1 + around(0.15), 1 + around(0.1)];
  const centre = (side - 1) / 2;
  const at = (i: number, j: number): number => (i < 0 || j < 0 || i >= side || j >= side ? 0 : image[i * side + j]!);
  for (let k = 0; k < side * side; k++) {
    const [v, u] = [Math.floor(k / side) - centre - dy, (k % side) - centre - dx];
    const y = centre + (u * Math.sin(angle) + v * Math.cos(angle)) * high;
    const x = centre + (u * Math.cos(angle) - v * Math.sin(angle)) * wide + slant * v;
    const [i, j] = [Math.floor(y), Math.floor(x)];
    const [q, p] = [y - i, x - j];
    to[k] = (1 - q) * ((1 - p) * at(i, j) + p * at(i, j + 1)) + q * ((1 - p) * at(i + 1, j) + p * at(i + 1, j + 1));
  }
}
