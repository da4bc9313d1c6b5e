/** A resampling kernel: the weight of a pixel by its distance in pixels. */
export interface Kernel {
  /** Distance from which on the weight is 0. */
  readonly reach: number;
  weight(distance: number): number;
}
const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
/** A windowed sinc. */
export const lanczos = (reach: number): Kernel => ({
  reach,
  weight: (x) => (x > -reach && x < reach ? sinc(x) * sinc(x / reach) : 0),
});
/** The cubic splines with two parameters of Mitchell and Netravali (1988). */
const cubic = (b: number, c: number): Kernel => ({
  reach: 2,
  weight(distance) {
    const x = Math.abs(distance);
    if (x >= 2) return 0;
    if (x >= 1)
      return ((-b - 6 * c) * x ** 3 + (6 * b + 30 * c) * x ** 2 + (-12 * b - 48 * c) * x + 8 * b + 24 * c) / 6;
    return ((12 - 9 * b - 6 * c) * x ** 3 + (-18 + 12 * b + 6 * c) * x ** 2 + 6 - 2 * b) / 6;
  },
});
export const kernels = {
  box: { reach: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { reach: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: {
    reach: 1,
    weight: (x) => (Math.abs(x) >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x))),
  },
  bicubic: cubic(0, 0.5),
  mitchellcubic: cubic(1 / 3, 1 / 3),
  lanczos3: lanczos(3),
  lanczos5: lanczos(5),
  gaussian: { reach: 1.5, weight: (x) => (Math.abs(x) >= 1.5 ? 0 : Math.exp(-0.5 * (x / 0.5) ** 2)) },
} as const satisfies Readonly<Record<string, Kernel>>;

/** For each of `count` pixels, the first source pixel and the weights of it and the following ones. */
export interface Taps {
  /** The largest number of source pixels. */
  readonly width: number;
  readonly first: Int32Array;
  readonly counts: Int32Array;
  /** `[count, width]`; the weights of a pixel add up to 1. */
  readonly weights: Float64Array;
}

/**
 * Weights for resampling the part from `from` to `to` of a line. If the line shrinks and `antialias` is set, the kernel
 * is widened to cover all source pixels.
 */
export function tapsFor(
  size: number,
  count: number,
  kernel: Kernel,
  { from = 0, to = size, antialias }: { readonly from?: number; readonly to?: number; readonly antialias: boolean },
): Taps {
  const scale = (to - from) / count;
  const stretch = antialias ? Math.max(1, scale) : 1;
  const reach = kernel.reach * stretch;
  const width = Math.ceil(reach) * 2 + 1;
  const taps: Taps = {
    width,
    first: new Int32Array(count),
    counts: new Int32Array(count),
    weights: new Float64Array(count * width),
  };
  for (let p = 0; p < count; p++) {
    const center = from + (p + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - reach + 0.5));
    const end = Math.min(size, Math.trunc(center + reach + 0.5));
    let total = 0;
    for (let k = first; k < end; k++) {
      const weight = kernel.weight((k - center + 0.5) / stretch);
      taps.weights[p * width + k - first] = weight;
      total += weight;
    }
    if (total !== 0) for (let k = 0; k < end - first; k++) taps.weights[p * width + k] /= total;
    taps.first[p] = first;
    taps.counts[p] = end - first;
  }
  return taps;
}
