import { fail } from '../../base/errors.ts';
import type { OptionNames } from '../../base/options.ts';
import { range, type Shape, showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { add } from '../../primitives/elementwise.ts';
import { concatenate, pad, slice } from '../../primitives/movement.ts';
import { part, reshapeTo } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { perAxis, type Sizes } from './conv.ts';

/** Where a window lies along each spatial axis. */
export interface Sliding {
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly dilation: readonly number[];
}
/** All taps of a window, the last axis fastest. */
export const tapsOf = (window: Shape): number[][] =>
  window.reduce<number[][]>((taps, n) => taps.flatMap((t) => range(n).map((k) => [...t, k])), [[]]);
/** How many windows fit along each axis. */
export const windowsIn = (spatial: Shape, { window, strides, dilation }: Sliding): number[] =>
  spatial.map((n, d) => Math.max(0, Math.floor((n - (window[d] - 1) * dilation[d] - 1) / strides[d]) + 1));
/** What one tap sees: the elements that stand at it as the window slides over the axes from `first` on. */
export function atTap(x: Tensor, first: number, tap: Shape, { window, strides, dilation }: Sliding): Tensor {
  const counts = windowsIn(x.shape.slice(first, first + window.length), { window, strides, dilation });
  const own = (d: number): number => d - first;
  const slides = (d: number): boolean => d >= first && d < first + window.length;
  const start = (d: number): number => (slides(d) && counts[own(d)] > 0 ? tap[own(d)] * dilation[own(d)] : 0);
  return slice(x, {
    starts: x.shape.map((_, d) => start(d)),
    stops: x.shape.map((n, d) => (slides(d) ? start(d) + Math.max(0, (counts[own(d)] - 1) * strides[own(d)] + 1) : n)),
    strides: x.shape.map((_, d) => (slides(d) ? strides[own(d)] : 1)),
  });
}

export interface UnfoldOptions {
  /** Distance of the elements of a block; 1 by default. */
  readonly dilation?: Sizes | undefined;
  /** Zeros around the input; 0 by default. */
  readonly padding?: Sizes | undefined;
  /** Steps between blocks; 1 by default. */
  readonly stride?: Sizes | undefined;
}
const unfoldOptions: OptionNames<UnfoldOptions> = { dilation: true, padding: true, stride: true };
interface Geometry extends Sliding {
  readonly padding: readonly number[];
}
const geometry = (
  who: string,
  kernelSize: Sizes,
  { dilation = 1, padding = 0, stride = 1 }: UnfoldOptions,
): Geometry => ({
  window: perAxis(who, 'kernelSize', kernelSize, 2),
  dilation: perAxis(who, 'dilation', dilation, 2),
  padding: perAxis(who, 'padding', padding, 2, 0),
  strides: perAxis(who, 'stride', stride, 2),
});
/** Sliding blocks of images `[n, c, h, w]` as columns: `[n, c · kh · kw, positions]`. @example unfold(ones([1, 1, 3, 3]), 2).shape // [1, 4, 4] */
export const unfold = op(
  'unfold',
  (x: Tensor, kernelSize: Sizes, options: UnfoldOptions = {}) => {
    if (x.shape.length !== 4)
      fail('unfold', `the tensor has shape ${showShape(x.shape)}`, 'give [batch, channels, height, width]');
    const g = geometry('unfold', kernelSize, options);
    const around = [0, 0, ...g.padding];
    const padded = pad(x, { low: around, high: around, inner: [0, 0, 0, 0], value: 0 });
    const counts = windowsIn(padded.shape.slice(2), g);
    const [n, c] = x.shape as [number, number];
    const positions = counts[0] * counts[1];
    const taps = tapsOf(g.window).map((tap) => reshapeTo(atTap(padded, 2, tap, g), [n, c, 1, positions]));
    const all = taps.length === 1 ? taps[0] : concatenate(taps, { axis: 2 });
    return reshapeTo(all, [n, c * taps.length, positions]);
  },
  ['tensor', 'numbers'],
  unfoldOptions,
);
/** Columns of blocks laid back into images, overlaps added up: the transpose of `unfold`. @example fold(ones([1, 4, 4]), [3, 3], 2).shape // [1, 1, 3, 3] */
export const fold = op(
  'fold',
  (x: Tensor, outputSize: Sizes, kernelSize: Sizes, options: UnfoldOptions = {}) => {
    const g = geometry('fold', kernelSize, options);
    const size = perAxis('fold', 'outputSize', outputSize, 2);
    const padded = size.map((n, d) => n + 2 * g.padding[d]);
    const counts = windowsIn(padded, g);
    const taps = tapsOf(g.window);
    if (x.shape.length !== 3 || x.shape[1] % taps.length !== 0 || x.shape[2] !== counts[0] * counts[1])
      fail(
        'fold',
        `the tensor has shape ${showShape(x.shape)}`,
        `give [batch, channels · ${taps.length}, ${counts[0] * counts[1]}]`,
      );
    const [n, c] = [x.shape[0], x.shape[1] / taps.length];
    const columns = reshapeTo(x, [n, c, taps.length, counts[0], counts[1]]);
    const laid = taps.map((tap, k) => {
      const block = reshapeTo(part(columns, 2, k, k + 1), [n, c, ...counts]);
      const low = tap.map((t, d) => t * g.dilation[d] - g.padding[d]);
      const high = tap.map((_, d) => size[d] - low[d] - ((counts[d] - 1) * g.strides[d] + 1));
      return pad(block, {
        low: [0, 0, ...low],
        high: [0, 0, ...high],
        inner: [0, 0, ...g.strides.map((s) => s - 1)],
        value: 0,
      });
    });
    return laid.reduce((a, b) => add(a, b));
  },
  ['tensor', 'numbers', 'numbers'],
  unfoldOptions,
);
