import type { Draw } from '../draw.ts';
import { activation, type Entry, type Known, ofRank, sizeOf, weightOptions } from './entry.ts';

/** Sizes along the spatial axes, and the channels. */
function partsOf({ shape }: Known, isFirst: boolean): { spatial: readonly number[]; channels: number } {
  return isFirst
    ? { spatial: shape.slice(1), channels: shape[0]! }
    : { spatial: shape.slice(0, -1), channels: shape.at(-1)! };
}
const format = (isFirst: boolean) => (isFirst ? { data_format: 'channels_first' } : {});
const divisorsOf = (n: number): number[] => Array.from({ length: n }, (_, k) => k + 1).filter((d) => n % d === 0);

/** Windows that fit: their size, and how they step or spread. */
function windows(draw: Draw, spatial: readonly number[], { most = 5, canDilate = true } = {}) {
  const padding = draw.of(['same', 'valid']);
  const kernel_size = spatial.map((n) => draw.from(1, padding === 'valid' ? Math.min(n, most) : most));
  const way = draw.below(canDilate ? 4 : 3);
  const strides = way === 1 || way === 2 ? spatial.map(() => draw.from(1, 3)) : undefined;
  const dilation_rate =
    way === 3
      ? spatial.map((n, d) => {
          const k = kernel_size[d]!;
          const largest = padding === 'valid' && k > 1 ? Math.floor((n - 1) / (k - 1)) : 3;
          return draw.from(1, Math.min(3, Math.max(1, largest)));
        })
      : undefined;
  return { padding, kernel_size, ...(strides && { strides }), ...(dilation_rate && { dilation_rate }) };
}

