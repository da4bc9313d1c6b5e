import { range } from '../../../base/shape.ts';
import { type Emitter, refuse, type Value } from '../emitter.ts';
import { isKnown, isOne, type Layout, plain, type Size, sameSize, withoutOnes } from '../layout.ts';
import { inLayout, reshape, stored, transposed, viewed } from '../values.ts';
import { inType, type Lower, types, type Work, wide } from '../work.ts';

/** Ends of slices that reach to the end of an axis, forwards and backwards. */
export const toEnd = 2 ** 31 - 1;
const toStart = -(2 ** 31);

/** Where the axes of one form of the operand are, if each of the given ones is stored on its own there. */
export function heldLayout({ e, inputs: [x] }: Work, axes: readonly number[]): Layout {
  const form = x.forms.find(
    ({ layout, ...rest }) =>
      e.isKnownHere({ layout, ...rest }) &&
      axes.every((d) => isOne(x.sizes[d]) || layout.some((g) => g.length === 1 && g[0] === d)),
  );
  return form?.layout ?? plain(x.sizes);
}
export const placesIn = (layout: Layout, axes: readonly number[]): number[] =>
  axes.map((d) => layout.findIndex((group) => group.includes(d)));

const transpose: Lower = ({ attrs, inputs: [x] }) => transposed(x, attrs.perm);
const reshapeTo: Lower = ({ e, inputs: [x], results: [{ sizes }] }) => viewed(e, x, sizes);

const broadcast: Lower = ({ attrs, inputs: [x], results: [{ sizes, dtype }] }) => {
  const axes: readonly number[] = attrs.axes;
  if (x.fill !== undefined) return { dtype, sizes, forms: [], fill: x.fill };
  if (x.sizes.length === sizes.length && x.sizes.every((n, d) => sameSize(n, sizes[d]))) return { ...x };
  if (x.spread)
    return { dtype, sizes, forms: [], spread: { source: x.spread.source, axes: x.spread.axes.map((d) => axes[d]) } };
  return { dtype, sizes, forms: [], spread: { source: x, axes } };
};

const reverse: Lower = (work) => {
  const axes = (work.attrs.axes as number[]).filter((d) => !isOne(work.inputs[0].sizes[d]));
  const layout = heldLayout(work, axes);
  const places = placesIn(layout, axes);
  const all = (n: number): string => work.e.ints(axes.map(() => n));
  const name = work.inLayout(0, layout);
  if (axes.length === 0) return work.result(name, layout);
  return work.result(work.node('Slice', [name, all(-1), all(toStart), work.e.ints(places), all(-1)]), layout);
};

/** Ends of a slice: whole axes to their end, so that any size fits; others as they are, or read from an array. */
function endsOf(e: Emitter, sizes: readonly Size[], ends: readonly Size[]): string {
  const shown = ends.map((end, d) => (sameSize(end, sizes[d]) ? sizes[d].map(() => toEnd) : end));
  if (shown.every(isKnown)) return e.ints(shown.map((end) => end[0]));
  const back = ends.map((end, d) => end.map((n, r) => n - sizes[d][r]));
  if (back.every((n) => isKnown(n) && n[0] < 0)) return e.ints(back.map((n) => n[0]));
  return e.shape(shown);
}
const slice: Lower = (work) => {
  const { e, attrs, inputs } = work;
  const { sizes } = inputs[0];
  const starts = (attrs.starts as number[]).map((_, d) => work.size((a) => a.starts[d]));
  const stops = (attrs.stops as number[]).map((_, d) => work.size((a) => a.stops[d]));
  const strides = work.knownList('the step of a slice', (a) => a.strides);
  const axes = range(sizes.length).filter(
    (d) => !(starts[d].every((n) => n === 0) && sameSize(stops[d], sizes[d]) && strides[d] === 1),
  );
  if (axes.length === 0) return { ...inputs[0] };
  const cut = axes.filter((d) => !isOne(sizes[d]));
  const layout = heldLayout(work, cut);
  const name = work.inLayout(0, layout);
  if (cut.length === 0) return refuse('a slice leaves nothing of an axis');
  const from = e.shape(cut.map((d) => starts[d]));
  const to = endsOf(
    e,
    cut.map((d) => sizes[d]),
    cut.map((d) => stops[d]),
  );
  const steps = cut.map((d) => strides[d]);
  const input = [name, from, to, e.ints(placesIn(layout, cut)), ...(steps.some((n) => n !== 1) ? [e.ints(steps)] : [])];
  return work.result(work.node('Slice', input), layout);
};

