import type { Shape } from '../../base/shape.ts';
import {
  axis,
  type Combine,
  constant,
  type Expr,
  indexOf,
  type Local,
  load,
  minus,
  scalarType,
} from '../../ir/expr.ts';
import { accumulate, loop, loops, readLocal, type Stmt, set, store } from '../../ir/loops.ts';
import { type Primitive, primitive } from '../../ir/primitive.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { gt, mul, select } from '../elementwise.ts';
import { full, iota } from '../generators.ts';
import { scatterAlong } from '../indexing/scatter.ts';
import { pad, reverse as reversed } from '../movement.ts';
import { blockScan } from './block-scan.ts';

/** Runs along one axis, from the last element to the first with `reverse`. */
export interface CumulativeAttrs {
  readonly axis: number;
  readonly reverse: boolean;
}

/** Loops over an axis in either direction, in parallel over the others; `body` gets the index. */
function along(
  shape: Shape,
  { axis: d, reverse }: CumulativeAttrs,
  start: Stmt,
  body: (index: Expr[]) => Stmt[],
): readonly Stmt[] {
  const axes = shape.map((size, k) => axis(size, `i${k}`));
  const index = axes.map(indexOf);
  if (reverse) index[d] = minus(shape[d] - 1, index[d]);
  return loops(
    axes.filter((_, k) => k !== d),
    [start, loop(axes[d], body(index))],
    'parallel',
  );
}

function cumulative(
  name: string,
  combine: Combine,
  start: (type: ReturnType<typeof scalarType>) => number,
  vjp: (g: Tensor, x: Tensor, attrs: CumulativeAttrs, out: Tensor) => Tensor,
): Primitive<[x: Tensor], CumulativeAttrs> {
  return primitive<[x: Tensor], CumulativeAttrs>(name, {
    kind: 'loops',
    result: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
    loops: ([x], [out], attrs) => {
      const type = scalarType(x.dtype);
      const sofar: Local = { name: 'sofar', type };
      return along(out.shape, attrs, set(sofar, constant(start(type), type)), (index) => [
        accumulate(sofar, combine, load(x, index)),
        store(out, index, readLocal(sofar)),
      ]);
    },
    wideLoops: ([x], [out], { axis: d, reverse }, scratch) => {
      const type = scalarType(x.dtype);
      const turned = (i: Expr): Expr => (reverse ? minus(out.shape[d] - 1, i) : i);
      return blockScan(
        out.shape,
        d,
        { combine, type, start: start(type), scratch },
        {
          read: (at, i) => load(x, at(turned(i))),
          write: (at, i, value) => store(out, at(turned(i)), value),
        },
      );
    },
    vjp: (g, [x], attrs, out) => [vjp(g, x, attrs, out)],
    samples: [
      { inputs: [{ shape: [2, 5, 3] }], attrs: { axis: 1, reverse: false } },
      { inputs: [{ shape: [2, 4] }], attrs: { axis: 1, reverse: true } },
      { inputs: [{ shape: [4], values: [2, 0, -1, 3] }], attrs: { axis: 0, reverse: false } },
    ],
  });
}
const highest = { f32: Infinity, f64: Infinity, i32: 2 ** 31 - 1, u32: 2 ** 32 - 1, bool: 1 };
const lowest = { f32: -Infinity, f64: -Infinity, i32: -(2 ** 31), u32: 0, bool: 0 };

/** Shifts everything by one in the running direction; `value` comes first. */
function delayed(x: Tensor, { axis: d, reverse }: CumulativeAttrs, value: number): Tensor {
  const only = (n: number): number[] => x.shape.map((_, k) => (k === d ? n : 0));
  const step = reverse ? -1 : 1;
  return pad(x, { low: only(step), high: only(-step), inner: only(0), value });
}

/** `out[i] = x[0] + … + x[i]`. */
export const cumSum = cumulative(
  'cumSum',
  'add',
  () => 0,
  (g, _, { axis, reverse }) => cumSum(g, { axis, reverse: !reverse }),
);

/** `out[i] = x[0] · … · x[i]`. */
export const cumProd = cumulative(
  'cumProd',
  'mul',
  () => 1,
  (g, x, attrs, out) => {
    // h[j] = g[j] + x[j+1] · h[j+1] is the effect of a change of the product up to j; without divisions, so zeros do no harm.
    const back = { axis: attrs.axis, reverse: !attrs.reverse };
    return mul(delayed(out, attrs, 1), recurrence(delayed(x, back, 0), g, back));
  },
);

/** `out[i] = a[i] · out[i-1] + b[i]`, starting from 0. */
export const recurrence: Primitive<[a: Tensor, b: Tensor], CumulativeAttrs> = primitive<
  [a: Tensor, b: Tensor],
  CumulativeAttrs
>('recurrence', {
  kind: 'loops',
  result: ([, b]) => ({ shape: b.shape, dtype: b.dtype }),
  loops: ([a, b], [out], attrs) => {
    const type = scalarType(out.dtype);
    const sofar: Local = { name: 'sofar', type };
    return along(out.shape, attrs, set(sofar, constant(0, type)), (index) => [
      accumulate(sofar, 'mul', load(a, index)),
      accumulate(sofar, 'add', load(b, index)),
      store(out, index, readLocal(sofar)),
    ]);
  },
  vjp: (g, [a], attrs, out) => {
    const back = { axis: attrs.axis, reverse: !attrs.reverse };
    const flow = recurrence(delayed(a, back, 0), g, back);
    return [mul(flow, delayed(out, attrs, 0)), flow];
  },
  samples: [
    { inputs: [{ shape: [5, 2] }, { shape: [5, 2] }], attrs: { axis: 0, reverse: false } },
    { inputs: [{ shape: [2, 4] }, { shape: [2, 4] }], attrs: { axis: 1, reverse: true } },
  ],
});

/** The gradient goes to the element that was the extreme at each position, the first of equal ones. */
const extremeGradient = (
  g: Tensor,
  x: Tensor,
  attrs: CumulativeAttrs,
  better: (a: Tensor, b: Tensor) => Tensor,
  out: Tensor,
): Tensor => {
  if (attrs.reverse) {
    const axes = { axes: [attrs.axis] };
    const turned = { axis: attrs.axis, reverse: false };
    return reversed(extremeGradient(reversed(g, axes), reversed(x, axes), turned, better, reversed(out, axes)), axes);
  }
  const place = iota({ shape: x.shape, dtype: 'int32', axis: attrs.axis });
  const isNew = better(x, delayed(out, attrs, Number.NaN));
  const zero = full({ shape: x.shape, dtype: 'int32', value: 0 });
  const source = cumMax(select(isNew, place, zero), attrs);
  return scatterAlong(full({ shape: x.shape, dtype: x.dtype, value: 0 }), g, source, {
    axis: attrs.axis,
    combine: 'add',
  });
};
/** Largest element so far; NaN from the first one on. */
export const cumMax = cumulative(
  'cumMax',
  'max',
  (type) => lowest[type],
  (g, x, attrs, out) => extremeGradient(g, x, attrs, gt, out),
);
/** Smallest element so far; NaN from the first one on. */
export const cumMin = cumulative(
  'cumMin',
  'min',
  (type) => highest[type],
  (g, x, attrs, out) => extremeGradient(g, x, attrs, (a, b) => gt(b, a), out),
);
