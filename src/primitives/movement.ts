import { type Shape } from '../base/shape.ts';
import { apply, both, constant, type Expr, int, minus, plus, scalarType, select, times } from '../ir/expr.ts';
import { type Operand, type Primitive, primitive } from '../ir/primitive.ts';
import type { Tensor } from '../ir/tensor.ts';
import { full } from './generators.ts';

export { broadcast, reshape } from './broadcast.ts';

/** Permutes axes: axis d of the result is axis `perm[d]` of the input. */
export const transpose: Primitive<[x: Tensor], { perm: readonly number[] }> = primitive<
  [x: Tensor],
  { perm: readonly number[] }
>('transpose', {
  kind: 'movement',
  result: ([x], { perm }) => ({ shape: perm.map((p) => x.shape[p]), dtype: x.dtype }),
  at: ([x], index, { perm }) => x(...perm.map((_, d) => index[perm.indexOf(d)])),
  vjp: (g, _, { perm }) => [transpose(g, { perm: perm.map((_, d) => perm.indexOf(d)) })],
  samples: [{ inputs: [{ shape: [2, 3, 4] }], attrs: { perm: [2, 0, 1] } }],
});

/** Reverses the given axes. */
export const reverse: Primitive<[x: Tensor], { axes: readonly number[] }> = primitive<
  [x: Tensor],
  { axes: readonly number[] }
>('reverse', {
  kind: 'movement',
  result: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  at: ([x], index, { axes }) => x(...index.map((i, d) => (axes.includes(d) ? minus(x.shape[d] - 1, i) : i))),
  vjp: (g, _, attrs) => [reverse(g, attrs)],
  samples: [{ inputs: [{ shape: [2, 3, 4] }], attrs: { axes: [0, 2] } }],
});

/** Every `strides[d]`-th element of each axis from `starts[d]` up to, not including, `stops[d]`. */
export const slice: Primitive<
  [x: Tensor],
  { starts: readonly number[]; stops: readonly number[]; strides: readonly number[] }
> = primitive<[x: Tensor], { starts: readonly number[]; stops: readonly number[]; strides: readonly number[] }>(
  'slice',
  {
    kind: 'movement',
    result: ([x], { starts, stops, strides }) => ({
      shape: starts.map((from, d) => Math.max(0, Math.ceil((stops[d] - from) / strides[d]))),
      dtype: x.dtype,
    }),
    at: ([x], index, { starts, strides }) => x(...index.map((i, d) => plus(times(i, strides[d]), starts[d]))),
    vjp: (g, [x], { starts, strides }) => {
      const low = [...starts];
      const inner = strides.map((s) => s - 1);
      const high = x.shape.map((n, d) => n - low[d] - (g.shape[d] === 0 ? 0 : (g.shape[d] - 1) * strides[d] + 1));
      return [pad(g, { low, high, inner, value: 0 })];
    },
    samples: [
      { inputs: [{ shape: [5, 6] }], attrs: { starts: [1, 0], stops: [4, 6], strides: [1, 1] } },
      { inputs: [{ shape: [5, 7] }], attrs: { starts: [0, 1], stops: [5, 6], strides: [2, 3] } },
    ],
  },
);

/** Puts `value` before, after and between the elements of each axis; a negative amount before or after cuts off. */
export const pad: Primitive<
  [x: Tensor],
  { low: readonly number[]; high: readonly number[]; inner: readonly number[]; value: number }
> = primitive<
  [x: Tensor],
  { low: readonly number[]; high: readonly number[]; inner: readonly number[]; value: number }
>('pad', {
  kind: 'movement',
  result: ([x], { low, high, inner }) => ({
    shape: x.shape.map((n, d) => low[d] + high[d] + (n === 0 ? 0 : (n - 1) * (inner[d] + 1) + 1)),
    dtype: x.dtype,
  }),
  at: ([x], index, { low, high, inner, value }) => {
    const conditions: Expr[] = [];
    const source = index.map((i, d) => {
      const [n, step, at] = [x.shape[d], inner[d] + 1, minus(i, low[d])];
      if (low[d] > 0) conditions.push(apply('ge', at, 0));
      if (high[d] > 0) conditions.push(apply('lt', at, (n - 1) * step + 1));
      if (step > 1) conditions.push(apply('eq', apply('floorMod', at, step), 0));
      return apply('floorDiv', at, step);
    });
    return conditions.length === 0
      ? x(...source)
      : select(both(conditions), x(...source), constant(value, scalarType(x.dtype)));
  },
  vjp: (g, [x], { low, high, inner }) => {
    // Undo the outer padding (cutting what was added, zeros where it was cut), then pick every (inner + 1)-th element.
    const cut = pad(g, { low: low.map((n) => -n), high: high.map((n) => -n), inner: inner.map(() => 0), value: 0 });
    return [slice(cut, { starts: x.shape.map(() => 0), stops: cut.shape, strides: inner.map((n) => n + 1) })];
  },
  samples: [
    { inputs: [{ shape: [2, 3] }], attrs: { low: [1, 0], high: [0, 2], inner: [0, 0], value: 7 } },
    { inputs: [{ shape: [3, 4] }], attrs: { low: [-1, 2], high: [2, -1], inner: [1, 2], value: 0 } },
  ],
});

