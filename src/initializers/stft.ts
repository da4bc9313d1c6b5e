import type { DType } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { f, type Resolved } from '../base/field/field.ts';
import { type Shape, showShape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { tensor } from '../tensor/like.ts';
import { Initializer } from './initializer.ts';
import { windowNames, windowValues } from './windows.ts';

type Window = string | readonly number[] | null;
/** A window by its name or values. */
export const windowField = f.custom<Window, Window>({
  expects: `one of ${windowNames.join(', ')}, numbers, or null`,
  check: (v): v is Window =>
    v === null ||
    (typeof v === 'string' ? windowNames.includes(v) : Array.isArray(v) && v.every((x) => typeof x === 'number')),
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