const pad: Lower = (work) => {
  const { e, attrs, inputs } = work;
  const [x] = inputs;
  const inner = work.knownList('the spacing of a padding', (a) => a.inner);
  const low = work.knownList('the padding', (a) => a.low);
  const high = (attrs.high as number[]).map((_, d) => work.size((a) => a.high[d]));
  if (inner.some((n) => n !== 0)) return spreadOut(work, inner, low, high);
  if (low.every((n) => n === 0) && high.every((n) => n.every((m) => m === 0))) return { ...x };
  const layout = withOnes(heldLayout(work, range(x.sizes.length)), x, low, high);
  const name = work.inLayout(0, layout);
  const padded = padNode(e, x, name, layout, low, high, attrs.value);
  return work.result(padded, layout);
};
/** Axes of size 1 that grow need a stored axis of their own. */
function withOnes(layout: Layout, x: Value, low: readonly number[], high: readonly Size[]): Layout {
  const grows = (d: number): boolean => isOne(x.sizes[d]) && (low[d] !== 0 || high[d].some((n) => n !== 0));
  return range(x.sizes.length).some(grows) ? range(x.sizes.length).map((d) => [d]) : layout;
}
const paddable = types('float16', 'bfloat16', 'float32', 'float64', 'int32', 'uint32', 'int8', 'uint8', 'bool');
function padNode(
  e: Emitter,
  x: Value,
  name: string,
  layout: Layout,
  low: readonly number[],
  high: readonly Size[],
  value: number,
): string {
  const zero = high[0].map(() => 0);
  const before = layout.map(([d]) => (d === undefined ? zero : high[d].map(() => low[d])));
  const after = layout.map(([d]) => (d === undefined ? zero : high[d]));
  const pads = e.shape([...before, ...after]);
  return inType(e, x.dtype, paddable, [name], ([n]) =>
    e.node('Pad', [n, pads, ...(value === 0 ? [] : [e.scalar(value, x.dtype)])]),
  );
}
/** Elements moved apart: each becomes a row of which it is the first. */
function spreadOut(work: Work, inner: readonly number[], low: readonly number[], high: readonly Size[]): Value {
  const { e, inputs, attrs } = work;
  const [x] = inputs;
  let value: Value = { ...x };
  for (const d of range(x.sizes.length)) {
    if (inner[d] === 0) continue;
    const step = inner[d] + 1;
    const { sizes } = value;
    const row: Size[] = [...sizes.slice(0, d + 1), sizes[d].map(() => 1), ...sizes.slice(d + 1)];
    const wide = row.map((size, k) => (k === d + 1 ? size.map(() => step) : size));
    const name = reshape(e, stored(e, value), sizes, row);
    const zeros = row.map(() => 0);
    const pads = row.map((size, k) => size.map(() => (k === d + 1 ? inner[d] : 0)));
    const padded = padNode(
      e,
      value,
      name,
      row.map((_, k) => [k]),
      zeros,
      pads,
      attrs.value,
    );
    const flat = sizes.map((size, k) => (k === d ? size.map((n) => n * step) : size));
    const joined = reshape(e, padded, wide, flat);
    const cut = e.node('Slice', [joined, e.ints([0]), e.ints([-inner[d]]), e.ints([d])]);
    value = {
      dtype: x.dtype,
      sizes: sizes.map((size, k) => (k === d ? size.map((n) => (n - 1) * step + 1) : size)),
      forms: [],
    };
    value.forms.push({ name: cut, layout: withoutOnes(plain(value.sizes), value.sizes), scope: e.scope });
    e.noteSizes(cut, value.sizes);
  }
  if (low.every((n) => n === 0) && high.every((n) => n.every((m) => m === 0))) return value;
  const layout = range(value.sizes.length).map((d) => [d]);
  return work.result(padNode(e, value, stored(e, value), layout, low, high, attrs.value));
}

const concatenate: Lower = (work) => {
  const { e, inputs, attrs, results } = work;
  const axis: number = attrs.axis;
  const rank = results[0].sizes.length;
  const alone = (layout: Layout): boolean => layout.length === rank && layout.every((group) => group.length <= 1);
  const axesKnown = (layout: Layout): boolean => layout.some((group) => group[0] === axis);
  // The layout that most operands have already, as long as the axis has a place in it.
  const layouts = inputs.flatMap((x) => x.forms.filter((form) => e.isKnownHere(form)).map(({ layout }) => layout));
  const kept = layouts.find(
    (layout) => alone(layout) && axesKnown(layout) && layout.every((group) => group.length === 1),
  );
  const layout = kept ?? range(rank).map((d) => [d]);
  const names = inputs.map((x) => inLayout(e, x, layout));
  return work.result(work.node('Concat', names, { axis: placesIn(layout, [axis])[0] }), layout);
};