const join: Primitive<[...Tensor[]], { axis: number }> = primitive<[...Tensor[]], { axis: number }>('concatenate', {
  kind: 'movement',
  result: (list, { axis }) => ({
    shape: list[0].shape.map((n, d) => (d === axis ? list.reduce((sum, x) => sum + x.shape[d], 0) : n)),
    dtype: list[0].dtype,
  }),
  at: (list, index, { axis }) => {
    const pick = (k: number, start: number): Expr => {
      const x: Operand = list[k];
      const here = x(...index.map((i, d) => (d === axis ? minus(i, start) : i)));
      const end = start + x.shape[axis];
      return k === list.length - 1 ? here : select(apply('lt', index[axis], int(end)), here, pick(k + 1, end));
    };
    return pick(0, 0);
  },
  vjp: (g, list, { axis }) => {
    let end = 0;
    return list.map((x) => {
      const start = end;
      end += x.shape[axis];
      return slice(g, {
        starts: g.shape.map((_, d) => (d === axis ? start : 0)),
        stops: g.shape.map((n, d) => (d === axis ? start + x.shape[axis] : n)),
        strides: g.shape.map(() => 1),
      });
    });
  },
  samples: [
    { inputs: [{ shape: [2, 3] }, { shape: [1, 3] }, { shape: [3, 3] }], attrs: { axis: 0 } },
    { inputs: [{ shape: [2, 3] }, { shape: [2, 2] }], attrs: { axis: 1 } },
  ],
});

/** Joins arrays along an axis. */
export const concatenate = Object.assign(
  (list: readonly Tensor[], attrs: { axis: number }): Tensor => join(...(list as [Tensor]), attrs),
  { rule: join.rule },
);
const take: Primitive<[x: Tensor, ...starts: Tensor[]], { sizes: Shape }> = primitive<
  [x: Tensor, ...starts: Tensor[]],
  { sizes: Shape }
>('dynamicSlice', {
  kind: 'movement',
  result: ([x], { sizes }) => ({ shape: sizes, dtype: x.dtype }),
  at: ([x, ...starts], index, { sizes }) =>
    x(...index.map((i, d) => plus(i, clamped(starts[d](), x.shape[d] - sizes[d])))),
  vjp: (g, [x, ...starts]) => [
    dynamicUpdateSlice(full({ shape: x.shape, dtype: x.dtype, value: 0 }), g, starts),
    ...starts.map(() => null),
  ],
  samples: [
    {
      inputs: [
        { shape: [4, 5] },
        { shape: [], dtype: 'int32', values: [1] },
        { shape: [], dtype: 'int32', values: [4] },
      ],
      attrs: { sizes: [2, 3] },
    },
  ],
});
/** A block of fixed size at a computed start: one int32 scalar per axis, clamped so that the block is in bounds. */
export const dynamicSlice = Object.assign(
  (x: Tensor, starts: readonly Tensor[], attrs: { sizes: Shape }): Tensor => take(x, ...(starts as [Tensor]), attrs),
  { rule: take.rule },
);
const clamped = (start: Expr, last: number): Expr => apply('max', apply('min', start, last), 0);

const put: Primitive<[x: Tensor, update: Tensor, ...starts: Tensor[]], undefined> = primitive<
  [x: Tensor, update: Tensor, ...starts: Tensor[]],
  undefined
>('dynamicUpdateSlice', {
  kind: 'movement',
  result: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  at: ([x, update, ...starts], index) => {
    const source = index.map((i, d) => minus(i, clamped(starts[d](), x.shape[d] - update.shape[d])));
    const inside = source.flatMap((s, d) =>
      update.shape[d] === x.shape[d] ? [] : [apply('ge', s, 0), apply('lt', s, update.shape[d])],
    );
    return inside.length === 0 ? update(...source) : select(both(inside), update(...source), x(...index));
  },
  vjp: (g, [, update, ...starts]) => [
    dynamicUpdateSlice(g, full({ shape: update.shape, dtype: g.dtype, value: 0 }), starts),
    dynamicSlice(g, starts, { sizes: update.shape }),
    ...starts.map(() => null),
  ],
  samples: [
    {
      inputs: [
        { shape: [4, 5] },
        { shape: [2, 3] },
        { shape: [], dtype: 'int32', values: [1] },
        { shape: [], dtype: 'int32', values: [4] },
      ],
      attrs: undefined,
    },
  ],
});

/** `x` with the block at `starts` (int32 scalars, clamped so that it is in bounds) replaced by `update`. */
export const dynamicUpdateSlice = Object.assign(
  (x: Tensor, update: Tensor, starts: readonly Tensor[]): Tensor => put(x, update, ...starts),
  { rule: put.rule },
);
