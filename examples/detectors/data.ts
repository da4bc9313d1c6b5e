import { withDistorted } from '../browser-digits/distort.ts';
import { type Digit, loadDigits } from '../data/digits.ts';
import { makeScenes, randomNumbers } from '../digit-detector/scenes.ts';
import { asTensors, type LabelledScenes, seenDigits } from './labelled-scenes.ts';

/** The digits, followed by copies of each as if written by other people. */
function distorted(digits: readonly Digit[], copies: number): Digit[] {
  const count = digits.length;
  const pixels = Float32Array.from(digits.flatMap((digit) => [...digit.pixels]));
  const labels = Float32Array.from(digits, ({ label }) => label);
  const all = withDistorted({ count, pixels, labels }, copies, randomNumbers(3));
  return Array.from(all.labels, (label, n) => ({ label, pixels: all.pixels.subarray(n * 64, (n + 1) * 64) }));
}

/** Scenes of 1 to 6 handwritten digits, and of distorted copies of these, to train on, and others of digits that are in none of these. */
export function loadScenes(
  size: number,
  { training = 1200, unseen = 200, copies = 0 } = {},
): [LabelledScenes, LabelledScenes] {
  const digits = loadDigits();
  const seen = distorted(digits.slice(0, seenDigits), copies);
  return [
    asTensors(makeScenes(seen, { count: training, size, seed: 1 })),
    asTensors(makeScenes(digits.slice(seenDigits), { count: unseen, size, seed: 2 })),
  ];
}
