import { range, type Shape } from '../base/shape.ts';
import {
  apply,
  axis,
  both,
  convert,
  type Expr,
  indexOf,
  minus,
  plus,
  reduce,
  scalarType,
  select,
  times,
} from '../ir/expr.ts';
import { type Primitive, primitive } from '../ir/primitive.ts';
import type { Tensor } from '../ir/tensor.ts';
import { reverse, transpose } from './movement.ts';

/**
 * A convolution over any number of spatial axes. Logical axes: x is [n, …p, g, c], w is [g, …k, c, o], the result is
 * [n, …q, g, o]; g counts groups, each of which sees only its own c input and o output channels.
 */
export interface ConvAttrs {
  /** Step of the window over x. */
  readonly strides: readonly number[];
  /** Zeros before and after each spatial axis of x (negative: elements left out). */
  readonly padding: readonly (readonly [low: number, high: number])[];
  /** Spacing of the window's taps. */
  readonly dilation: readonly number[];
  /** Spacing put between the elements of x: the stride of a transposed convolution. */
  readonly inputDilation: readonly number[];
}
const spread = (n: number, d: number): number => (n === 0 ? 0 : (n - 1) * d + 1);
const spatialOf = (x: Shape): Shape => x.slice(1, -2);

/** out[n, q, g, o] = Σ_{k,c} x[n, q·stride + k·dilation − pad, g, c] · w[g, k, c, o]. */
export const conv: Primitive<[x: Tensor, w: Tensor], ConvAttrs> = primitive<[x: Tensor, w: Tensor], ConvAttrs>('conv', {
  kind: 'contraction',
  result: ([x, w], { strides, padding, dilation, inputDilation }) => ({
    shape: [
      x.shape[0],
      ...spatialOf(x.shape).map((n, i) =>
        Math.max(
          0,
          Math.floor(
            (spread(n, inputDilation[i]) + padding[i][0] + padding[i][1] - spread(w.shape[i + 1], dilation[i])) /
              strides[i],
          ) + 1,
        ),
      ),
      w.shape[0],
      w.shape.at(-1)!,
    ],
    dtype: x.dtype,
  }),
  at: ([x, w], index, attrs, out) => {
    const [n, ...rest] = index as [Expr, ...Expr[]];
    const [q, g, o] = [rest.slice(0, -2), rest.at(-2)!, rest.at(-1)!];
    const taps = w.shape.slice(1, -2).map((size, i) => axis(size, `k${i}`));
    const channel = axis(w.shape.at(-2)!, 'c');
    const k = taps.map(indexOf);
    const c = indexOf(channel);
    const source = q.map((p, i) =>
      minus(plus(times(p, attrs.strides[i]), times(k[i], attrs.dilation[i])), attrs.padding[i][0]),
    );
    const type = scalarType(out.dtype);
    const value = inside(spatialOf(x.shape), source, attrs.inputDilation, (at) => convert(x(n, ...at, g, c), type));
    return reduce('add', [...taps, channel], apply('mul', value, convert(w(g, ...k, c, o), type)));
  },
  contraction: ([x], { strides, padding, dilation, inputDilation }) => {
    const [group, channel] = [x.shape.length - 2, x.shape.length - 1];
    return {
      batch: [[group, 0, group]],
      lines: [[[0, 0]], [[channel, channel]]],
      depth: [[channel, group]],
      windows: strides.map((stride, i) => ({
        left: i + 1,
        right: i + 1,
        out: i + 1,
        stride,
        dilation: dilation[i],
        spacing: inputDilation[i],
        low: padding[i][0],
      })),
    };
  },
  vjp: (g, [x, w], attrs) => [inputGradient(g, w, x.shape, attrs), filterGradient(x, g, w.shape, attrs)],
  samples: [
    sample([2, 5, 6, 1, 3], [1, 3, 2, 3, 4], {
      strides: [2, 1],
      padding: [
        [1, 1],
        [0, 1],
      ],
      dilation: [1, 2],
    }),
    sample([1, 7, 1, 2], [1, 2, 2, 3], { strides: [3], padding: [[0, 0]], dilation: [1] }),
    sample([2, 6, 5, 2, 2], [2, 3, 3, 2, 3], {
      strides: [1, 2],
      padding: [
        [1, 1],
        [1, 1],
      ],
      dilation: [1, 1],
    }),
    sample([1, 4, 5, 3, 1], [3, 3, 3, 1, 2], {
      strides: [1, 1],
      padding: [
        [1, 1],
        [1, 1],
      ],
      dilation: [1, 1],
    }),
    sample([1, 4, 3, 1, 2], [1, 3, 3, 2, 2], {
      strides: [1, 1],
      padding: [
        [2, 1],
        [1, 2],
      ],
      dilation: [1, 1],
      inputDilation: [2, 3],
    }),
  ],
});

