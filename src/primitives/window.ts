import type { Shape } from '../base/shape.ts';
import {
  apply,
  axis,
  both,
  constant,
  type Expr,
  flatten,
  indexOf,
  int,
  minus,
  plus,
  reduce,
  scalarType,
  select,
  times,
  unflatten,
} from '../ir/expr.ts';
import { type Operand, type Primitive, primitive } from '../ir/primitive.ts';
import type { Aval, Tensor } from '../ir/tensor.ts';
import { asStored } from './as-stored.ts';
import { pad } from './movement.ts';

/** A window that slides over all axes of an array, with one number per axis. */
export interface WindowAttrs {
  /** Number of taps. */
  readonly window: readonly number[];
  /** Step from one window to the next. */
  readonly strides: readonly number[];
  /** Spacing of the taps. */
  readonly dilation: readonly number[];
  /** Cells before and after the array that count as absent (negative: elements left out). */
  readonly padding: readonly (readonly [low: number, high: number])[];
}
export interface ReduceWindowAttrs extends WindowAttrs {
  readonly combine: 'add' | 'max' | 'min';
}

const extent = (window: number, dilation: number): number => (window - 1) * dilation + 1;
const slid = (x: Shape, { window, strides, dilation, padding }: WindowAttrs): number[] =>
  x.map((n, d) =>
    Math.max(0, Math.floor((n + padding[d][0] + padding[d][1] - extent(window[d], dilation[d])) / strides[d]) + 1),
  );

/** The index of tap k of window q in the array. */
const positions = (q: readonly Expr[], k: readonly Expr[], a: WindowAttrs): Expr[] =>
  q.map((p, d) => minus(plus(times(p, a.strides[d]), times(k[d], a.dilation[d])), a.padding[d][0]));

/** The conditions for the positions to be in bounds, except those that always hold. */
const insideOf = (x: Aval, at: readonly Expr[], { padding, window, strides, dilation }: WindowAttrs): Expr[] =>
  at.flatMap((i, d) => {
    const n = x.shape[d];
    const last =
      slid([n], {
        window: [window[d]],
        strides: [strides[d]],
        dilation: [dilation[d]],
        padding: [padding[d]],
      })[0] - 1;
    const end = last * strides[d] + extent(window[d], dilation[d]) - padding[d][0];
    return [...(padding[d][0] > 0 ? [apply('ge', i, 0)] : []), ...(end > n ? [apply('lt', i, n)] : [])];
  });

function read(x: Operand, at: readonly Expr[], a: WindowAttrs, absent: number): Expr {
  const inside = insideOf(x, at, a);
  return inside.length === 0 ? x(...at) : select(both(inside), x(...at), constant(absent, scalarType(x.dtype)));
}
// Axes along which the window has one tap need no loop.
const tapsOf = (window: readonly number[]) => window.map((size, d) => axis(size, `k${d}`));
const tapIndex = (taps: ReturnType<typeof tapsOf>): Expr[] => taps.map((t) => (t.size === 1 ? int(0) : indexOf(t)));
const looped = (taps: ReturnType<typeof tapsOf>) => taps.filter((t) => t.size !== 1);

function absentValue(combine: ReduceWindowAttrs['combine'], type: ReturnType<typeof scalarType>): number {
  if (combine === 'add') return 0;
  const [low, high] =
    type === 'i32'
      ? [-(2 ** 31), 2 ** 31 - 1]
      : type === 'u32'
        ? [0, 2 ** 32 - 1]
        : type === 'bool'
          ? [0, 1]
          : [-Infinity, Infinity];
  return combine === 'max' ? low : high;
}

/** `out[q] = combine over k of x[q·stride + k·dilation − pad]`; cells outside count as absent. */
export const reduceWindow: Primitive<[x: Tensor], ReduceWindowAttrs> = primitive<[x: Tensor], ReduceWindowAttrs>(
  'reduceWindow',
  {
    kind: 'window',
    result: ([x], attrs) => ({ shape: slid(x.shape, attrs), dtype: x.dtype }),
    at: ([x], q, attrs) => {
      const taps = tapsOf(attrs.window);
      const absent = absentValue(attrs.combine, scalarType(x.dtype));
      return reduce(attrs.combine, looped(taps), read(x, positions(q, tapIndex(taps), attrs), attrs, absent));
    },
    vjp: (g, [x], { combine, ...attrs }, out) => {
      if (combine === 'add') return [spreadSum(g, x.shape, attrs)];
      return [windowScatter(g, firstInWindow(x, out, attrs), { ...attrs, shape: x.shape })];
    },
    samples: [
      sample([1, 5, 6, 2], 'max', { window: [1, 2, 2, 1], strides: [1, 2, 2, 1] }),
      sample([1, 5, 4, 2], 'add', {
        window: [1, 3, 2, 1],
        strides: [1, 1, 2, 1],
        padding: [
          [0, 0],
          [1, 1],
          [0, 1],
          [0, 0],
        ],
      }),
      sample([7, 5], 'min', {
        window: [3, 2],
        strides: [2, 1],
        dilation: [1, 2],
        padding: [
          [2, 0],
          [1, 1],
        ],
      }),
      sample([8], 'max', { window: [3], strides: [1], padding: [[1, 1]] }),
      sample([8], 'add', { window: [2], strides: [3], padding: [[-1, 2]], dilation: [2] }),
    ],
  },
);

