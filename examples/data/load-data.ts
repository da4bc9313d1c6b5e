import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { type Digit, loadDigits } from './digits.ts';

/** Images `[n, 8, 8, 1]`, paper 0 and ink 1, and their digits `[n]`. */
export type Labelled = readonly [x: keras.Tensor, y: keras.Tensor];

const asTensors = (digits: readonly Digit[]): Labelled => [
  keras.tensor(Float32Array.from(digits.flatMap(({ pixels }) => [...pixels])), { shape: [digits.length, 8, 8, 1] }),
  keras.tensor(Int32Array.from(digits, ({ label }) => label)),
];

/** 1,438 digits to train on, and 359, mostly by other writers, to test on. */
export function loadData(): [training: Labelled, test: Labelled] {
  const digits = loadDigits();
  return [asTensors(digits.slice(0, 1438)), asTensors(digits.slice(1438))];
}

/** The images whose digit is one that is wanted. */
export async function only([x, y]: Labelled, isWanted: (digit: number) => boolean): Promise<Labelled> {
  const indices = Array.from(await y.data(), Number).flatMap((digit, n) => (isWanted(digit) ? [n] : []));
  return [ops.take(x, indices, { axis: 0 }), ops.take(y, indices, { axis: 0 })];
}