function sample(x: Shape, w: Shape, attrs: Omit<ConvAttrs, 'inputDilation'> & { inputDilation?: number[] }) {
  return { inputs: [{ shape: x }, { shape: w }], attrs: { inputDilation: attrs.strides.map(() => 1), ...attrs } };
}

/** The element of x at `source`; zero in the padding and between spread-out elements. */
function inside(
  spatial: Shape,
  source: readonly Expr[],
  inputDilation: readonly number[],
  load: (at: Expr[]) => Expr,
): Expr {
  const conditions = source.flatMap((s, i) => [
    apply('ge', s, 0),
    apply('lt', s, spread(spatial[i], inputDilation[i])),
    ...(inputDilation[i] === 1 ? [] : [apply('eq', apply('floorMod', s, inputDilation[i]), 0)]),
  ]);
  return select(both(conditions), load(source.map((s, i) => apply('floorDiv', s, inputDilation[i]))), 0);
}

/** x's gradient: slide the flipped filter, its channels swapped, over g spread out by the stride. */
function inputGradient(g: Tensor, w: Tensor, x: Shape, a: ConvAttrs): Tensor {
  const rank = w.shape.length - 3;
  const taps = range(rank);
  const flipped = reverse(w, { axes: taps.map((i) => i + 1) });
  return conv(g, transpose(flipped, { perm: [0, ...taps.map((i) => i + 1), rank + 2, rank + 1] }), {
    strides: a.inputDilation,
    dilation: a.dilation,
    inputDilation: a.strides,
    padding: taps.map((i) => {
      const window = spread(w.shape[i + 1], a.dilation[i]);
      const low = window - 1 - a.padding[i][0];
      return [
        low,
        spread(x[i + 1], a.inputDilation[i]) + window - 1 - spread(g.shape[i + 1], a.strides[i]) - low,
      ] as const;
    }),
  });
}

/** w's gradient: slide g, spread out by the stride, over x; batch and channels are exchanged. */
function filterGradient(x: Tensor, g: Tensor, w: Shape, a: ConvAttrs): Tensor {
  const rank = w.length - 3;
  const taps = range(rank);
  const inner = taps.map((i) => i + 1);
  const [group, channel] = [rank + 1, rank + 2];
  // x as [c, …p, g, n], g as [g, …q, n, o]: the sum runs over the batch; the result is [c, …k, g, o].
  const swapped = transpose(x, { perm: [channel, ...inner, group, 0] });
  const window = transpose(g, { perm: [group, ...inner, 0, channel] });
  const out = conv(swapped, window, {
    strides: a.dilation,
    dilation: a.strides,
    inputDilation: a.inputDilation,
    padding: taps.map((i) => {
      const low = a.padding[i][0];
      return [
        low,
        spread(g.shape[i + 1], a.strides[i]) -
          spread(x.shape[i + 1], a.inputDilation[i]) +
          spread(w[i + 1], a.dilation[i]) -
          low -
          1,
      ] as const;
    }),
  });
  return transpose(out, { perm: [group, ...inner, 0, channel] });
}
