import { range } from '../../../base/shape.ts';
import type { GatherAttrs, ScatterAttrs } from '../../../primitives/indexing/indexed.ts';
import { type Emitter, refuse, type Value } from '../emitter.ts';
import { isOne, type Layout, type Size } from '../layout.ts';
import { inLayout } from '../values.ts';
import { axesBut, inType, type Lower, types, type Work, wide } from '../work.ts';

const each = (axes: readonly number[]): Layout => axes.map((d) => [d]);
/** `size - 1` as a scalar of int32. */
function lastOf(e: Emitter, size: Size): string {
  if (size.every((n) => n === size[0])) return e.scalar(size[0] - 1, 'int32');
  const last = e.node('Sub', [e.size(size), e.ints([1])]);
  return e.cast(e.node('Squeeze', [last]), 'int32');
}
const clamped = (e: Emitter, index: string, size: Size): string =>
  e.node('Max', [e.node('Min', [index, lastOf(e, size)]), e.scalar(0, 'int32')]);
/** Whether all indices are within their axes, of the indices' shape. */
function inside(e: Emitter, indices: readonly string[], sizes: readonly Size[]): string {
  const checks = indices.flatMap((index, k) => [
    e.node('GreaterOrEqual', [index, e.scalar(0, 'int32')]),
    e.node('LessOrEqual', [index, lastOf(e, sizes[k])]),
  ]);
  return checks.reduce((a, b) => e.node('And', [a, b]));
}
/** Indices of several axes as one array, whose last axis tells them apart. */
function joined(e: Emitter, indices: readonly string[], rank: number): string {
  const columns = indices.map((index) => e.node('Unsqueeze', [e.cast(index, 'int64'), e.ints([rank])]));
  return columns.length === 1 ? columns[0] : e.node('Concat', columns, { axis: rank });
}

const gather: Lower = (work: Work<GatherAttrs>) => {
  const { e, attrs, inputs, results } = work;
  const [x, ...indices] = inputs;
  const { batch, axes, mode } = attrs;
  const rank = indices[0].sizes.length;
  const whole = axesBut(x.sizes.length, [...range(batch), ...axes]);
  const places = indices.map((index) => inLayout(e, index, each(range(rank))));
  const bounded = places.map((index, k) => clamped(e, index, x.sizes[axes[k]]));
  let name: string;
  let layout: Layout = each(range(results[0].sizes.length));
  if (axes.length === 1 && batch === 0) {
    name = e.node('Gather', [inLayout(e, x, each(range(x.sizes.length))), bounded[0]], { axis: axes[0] });
    // The indices' axes stand where the axis was.
    const before = whole.filter((d) => d < axes[0]).map((d) => rank + whole.indexOf(d));
    const after = whole.filter((d) => d > axes[0]).map((d) => rank + whole.indexOf(d));
    layout = each([...before, ...range(rank), ...after]);
  } else if (axes.length === 1 && batch === x.sizes.length - 1 && rank === x.sizes.length) {
    name = e.node('GatherElements', [inLayout(e, x, each(range(rank))), bounded[0]], { axis: rank - 1 });
  } else {
    const data = inLayout(e, x, each([...range(batch), ...axes, ...whole]));
    name = e.node('GatherND', [data, joined(e, bounded, rank)], { batch_dims: batch });
  }
  if (mode === 'clamp') return work.result(name, layout);
  const isInside = inside(
    e,
    places,
    axes.map((a) => x.sizes[a]),
  );
  const value: Value = { dtype: 'bool', sizes: indices[0].sizes, forms: [] };
  value.forms.push({
    name: isInside,
    layout: each(range(rank)).map((g) => g.filter((d) => !isOne(value.sizes[d]))),
    scope: e.scope,
  });
  // Stands beside the axes that were taken whole.
  const mask = inLayout(
    e,
    value,
    layout.map(([d]) => (d < rank ? [d] : [])),
  );
  const fill = e.scalar(attrs.fill, x.dtype);
  const y =
    x.dtype === 'bool'
      ? e.node(attrs.fill ? 'Or' : 'And', [attrs.fill ? e.node('Not', [mask]) : mask, name])
      : inType(e, x.dtype, types(...wide, 'uint8'), [name, fill], ([a, b]) => e.node('Where', [mask, a, b]));
  return work.result(y, layout);
};

const combined = { set: 'none', add: 'add', mul: 'mul', max: 'max', min: 'min' } as const;
const scatter: Lower = (work: Work<ScatterAttrs>) => {
  const { e, attrs, inputs } = work;
  const [x, updates, ...indices] = inputs;
  const { batch, axes, combine } = attrs;
  const needed = combine === 'set' ? 13 : combine === 'add' || combine === 'mul' ? 16 : 18;
  if (e.opset < needed) refuse(`scattering with "${combine}" needs an opset of at least ${needed}`);
  const rank = indices[0].sizes.length;
  const whole = axesBut(x.sizes.length, [...range(batch), ...axes]);
  const order = [...range(batch), ...axes, ...whole];
  const places = indices.map((index) => inLayout(e, index, each(range(rank))));
  // Batch axes become further indices.
  const grid = range(batch).map((d) => {
    const count = e.node('Range', [
      e.scalar(0, 'int64'),
      e.node('Squeeze', [e.size(x.sizes[d])]),
      e.scalar(1, 'int64'),
    ]);
    const shape = range(rank).map((k) => (k === d ? -1 : 1));
    const row = e.node('Reshape', [e.cast(count, 'int32'), e.ints(shape)]);
    return e.node('Expand', [row, e.shape(indices[0].sizes)]);
  });
  // Updates out of range go to an extra place at the end of the first indexed axis, which is cut off afterwards.
  const isInside = inside(
    e,
    places,
    axes.map((a) => x.sizes[a]),
  );
  const [first] = axes;
  const beyond = e.node('Add', [lastOf(e, x.sizes[first]), e.scalar(1, 'int32')]);
  const safe = places.map((index, k) => e.node('Where', [isInside, index, k === 0 ? beyond : e.scalar(0, 'int32')]));
  const pads = [...order.map(() => 0), ...order.map((d) => (d === first ? 1 : 0))];
  const supported = types('float16', 'float32', 'float64', 'int32');
  const data = inLayout(e, x, each(order));
  const values = inLayout(e, updates, each(range(updates.sizes.length)));
  const index = joined(e, [...grid, ...safe], rank);
  const y = inType(e, x.dtype, supported, [data, values], ([a, b]) => {
    const larger = e.node('Pad', [a, e.ints(pads)]);
    const reduction = combined[combine];
    const all = e.node('ScatterND', [larger, index, b], reduction === 'none' ? {} : { reduction });
    return e.node('Slice', [all, e.ints([0]), e.ints([-1]), e.ints([batch])]);
  });
  return work.result(y, each(order));
};

export const indexingTable: Readonly<Record<string, Lower>> = { gather, scatter };
