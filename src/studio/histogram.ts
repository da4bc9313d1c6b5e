import type { StudioHistogram } from './protocol.ts';

const bins = 48;

/** The distribution of numbers between the smallest and the largest; non-finite ones are counted separately. */
export function histogramOf(values: ArrayLike<number>, count = bins): StudioHistogram {
  let [low, high, sum, nan, infinite, zero] = [Infinity, -Infinity, 0, 0, 0, 0];
  for (let k = 0; k < values.length; k++) {
    const x = values[k];
    if (!Number.isFinite(x)) {
      if (Number.isNaN(x)) nan++;
      else infinite++;
      continue;
    }
    if (x < low) low = x;
    if (x > high) high = x;
    if (x === 0) zero++;
    sum += x;
  }
  const finite = values.length - nan - infinite;
  if (finite === 0) [low, high] = [0, 0];
  const mean = finite > 0 ? sum / finite : 0;
  const counts = new Array<number>(count).fill(0);
  const scale = high > low ? count / (high - low) : 0;
  let squares = 0;
  for (let k = 0; k < values.length; k++) {
    const x = values[k];
    if (!Number.isFinite(x)) continue;
    counts[scale === 0 ? count >> 1 : Math.min(count - 1, Math.floor((x - low) * scale))]++;
    squares += (x - mean) ** 2;
  }
  const deviation = finite > 0 ? Math.sqrt(squares / finite) : 0;
  return { low, high, counts, mean, deviation, size: values.length, nan, infinite, zero };
}
