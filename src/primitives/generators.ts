import type { DType } from '../base/dtype.ts';
import type { Shape } from '../base/shape.ts';
import { apply, constant, convert, type Expr, flatten, type Scalar, scalarType } from '../ir/expr.ts';
import { type Primitive, primitive } from '../ir/primitive.ts';
import type { Tensor } from '../ir/tensor.ts';

/** The same value everywhere. */
export const full: Primitive<[], { shape: Shape; dtype: DType; value: number }> = primitive<
  [],
  { shape: Shape; dtype: DType; value: number }
>('full', {
  kind: 'generator',
  result: (_, { shape, dtype }) => ({ shape, dtype }),
  at: (_, __, { dtype, value }) => constant(value, scalarType(dtype)),
  samples: [{ inputs: [], attrs: { shape: [2, 3], dtype: 'float32', value: 1.5 } }],
});

/** The index along one axis: `out[…, i, …] = i`. */
export const iota: Primitive<[], { shape: Shape; dtype: DType; axis: number }> = primitive<
  [],
  { shape: Shape; dtype: DType; axis: number }
>('iota', {
  kind: 'generator',
  result: (_, { shape, dtype }) => ({ shape, dtype }),
  at: (_, index, { dtype, axis }) => convert(index[axis], scalarType(dtype)),
  samples: [
    { inputs: [], attrs: { shape: [2, 3], dtype: 'int32', axis: 1 } },
    { inputs: [], attrs: { shape: [4, 2], dtype: 'float32', axis: 0 } },
  ],
});

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** Threefry-2x32 with twenty rounds: two words from a key of two words and a counter of two (Salmon et al., 2011). */
export function threefry(k0: Expr, k1: Expr, high: Scalar, low: Scalar): [Expr, Expr] {
  const keys = [k0, k1, apply('xor', apply('xor', k0, k1), 0x1bd11bda)];
  let x0 = apply('add', k0, high);
  let x1 = apply('add', k1, low);
  for (let group = 0; group < 5; group++) {
    for (const r of rotations[group % 2]) {
      x0 = apply('add', x0, x1);
      x1 = apply('xor', apply('or', apply('shiftLeft', x1, r), apply('shiftRightLogical', x1, 32 - r)), x0);
    }
    x0 = apply('add', x0, keys[(group + 1) % 3]);
    x1 = apply('add', apply('add', x1, keys[(group + 2) % 3]), group + 1);
  }
  return [x0, x1];
}

/** 32 random bits per element, from a key `uint32[2]`: the words of Threefry at the element's position, xor-ed. */
export const randomBits: Primitive<[key: Tensor], { shape: Shape }> = primitive<[key: Tensor], { shape: Shape }>(
  'randomBits',
  {
    kind: 'generator',
    result: (_, { shape }) => ({ shape, dtype: 'uint32' }),
    at: ([key], index, { shape }) => {
      const [a, b] = threefry(key(0), key(1), 0, convert(flatten(index, shape), 'u32'));
      return apply('xor', a, b);
    },
    vjp: () => [null],
    samples: [{ inputs: [{ shape: [2], dtype: 'uint32', values: [42, 7] }], attrs: { shape: [3, 5] } }],
  },
);

/** `count` new keys `uint32[count, 2]` from one: both words of Threefry at counters 0 … count-1. */
export const splitKey: Primitive<[key: Tensor], { count: number }> = primitive<[key: Tensor], { count: number }>(
  'splitKey',
  {
    kind: 'generator',
    result: (_, { count }) => ({ shape: [count, 2], dtype: 'uint32' }),
    at: ([key], [i, word]) => {
      const [a, b] = threefry(key(0), key(1), 0, convert(i, 'u32'));
      return apply('select', apply('eq', word, 0), a, b);
    },
    vjp: () => [null],
    samples: [{ inputs: [{ shape: [2], dtype: 'uint32', values: [42, 7] }], attrs: { count: 3 } }],
  },
);