const conv = (rank: number): Entry => ({
  fits: ofRank(rank + 1),
  make(draw, t) {
    const isFirst = draw.oneIn(5);
    const { spatial, channels } = partsOf(t, isFirst);
    const groups = draw.oneIn(3) ? draw.of(divisorsOf(channels)) : 1;
    const given = windows(draw, spatial);
    return {
      config: {
        filters: groups * draw.size(Math.max(1, Math.floor(24 / groups))),
        ...given,
        // In front of a sequence any window fits.
        ...(rank === 1 && draw.oneIn(4) && { padding: 'causal' }),
        ...format(isFirst),
        ...(groups > 1 && { groups }),
        ...activation(draw),
        ...(draw.oneIn(3) && { use_bias: false }),
        ...weightOptions(draw),
      },
    };
  },
});
const transposed = (rank: number): Entry => ({
  fits: ofRank(rank + 1),
  make(draw, t) {
    const isFirst = draw.oneIn(5);
    const given = windows(draw, partsOf(t, isFirst).spatial, { most: 4 });
    const padded = given.strides?.every((s, d) => s > 1 && given.kernel_size[d]! >= s) && draw.oneIn(3);
    return {
      config: {
        filters: draw.size(16),
        ...given,
        ...(padded && { output_padding: given.strides!.map((s) => draw.below(s)) }),
        ...format(isFirst),
        ...activation(draw),
        ...(draw.oneIn(3) && { use_bias: false }),
      },
    };
  },
});
/** In two dimensions Keras wants one stride for both. */
const even = (given: ReturnType<typeof windows>) => ({
  ...given,
  ...(given.strides && { strides: given.strides.map(() => given.strides![0]!) }),
});
const depthwise = (rank: number): Entry => ({
  fits: ofRank(rank + 1),
  make(draw, t) {
    const isFirst = draw.oneIn(5);
    return {
      config: {
        ...even(windows(draw, partsOf(t, isFirst).spatial)),
        depth_multiplier: draw.from(1, 3),
        ...format(isFirst),
        ...activation(draw),
        ...(draw.oneIn(3) && { use_bias: false }),
        ...weightOptions(draw, 'depthwise'),
      },
    };
  },
});
const separable = (rank: number): Entry => ({
  fits: ofRank(rank + 1),
  make(draw, t) {
    const isFirst = draw.oneIn(5);
    return {
      config: {
        filters: draw.size(16),
        ...even(windows(draw, partsOf(t, isFirst).spatial)),
        depth_multiplier: draw.from(1, 2),
        ...format(isFirst),
        ...activation(draw),
      },
    };
  },
});
const pooling = (rank: number): Entry => ({
  fits: ofRank(rank + 1),
  make(draw, t) {
    const isFirst = draw.oneIn(5);
    const { spatial } = partsOf(t, isFirst);
    const { kernel_size, strides, padding } = windows(draw, spatial, { most: 4, canDilate: false });
    return { config: { pool_size: kernel_size, ...(strides && { strides }), padding, ...format(isFirst) } };
  },
});
const global = (rank: number): Entry => ({
  fits: ofRank(rank + 1),
  // A mask counts the steps of the first axis: with channels there, Keras refuses it too.
  make: (draw, { masked }) => ({
    config: { ...format(draw.oneIn(5) && !masked), ...(draw.oneIn(3) && { keepdims: true }) },
  }),
});
const adaptive = (rank: number): Entry => ({
  fits: ofRank(rank + 1),
  make(draw, t) {
    const isFirst = draw.oneIn(5);
    const { spatial } = partsOf(t, isFirst);
    return { config: { output_size: spatial.map((n) => draw.from(1, Math.min(n, 5))), ...format(isFirst) } };
  },
});
const enlarged = (rank: number): Entry => ({
  fits: (t, { batch, room }) => ofRank(rank + 1)(t) && batch * sizeOf(t.shape) * 2 ** rank <= room,
  make(draw) {
    if (rank === 1) return { config: { size: draw.from(1, 3) } };
    const interpolation = rank === 2 ? draw.of(['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5']) : undefined;
    return {
      config: {
        size: Array.from({ length: rank }, () => draw.from(1, 2)),
        ...format(draw.oneIn(5)),
        ...(interpolation && { interpolation }),
      },
    };
  },
});
/** One border, in the spelling that Keras has for so many axes. */
const borders = (rank: number, pairs: readonly (readonly number[])[]): unknown => (rank === 1 ? pairs[0] : pairs);
const cropped = (rank: number): Entry => ({
  fits: ofRank(rank + 1),
  make(draw, t) {
    const isFirst = rank > 1 && draw.oneIn(5);
    const pairs = partsOf(t, isFirst).spatial.map((n) => {
      const before = draw.from(0, Math.min(2, n - 1));
      return [before, draw.from(0, Math.min(2, n - 1 - before))];
    });
    return { config: { cropping: borders(rank, pairs), ...format(isFirst) } };
  },
});
const padded = (rank: number): Entry => ({
  fits: ofRank(rank + 1),
  make: (draw) => ({
    config: {
      padding: borders(
        rank,
        Array.from({ length: rank }, () => [draw.from(0, 2), draw.from(0, 2)]),
      ),
      ...(draw.oneIn(5) && format(true)),
    },
  }),
});
const spatialDropout = (rank: number): Entry => ({
  fits: ofRank(rank + 1),
  make: (draw) => ({ config: { rate: draw.of([0.5, 0.2]), ...(rank > 1 && draw.oneIn(4) && format(true)) } }),
});

const ranks = [1, 2, 3];
const each = (name: (rank: number) => string, make: (rank: number) => Entry, over = ranks): Record<string, Entry> =>
  Object.fromEntries(over.map((rank) => [name(rank), make(rank)]));

/** Layers over sequences, images and volumes. */
export const windowed: Readonly<Record<string, Entry>> = {
  ...each((r) => `Conv${r}D`, conv),
  ...each((r) => `Conv${r}DTranspose`, transposed),
  ...each((r) => `DepthwiseConv${r}D`, depthwise, [1, 2]),
  ...each((r) => `SeparableConv${r}D`, separable, [1, 2]),
  ...each((r) => `MaxPooling${r}D`, pooling),
  ...each((r) => `AveragePooling${r}D`, pooling),
  ...each((r) => `GlobalMaxPooling${r}D`, global),
  ...each((r) => `GlobalAveragePooling${r}D`, global),
  ...each((r) => `AdaptiveMaxPooling${r}D`, adaptive),
  ...each((r) => `AdaptiveAveragePooling${r}D`, adaptive),
  ...each((r) => `UpSampling${r}D`, enlarged),
  ...each((r) => `Cropping${r}D`, cropped),
  ...each((r) => `ZeroPadding${r}D`, padded),
  ...each((r) => `SpatialDropout${r}D`, spatialDropout),
};