function sample(
  shape: Shape,
  combine: ReduceWindowAttrs['combine'],
  a: Partial<WindowAttrs> & Pick<WindowAttrs, 'window' | 'strides'>,
) {
  const attrs = { combine, dilation: shape.map(() => 1), padding: shape.map(() => [0, 0] as const), ...a };
  return { inputs: [{ shape }], attrs };
}

/** The gradient of a sliding sum: each element gets the sum of g over the windows that contain it. */
function spreadSum(g: Tensor, x: Shape, { window, strides, dilation, padding }: WindowAttrs): Tensor {
  const low = x.map((_, d) => extent(window[d], dilation[d]) - 1 - padding[d][0]);
  const size = g.shape.map((n, d) => (n === 0 ? 0 : (n - 1) * strides[d] + 1));
  const high = x.map((n, d) => n + extent(window[d], dilation[d]) - 1 - size[d] - low[d]);
  const spread = pad(g, { low, high, inner: strides.map((s) => s - 1), value: 0 });
  const ones = strides.map(() => 1);
  return reduceWindow(spread, { combine: 'add', window, strides: ones, dilation, padding: ones.map(() => [0, 0]) });
}

/** Flat position within the window of the first tap that equals `extreme[q]` (or is NaN). */
export const firstInWindow: Primitive<[x: Tensor, extreme: Tensor], WindowAttrs> = primitive<
  [x: Tensor, extreme: Tensor],
  WindowAttrs
>('firstInWindow', {
  kind: 'window',
  result: ([, extreme]) => ({ shape: extreme.shape, dtype: 'int32' }),
  at: ([x, extreme], q, attrs) => {
    const taps = tapsOf(attrs.window);
    const k = tapIndex(taps);
    const at = positions(q, k, attrs);
    const value = asStored(x(...at), x.dtype);
    const hit = apply('or', apply('eq', value, asStored(extreme(...q), extreme.dtype)), apply('ne', value, value));
    const none = attrs.window.reduce((n, size) => n * size, 1);
    const first = select(hit, flatten(k, attrs.window), int(none));
    const inside = insideOf(x, at, attrs);
    // Only a `select` keeps its reads in bounds; its condition must not read outside.
    return reduce('min', looped(taps), inside.length === 0 ? first : select(both(inside), first, int(none)));
  },
  vjp: () => [null, null],
  samples: [
    {
      inputs: [
        { shape: [6], values: [3, 1, 3, 3, 0, 2] },
        { shape: [4], values: [3, 3, 3, 3] },
      ],
      attrs: { window: [3], strides: [1], dilation: [1], padding: [[0, 0]] },
    },
  ],
});

/** The largest number of terms that is unrolled. */
const writtenOut = 9;

/**
 * The sum of `term` over all indices below `sizes`. Few terms are unrolled, because conditions and positions common to
 * all channels are then computed once.
 */
function sumOver(sizes: readonly number[], term: (k: readonly Expr[]) => Expr): Expr {
  const count = sizes.reduce((n, size) => n * size, 1);
  if (count === 0 || count > writtenOut) {
    const taps = tapsOf(sizes);
    return reduce('add', looped(taps), term(tapIndex(taps)));
  }
  const indices = Array.from({ length: count }, (_, k) => unflatten(int(k), sizes));
  return indices.map(term).reduce((a, b) => plus(a, b));
}

/** The largest number of windows that cover an element along axis d (or could, with spread-out taps). */
const layers = (d: number, { window, strides, dilation }: WindowAttrs): number =>
  dilation[d] === 1 ? Math.ceil(window[d] / strides[d]) : window[d];

