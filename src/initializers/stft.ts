import type { DType } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { f, type Resolved } from '../base/field/field.ts';
import { type Shape, showShape } from '../base/shape.ts';
import { table } from '../base/table.ts';
import type { Tensor } from '../ir/tensor.ts';
import { tensor } from '../tensor/like.ts';
import { Initializer } from './initializer.ts';

/** Cosine windows by their coefficients: `Σ (-1)^k a_k cos(2πkt)`. */
const cosineWindows: Readonly<Record<string, readonly number[]>> = table({
  boxcar: [1],
  hann: [0.5, 0.5],
  hanning: [0.5, 0.5],
  hamming: [0.54, 0.46],
  blackman: [0.42, 0.5, 0.08],
  nuttall: [0.3635819, 0.4891775, 0.1365995, 0.0106411],
  blackmanharris: [0.35875, 0.48829, 0.14128, 0.01168],
  flattop: [0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368],
});
/** The other windows, by position t in [-1, 1]. */
const shapedWindows: Readonly<Record<string, (t: number) => number>> = table({
  cosine: (t) => Math.cos((Math.PI / 2) * t),
  bohman: (t) => (1 - Math.abs(t)) * Math.cos(Math.PI * Math.abs(t)) + Math.sin(Math.PI * Math.abs(t)) / Math.PI,
  bartlett: (t) => 1 - Math.abs(t),
});
const names = [...Object.keys(cosineWindows), ...Object.keys(shapedWindows)];

/** The values of a window by name, as scipy computes them: a periodic one lacks its last value. */
export function windowValues(name: string, length: number, periodic: boolean): number[] {
  const last = periodic ? length : length - 1;
  const coefficients = cosineWindows[name];
  return Array.from({ length }, (_, n) => {
    if (last === 0) return 1;
    if (coefficients)
      return coefficients.reduce((sum, a, k) => sum + (-1) ** k * a * Math.cos((2 * Math.PI * k * n) / last), 0);
    // Cosine windows of scipy lie half a step inside.
    const t = name === 'cosine' ? (2 * (n + 0.5)) / (last + 1) - 1 : (2 * n) / last - 1;
    return shapedWindows[name](t);
  });
}

type Window = string | readonly number[] | null;
/** A window by its name or values. */
export const windowField = f.custom<Window, Window>({
  expects: `one of ${names.join(', ')}, numbers, or null`,
  check: (v): v is Window =>
    v === null ||
    (typeof v === 'string' ? names.includes(v) : Array.isArray(v) && v.every((x) => typeof x === 'number')),
  parse: (v) => v,
  initial: 'hann',
});
const fields = {
  /** Real or imaginary part. */
  side: f.oneOf(['real', 'imag'], 'real'),
  /** Name of a window, its values, or null for none. */
  window: windowField,
  /** Whether the window is one period of an endless signal; false (symmetric) by default. */
  periodic: f.bool(false),
  /** How the window is normalised: "density" by its length, "spectrum" by its sum. */
  scaling: f.nullable(f.oneOf(['density', 'spectrum'], 'density'), 'density'),
};

/** Kernel `[frame length, 1, frequencies]` that makes a convolution a short-time Fourier transform. */
export class STFT extends Initializer<typeof fields> {
  static override readonly className = 'STFT';
  static override readonly fields = fields;
  values(shape: Shape, dtype: DType): Tensor {
    const [frame, , bins] = shape as [number, number, number];
    if (shape.length !== 3)
      fail('STFT', `shape ${showShape(shape)} has not three axes`, 'use it for kernels of Conv1D');
    const { side, window, periodic, scaling } = this.config;
    const values = typeof window === 'string' ? windowValues(window, frame, periodic) : window;
    if (values && values.length !== frame)
      fail('STFT', `the window has ${values.length} values for ${frame} samples`, 'give one value a sample');
    const length = !values
      ? 1
      : scaling === 'density'
        ? Math.hypot(...values)
        : scaling === 'spectrum'
          ? values.reduce((sum, x) => sum + Math.abs(x), 0)
          : 1;
    const wave = side === 'real' ? Math.cos : Math.sin;
    const kernel = Array.from({ length: frame * bins }, (_, n) => {
      const [t, k] = [Math.floor(n / bins), n % bins];
      return (wave((-2 * Math.PI * t * k) / ((bins - 1) * 2)) * (values?.[t] ?? 1)) / length;
    });
    return tensor(kernel, { shape, dtype });
  }
}
export interface STFT extends Resolved<typeof fields> {}
