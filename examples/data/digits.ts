import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** A handwritten digit: 8x8 ink values from 0 to 1, row by row, and which digit it is. */
export interface Digit {
  readonly pixels: Float32Array;
  readonly label: number;
}

/** The 1,797 digits of `digits.csv.gz`, in file order. */
export function loadDigits(): Digit[] {
  const file = new URL(import.meta.url.includes('/build/') ? '../../data/digits.csv.gz' : './digits.csv.gz', import.meta.url);
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  return lines.map((line) => {
    const numbers = line.split(',').map(Number);
    return { pixels: Float32Array.from(numbers.slice(0, 64), (ink) => ink / 16), label: numbers[64]! };
  });
}