/** The n-th window along axis d that may cover element i: its number, the tap at i, and whether it does. */
function windowAbove(i: Expr, d: number, n: Expr, a: WindowAttrs, count: number) {
  const [size, stride, dilation, [low]] = [a.window[d], a.strides[d], a.dilation[d], a.padding[d]];
  const at = plus(i, low);
  const conditions: Expr[] = [];
  let window: Expr;
  let tap: Expr;
  if (dilation === 1) {
    // Backwards from the last window that starts at or before i: every stride-th tap.
    const last = apply('floorDiv', at, stride);
    window = minus(last, n);
    tap = plus(minus(at, times(last, stride)), times(n, stride));
    if (size % stride !== 0) conditions.push(apply('lt', tap, size));
  } else {
    tap = n;
    const start = minus(at, times(tap, dilation));
    window = apply('floorDiv', start, stride);
    if (stride !== 1) conditions.push(apply('eq', apply('floorMod', start, stride), 0));
  }
  // A window of one tap that steps by one and is not padded covers every element.
  if (size !== 1 || stride !== 1 || a.padding[d].some((p) => p !== 0))
    conditions.push(apply('ge', window, 0), apply('lt', window, count));
  return { window, tap, conditions };
}

/** Adds g[q] to the element at tap `tap[q]` of window q, in an array of the given shape. */
export const windowScatter: Primitive<[g: Tensor, tap: Tensor], WindowAttrs & { readonly shape: Shape }> = primitive<
  [g: Tensor, tap: Tensor],
  WindowAttrs & { readonly shape: Shape }
>('windowScatter', {
  kind: 'window',
  result: ([g], { shape }) => ({ shape, dtype: g.dtype }),
  at: ([g, tap], index, attrs) => {
    const sizes = index.map((_, d) => layers(d, attrs));
    return sumOver(sizes, (n) => {
      const places = index.map((i, d) => windowAbove(i, d, n[d], attrs, g.shape[d]));
      const q = places.map((place) => place.window);
      const hit = apply(
        'eq',
        tap(...q),
        flatten(
          places.map((place) => place.tap),
          attrs.window,
        ),
      );
      return select(both([...places.flatMap((place) => place.conditions), hit]), g(...q), 0);
    });
  },
  vjp: (g, [, tap], attrs) => [windowGather(g, tap, attrs), null],
  samples: [
    {
      inputs: [{ shape: [4] }, { shape: [4], dtype: 'int32', values: [0, 2, 1, 0] }],
      attrs: { window: [3], strides: [1], dilation: [1], padding: [[0, 0]], shape: [6] },
    },
    {
      inputs: [{ shape: [2, 2] }, { shape: [2, 2], dtype: 'int32', values: [3, 2, 1, 0] }],
      attrs: {
        window: [2, 2],
        strides: [2, 2],
        dilation: [1, 1],
        padding: [
          [1, 0],
          [0, 1],
        ],
        shape: [3, 3],
      },
    },
    {
      inputs: [{ shape: [3, 2] }, { shape: [3, 2], dtype: 'int32', values: [8, 3, 2, 7, 0, 5] }],
      attrs: {
        window: [3, 3],
        strides: [2, 3],
        dilation: [1, 2],
        padding: [
          [1, 1],
          [2, 0],
        ],
        shape: [6, 7],
      },
    },
  ],
});

/** The element at tap `tap[q]` of window q: the reverse of `windowScatter`. 0 where no tap is given. */
export const windowGather: Primitive<[x: Tensor, tap: Tensor], WindowAttrs> = primitive<
  [x: Tensor, tap: Tensor],
  WindowAttrs
>('windowGather', {
  kind: 'movement',
  result: ([x, tap]) => ({ shape: tap.shape, dtype: x.dtype }),
  at: ([x, tap], q, attrs) => {
    const at = positions(q, unflatten(tap(...q), attrs.window), attrs);
    const inside = at.flatMap((i, d) => [apply('ge', i, 0), apply('lt', i, x.shape[d])]);
    const safe = at.map((i, d) => apply('max', apply('min', i, x.shape[d] - 1), 0));
    return select(both(inside), x(...safe), 0);
  },
  vjp: (g, [x, tap], attrs) => [windowScatter(g, tap, { ...attrs, shape: x.shape }), null],
  samples: [
    {
      inputs: [{ shape: [6] }, { shape: [4], dtype: 'int32', values: [0, 2, 1, 0] }],
      attrs: { window: [3], strides: [1], dilation: [1], padding: [[0, 0]] },
    },
  ],
});
