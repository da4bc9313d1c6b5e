import { type Entry, isFloat, type Known, ofAnyRank, ofRank, sizeOf } from './entry.ts';

const divisorsOf = (n: number): number[] => Array.from({ length: n }, (_, k) => k + 1).filter((d) => n % d === 0);
const sameShape = (a: Known, b: Known): boolean => isFloat(b) && String(a.shape) === String(b.shape);

/** Layers that join tensors element by element. */
const merging: Entry = {
  fits: ofAnyRank,
  make(draw, t, { known }) {
    const others = known.filter((other) => sameShape(t, other));
    const picked = Array.from({ length: draw.from(1, 3) }, () => draw.of(others).id);
    return { on: [[t.id, ...picked]] };
  },
};
const pair: Entry = {
  fits: ofAnyRank,
  make: (draw, t, { known }) => ({ on: [[t.id, draw.of(known.filter((other) => sameShape(t, other))).id]] }),
};

/** Layers that join, reorder and reshape. */
export const shaping: Readonly<Record<string, Entry>> = {
  Flatten: { fits: isFloat, make: (draw) => ({ config: draw.oneIn(5) ? { data_format: 'channels_first' } : {} }) },
  Reshape: {
    fits: ofAnyRank,
    make(draw, { shape }) {
      let rest = sizeOf(shape);
      const target: number[] = [];
      for (let k = draw.below(4); k > 0; k--) {
        const n = draw.of(divisorsOf(rest).filter((d) => d <= 40));
        target.push(n);
        rest /= n;
      }
      target.push(draw.oneIn(3) ? -1 : rest);
      return { config: { target_shape: target } };
    },
  },
  Permute: {
    fits: ofAnyRank,
    make(draw, { shape }) {
      const left = shape.map((_, d) => d + 1);
      return { config: { dims: shape.map(() => left.splice(draw.below(left.length), 1)[0]!) } };
    },
  },
  RepeatVector: { fits: ofRank(1), make: (draw) => ({ config: { n: draw.size(12) } }) },
  Add: merging,
  Average: merging,
  Maximum: merging,
  Minimum: merging,
  Multiply: merging,
  Subtract: pair,
  Concatenate: {
    fits: ofAnyRank,
    make(draw, t, { known }) {
      const axis = draw.from(1, t.shape.length);
      const others = known.filter(
        (o) =>
          isFloat(o) &&
          o.shape.length === t.shape.length &&
          o.shape.every((n, d) => d === axis - 1 || n === t.shape[d]),
      );
      const picked = Array.from({ length: draw.from(1, 2) }, () => draw.of(others).id);
      return { config: { axis: draw.oneIn(2) ? axis - t.shape.length - 1 : axis }, on: [[t.id, ...picked]] };
    },
  },
  Dot: {
    fits: ofRank(1, 2),
    make(draw, t, { known }) {
      const axis = draw.from(1, t.shape.length);
      const n = t.shape[axis - 1];
      const others = known.filter((o) => isFloat(o) && o.shape.length <= 2 && o.shape.includes(n!));
      const other = draw.of(others);
      const axes = [axis, other.shape.indexOf(n!) + 1];
      return { config: { axes, ...(draw.oneIn(3) && { normalize: true }) }, on: [[t.id, other.id]] };
    },
  },
};

const affine = (draw: { oneIn(n: number): boolean }): Record<string, unknown> => ({
  ...(draw.oneIn(4) && { center: false }),
  ...(draw.oneIn(4) && { scale: false }),
});
/** Layers that normalise. */
export const normalizing: Readonly<Record<string, Entry>> = {
  BatchNormalization: {
    fits: ofAnyRank,
    make: (draw, { shape }) => ({
      config: {
        axis: draw.of([-1, -1, draw.from(1, shape.length)]),
        momentum: draw.of([0.99, 0.5]),
        ...affine(draw),
        ...(draw.oneIn(6) && { renorm: true }),
      },
    }),
  },
  LayerNormalization: {
    fits: ofAnyRank,
    make: (draw, { shape }) => ({
      config: {
        axis: draw.oneIn(3) ? shape.map((_, d) => d + 1).slice(draw.below(shape.length)) : -1,
        ...affine(draw),
      },
    }),
  },
  GroupNormalization: {
    fits: ofAnyRank,
    make: (draw, { shape }) => ({ config: { groups: draw.of([-1, ...divisorsOf(shape.at(-1)!)]), ...affine(draw) } }),
  },
  // The scale stands along the last axis, whatever the axis that is normalised.
  RMSNormalization: { fits: ofAnyRank, make: (draw) => ({ config: draw.oneIn(3) ? { epsilon: 1e-3 } : {} }) },
  UnitNormalization: {
    fits: ofAnyRank,
    make: (draw, { shape }) => ({ config: { axis: draw.oneIn(3) ? draw.from(1, shape.length) : -1 } }),
  },
};