/** Starts of a block, kept within bounds, as int64. */
function startsOf(work: Work, first: number, sizes: readonly Size[], block: readonly Size[]): string {
  const { e } = work;
  const parts = sizes.map((_, d) => {
    const start = e.node('Unsqueeze', [e.cast(work.name(first + d), 'int64'), e.ints([0])]);
    return start;
  });
  const starts = e.node('Concat', parts, { axis: 0 });
  const last = e.node('Sub', [e.shape(sizes), e.shape(block)]);
  return e.node('Max', [e.node('Min', [starts, last]), e.ints(sizes.map(() => 0))]);
}
const dynamicSlice: Lower = (work) => {
  const { e, inputs, results } = work;
  const { sizes } = inputs[0];
  const block = results[0].sizes;
  if (sizes.length === 0) return { ...inputs[0] };
  const starts = startsOf(work, 1, sizes, block);
  return work.result(work.node('Slice', [work.name(0), starts, e.node('Add', [starts, e.shape(block)])]));
};
const dynamicUpdateSlice: Lower = (work) => {
  const { e, inputs } = work;
  const [x, update] = inputs;
  if (x.sizes.length === 0) return { ...update };
  const starts = startsOf(work, 2, x.sizes, update.sizes);
  const after = e.node('Sub', [e.node('Sub', [e.shape(x.sizes), e.shape(update.sizes)]), starts]);
  const pads = e.node('Concat', [starts, after], { axis: 0 });
  const ones = e.node('Expand', [e.scalar(1, 'int32'), e.shape(update.sizes)]);
  const inside = e.cast(e.node('Pad', [ones, pads]), 'bool');
  const moved = inType(e, x.dtype, paddable, [work.name(1)], ([name]) => e.node('Pad', [name, pads]));
  if (x.dtype === 'bool')
    return work.result(
      e.node('Or', [e.node('And', [inside, moved]), e.node('And', [e.node('Not', [inside]), work.name(0)])]),
    );
  const chosen = inType(e, x.dtype, types(...wide, 'uint8'), [moved, work.name(0)], ([a, b]) =>
    e.node('Where', [inside, a, b]),
  );
  return work.result(chosen);
};

const iota: Lower = (work) => {
  const { e, attrs, results } = work;
  const [{ sizes, dtype }] = results;
  const axis: number = attrs.axis;
  const source: Value = { dtype, sizes: [sizes[axis]], forms: [] };
  const limit = e.node('Squeeze', [e.size(sizes[axis])]);
  const count = e.node('Range', [e.scalar(0, 'int64'), limit, e.scalar(1, 'int64')]);
  const name = e.cast(count, dtype);
  source.forms.push({ name, layout: plain(source.sizes), scope: e.scope });
  e.noteSizes(name, source.sizes);
  return { dtype, sizes, forms: [], spread: { source, axes: [axis] } };
};
/** A number that depends on unknown sizes: one of them, a quotient, or a multiple. */
const full: Lower = (work) => {
  const { e, results } = work;
  const [{ sizes, dtype }] = results;
  const value = work.size((attrs) => attrs.value);
  if (value.every((n) => Object.is(n, value[0]) || Number.isNaN(n))) return { dtype, sizes, forms: [], fill: value[0] };
  const inverse = value.map((n) => 1 / n);
  const scalar = (size: Size): string => e.cast(e.node('Squeeze', [e.size(size.map(Math.round))]), dtype);
  const isWhole = (list: Size): boolean => list.every((n) => Math.abs(n - Math.round(n)) < 1e-6 * Math.abs(n));
  const name = isWhole(value)
    ? scalar(value)
    : isWhole(inverse)
      ? e.node('Reciprocal', [scalar(inverse)])
      : refuse('a constant depends on an open size in a way that cannot be written');
  const source: Value = { dtype, sizes: [], forms: [{ name, layout: [], scope: e.scope }] };
  return { dtype, sizes, forms: [], spread: { source, axes: [] } };
};

export const movementTable: Readonly<Record<string, Lower>> = {
  transpose,
  reshape: reshapeTo,
  broadcast,
  reverse,
  slice,
  pad,
  concatenate,
  dynamicSlice,
  dynamicUpdateSlice,
  iota,
  full,
};
