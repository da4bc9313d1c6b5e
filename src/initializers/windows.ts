import { table } from '../base/table.ts';

/** Cosine windows by their coefficients: `Σ (-1)^k a_k cos(2πkn / (L - 1))`. */
const cosines: Readonly<Record<string, readonly number[]>> = table({
  boxcar: [1],
  hann: [0.5, 0.5],
  hanning: [0.5, 0.5],
  hamming: [0.54, 0.46],
  blackman: [0.42, 0.5, 0.08],
  nuttall: [0.3635819, 0.4891775, 0.1365995, 0.0106411],
  blackmanharris: [0.35875, 0.48829, 0.14128, 0.01168],
  flattop: [0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368],
});
/** The other windows: value n of L, in scipy's words and with its defaults. */
const shapes: Readonly<Record<string, (n: number, L: number) => number>> = table({
  // It lies half a step inside.
  cosine: (n, L) => Math.sin((Math.PI * (n + 0.5)) / L),
  bohman(n, L) {
    const t = Math.abs((2 * n) / (L - 1) - 1);
    return (1 - t) * Math.cos(Math.PI * t) + Math.sin(Math.PI * t) / Math.PI;
  },
  bartlett: (n, L) => 1 - Math.abs((2 * n) / (L - 1) - 1),
  triang: (n, L) => 1 - Math.abs(L % 2 === 1 ? (2 * (n + 1)) / (L + 1) - 1 : (2 * n + 1) / L - 1),
  barthann(n, L) {
    const t = Math.abs(n / (L - 1) - 0.5);
    return 0.62 - 0.48 * t + 0.38 * Math.cos(2 * Math.PI * t);
  },
  parzen(n, L) {
    const from = Math.abs(n - (L - 1) / 2);
    const t = from / (L / 2);
    return from <= (L - 1) / 4 ? 1 - 6 * t ** 2 + 6 * t ** 3 : 2 * (1 - t) ** 3;
  },
  exponential: (n, L) => Math.exp(-Math.abs(n - (L - 1) / 2)),
  // Half of it is flat.
  tukey(n, L) {
    const t = Math.min(n, L - 1 - n) / (L - 1);
    return t < 0.25 ? 0.5 * (1 - Math.cos(4 * Math.PI * t)) : 1;
  },
  lanczos(n, L) {
    const t = Math.PI * ((2 * n) / (L - 1) - 1);
    return t === 0 ? 1 : Math.sin(t) / t;
  },
  taylor: (n, L) => taylor(n, L) / taylor((L - 1) / 2, L),
});
/** Taylor's window with sidelobes 30 dB below, four of them nearly as high. */
function taylor(n: number, L: number): number {
  const lobes = 4;
  const a = Math.acosh(10 ** (30 / 20)) / Math.PI;
  const stretch = lobes ** 2 / (a ** 2 + (lobes - 0.5) ** 2);
  let sum = 1;
  for (let m = 1; m < lobes; m++) {
    let [over, under] = [m % 2 === 1 ? 1 : -1, 2];
    for (let k = 1; k < lobes; k++) {
      over *= 1 - m ** 2 / stretch / (a ** 2 + (k - 0.5) ** 2);
      if (k !== m) under *= 1 - m ** 2 / k ** 2;
    }
    sum += ((2 * over) / under) * Math.cos((2 * Math.PI * m * (n - L / 2 + 0.5)) / L);
  }
  return sum;
}

/** Names of windows that need no further numbers. */
export const windowNames: readonly string[] = [...Object.keys(cosines), ...Object.keys(shapes)];

/** The values of a window by name, as scipy computes them: a periodic one lacks its last value. */
export function windowValues(name: string, length: number, periodic: boolean): number[] {
  const all = periodic ? length + 1 : length;
  const coefficients = cosines[name];
  return Array.from({ length }, (_, n) => {
    if (all === 1) return 1;
    if (!coefficients) return shapes[name](n, all);
    return coefficients.reduce((sum, a, k) => sum + (-1) ** k * a * Math.cos((2 * Math.PI * k * n) / (all - 1)), 0);
  });
}
