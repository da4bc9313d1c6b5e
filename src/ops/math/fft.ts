import { fail } from '../../base/errors.ts';
import type { OptionNames } from '../../base/options.ts';
import { range, showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { fft as transform } from '../../primitives/complex/fft.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { gather } from '../../primitives/indexing/gather.ts';
import { pad, transpose } from '../../primitives/movement.ts';
import { part } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { cast, like } from '../operands.ts';
import { floatType } from '../promotion.ts';

/** A complex tensor: real and imaginary part. */
export type Complex = readonly [re: Tensor, im: Tensor];
export function complexOf(who: string, x: readonly Tensor[]): Complex {
  const [re, im] = x;
  if (x.length !== 2 || !re || !im || showShape(re.shape) !== showShape(im.shape) || re.shape.length === 0)
    return fail(
      who,
      `x holds shapes ${x.map((t) => showShape(t.shape)).join(', ')}`,
      'give [real, imaginary], both of one shape',
    );
  const dtype = floatType(re.dtype) === 'float64' ? 'float64' : 'float32';
  return [cast(re, dtype), cast(im, dtype)];
}
const swapped = (x: Tensor): Tensor => {
  const rank = x.shape.length;
  return transpose(x, { perm: [...range(rank - 2), rank - 1, rank - 2] });
};
const both = ([re, im]: Complex, f: (x: Tensor) => Tensor): Complex => [f(re), f(im)];
function plane(who: string, x: readonly Tensor[], inverse: boolean): [Tensor, Tensor] {
  const c = complexOf(who, x);
  if (c[0].shape.length < 2) fail(who, `the parts have shape ${showShape(c[0].shape)}`, 'give two axes or more');
  const rows = transform(c[0], c[1], { inverse });
  const turned = both(rows, swapped);
  const columns = both(transform(turned[0], turned[1], { inverse }), swapped);
  const count = c[0].shape.at(-1)! * c[0].shape.at(-2)!;
  const [re, im] = inverse ? both(columns, (t) => p.div(t, like(t, count))) : columns;
  return [re, im];
}
/** Discrete Fourier transform along the last axis of `[real, imaginary]`. @example fft([[1, 1], [0, 0]])[0] // [2, 0] */
export const fft = op(
  ['fft', 'FFT'],
  (x: readonly Tensor[]): [Tensor, Tensor] => {
    const [re, im] = transform(...complexOf('fft', x), { inverse: false });
    return [re, im];
  },
  ['tensors'],
);
/** Discrete Fourier transform over the last two axes of `[real, imaginary]`. @example fft2([[[1, 1]], [[0, 0]]])[0] // [[2, 0]] */
export const fft2 = op(['fft2', 'FFT2'], (x: readonly Tensor[]) => plane('fft2', x, false), ['tensors']);
/** Inverse of `fft2`. @example ifft2([[[2, 0]], [[0, 0]]])[0] // [[1, 1]] */
export const ifft2 = op(['ifft2', 'IFFT2'], (x: readonly Tensor[]) => plane('ifft2', x, true), ['tensors']);

/** The last axis cut, or filled up with zeros. */
function sized(x: Tensor, n: number): Tensor {
  const d = x.shape.length - 1;
  const size = x.shape[d];
  if (size >= n) return part(x, d, 0, n);
  const only = (k: number): number[] => x.shape.map((_, e) => (e === d ? k : 0));
  return pad(x, { low: only(0), high: only(n - size), inner: only(0), value: 0 });
}
export interface FftLengthOption {
  /** Length of the transform; the signal is cut, or filled up with zeros. */
  readonly fftLength?: number | null | undefined;
}
const fftLengthOption: OptionNames<FftLengthOption> = { fftLength: true };
export function realTransform(x: Tensor, n: number): [Tensor, Tensor] {
  const real = sized(cast(x, floatType(x.dtype) === 'float64' ? 'float64' : 'float32'), n);
  const [re, im] = transform(real, like(real, 0), { inverse: false });
  const half = Math.floor(n / 2) + 1;
  const d = re.shape.length - 1;
  return [part(re, d, 0, half), part(im, d, 0, half)];
}
/** Fourier transform of a real signal: the first half of the spectrum, `[real, imaginary]`. @example rfft([1, 1])[0] // [2, 0] */
export const rfft = op(
  ['rfft', 'RFFT'],
  (x: Tensor, { fftLength }: FftLengthOption = {}) => {
    if (x.shape.length === 0) fail('rfft', 'x is a scalar', 'give an axis');
    return realTransform(x, fftLength ?? x.shape.at(-1)!);
  },
  ['tensor'],
  fftLengthOption,
);
/** The real signal whose half spectrum is given. */
export function realInverse([re, im]: Complex, n: number): Tensor {
  const half = Math.floor(n / 2) + 1;
  const [x, y] = [sized(re, half), sized(im, half)];
  const rank = x.shape.length;
  const shape = [...x.shape.slice(0, -1), n];
  const k = iota({ shape, dtype: 'int32', axis: rank - 1 });
  const mirrored = p.sub(like(k, n), k);
  const isFirst = p.lt(k, like(k, half));
  const source = p.select(isFirst, k, mirrored);
  const take = (t: Tensor): Tensor =>
    gather(t, [source], { batch: rank - 1, axes: [rank - 1], mode: 'clamp', fill: 0 });
  // The rest of the spectrum is the conjugate; what stands alone (0, and n/2 for even n) is real.
  const taken = take(y);
  const signed = p.select(isFirst, taken, p.neg(taken));
  const isAlone = p.eq(p.rem(p.add(k, k), like(k, n)), like(k, 0));
  const [out] = transform(take(x), p.select(isAlone, like(taken, 0), signed), { inverse: true });
  return p.div(out, like(out, n));
}
/** The real signal of a half spectrum `[real, imaginary]`: the inverse of `rfft`. @example irfft([[2, 0], [0, 0]]) // [1, 1] */
export const irfft = op(
  ['irfft', 'IRFFT'],
  (x: readonly Tensor[], { fftLength }: FftLengthOption = {}) => {
    const c = complexOf('irfft', x);
    return realInverse(c, fftLength ?? 2 * (c[0].shape.at(-1)! - 1));
  },
  ['tensors'],
  fftLengthOption,
);
