import { fail } from '../../base/errors.ts';
import { showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { scatter } from '../../primitives/indexing/scatter.ts';
import { broadcast, pad as padded } from '../../primitives/movement.ts';
import { reduceSum } from '../../primitives/reduce.ts';
import { asTensor, type Like } from '../../tensor/like.ts';
import { pad } from '../numpy/pad.ts';
import { part } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { cast, filled, like, spreadTo } from '../operands.ts';
import { pieces } from './distance.ts';
import { complexOf, realInverse, realTransform } from './fft.ts';

type Window = 'hann' | 'hamming' | Like | null | undefined;
export interface StftOptions {
  /** Weights of a piece: a name, a vector of `sequenceLength`, or null for ones. */
  readonly window?: Window;
  /** Whether pieces are centred on their positions, the signal being mirrored at its ends. */
  readonly center?: boolean | undefined;
}
/** The window in the middle of `fftLength` points; named ones are periodic. */
function windowOf(who: string, window: Window, length: number, fftLength: number): Tensor {
  if (fftLength < length)
    fail(who, `fftLength ${fftLength} is smaller than sequenceLength ${length}`, 'give a larger fftLength');
  if (window === null || window === undefined) return filled([fftLength], 'float32', 1);
  const low = Math.floor((fftLength - length) / 2);
  const around = { low: [low], high: [fftLength - length - low], inner: [0], value: 0 };
  if (typeof window === 'string') {
    if (window !== 'hann' && window !== 'hamming')
      fail(who, `unknown window "${window as string}"`, 'use "hann", "hamming", a vector or null');
    const a = window === 'hann' ? 0.5 : 0.54;
    const n = iota({ shape: [length], dtype: 'float32', axis: 0 });
    return padded(p.sub(like(n, a), p.mul(p.cos(p.mul(n, like(n, (2 * Math.PI) / length))), like(n, 1 - a))), around);
  }
  const given = cast(asTensor(window), 'float32');
  if (given.shape.length !== 1 || given.shape[0] !== length)
    fail(who, `the window has shape ${showShape(given.shape)}`, `give ${length} weights`);
  return padded(given, around);
}
/** Spectra of overlapping pieces of a signal: `[real, imaginary]`, each `[…, pieces, fftLength / 2 + 1]`. @example stft(ones([8]), 4, 2, 4)[0].shape // [5, 3] */
export const stft = op(
  ['stft', 'STFT'],
  (
    x: Tensor,
    sequenceLength: number,
    sequenceStride: number,
    fftLength: number,
    { window = 'hann', center = true }: StftOptions = {},
  ) => {
    if (x.dtype !== 'float32' && x.dtype !== 'float64') fail('stft', `x is ${x.dtype}`, 'give float32');
    const w = windowOf('stft', window, sequenceLength, fftLength);
    const half = Math.floor(fftLength / 2);
    const signal: Tensor = center
      ? pad(
          x,
          x.shape.map((_, d) => (d === x.shape.length - 1 ? ([half, half] as const) : ([0, 0] as const))),
          { mode: 'reflect' },
        )
      : x;
    const frames = pieces('stft', signal, fftLength, sequenceStride);
    return realTransform(p.mul(frames, spreadTo(cast(w, frames.dtype), frames.shape)), fftLength);
  },
  ['tensor'],
  { window: true, center: true },
);
export interface IstftOptions extends StftOptions {
  /** Length of the signal. */
  readonly length?: number | null | undefined;
}
/** Pieces laid over each other, `stride` apart, and added up. */
function overlapped(frames: Tensor, stride: number): Tensor {
  const [count, length] = frames.shape.slice(-2) as [number, number];
  const rows = frames.shape.slice(0, -2);
  const shape = [count, length];
  const first = iota({ shape, dtype: 'int32', axis: 0 });
  const place = p.add(p.mul(first, like(first, stride)), iota({ shape, dtype: 'int32', axis: 1 }));
  const empty = filled([...rows, length + stride * (count - 1)], frames.dtype, 0);
  const batch = rows.length;
  return scatter(empty, frames, [spreadTo(place, [...rows, ...shape])], { batch, axes: [batch], combine: 'add' });
}
/** The signal of spectra `[real, imaginary]`: the inverse of `stft`. @example istft(stft(ones([8]), 4, 2, 4), 4, 2, 4).shape // [8] */
export const istft = op(
  ['istft', 'ISTFT'],
  (
    x: readonly Tensor[],
    sequenceLength: number,
    sequenceStride: number,
    fftLength: number,
    options: IstftOptions = {},
  ) => {
    const { length, window = 'hann', center = true } = options;
    const spectra = complexOf('istft', x);
    if (spectra[0].shape.length < 2)
      fail('istft', `x has shape ${showShape(spectra[0].shape)}`, 'give […, pieces, bins]');
    const w = cast(windowOf('istft', window, sequenceLength, fftLength), spectra[0].dtype);
    const frames = realInverse(spectra, fftLength);
    const weighted = overlapped(p.mul(frames, spreadTo(w, frames.shape)), sequenceStride);
    const shape = frames.shape.slice(-2);
    const weight = overlapped(broadcast(p.mul(w, w), { shape, axes: [1] }), sequenceStride);
    const safe = p.select(p.gt(weight, like(weight, 1e-10)), weight, like(weight, 1));
    const signal = p.div(weighted, spreadTo(safe, weighted.shape));
    const total = reduceSum(w, { axes: [0] });
    const scale = window === null ? p.div(total, like(total, sequenceStride)) : like(total, 1);
    const scaled = p.mul(signal, spreadTo(scale, signal.shape));
    const d = scaled.shape.length - 1;
    const half = Math.floor(fftLength / 2);
    const start = center ? half : 0;
    const end = length !== undefined && length !== null ? start + length : scaled.shape[d] - (center ? half : 0);
    return part(scaled, d, start, Math.min(end, scaled.shape[d]));
  },
  ['tensors'],
  { length: true, window: true, center: true },
);
