import type { TypedArray } from '../../base/dtype.ts';
import { range, type Shape, stridesOf } from '../../base/shape.ts';
import type { Emitter, Form, Value } from './emitter.ts';
import {
  isKnown,
  isOne,
  type Layout,
  plain,
  reshaped,
  runsOf,
  type Size,
  sameLayout,
  sameList,
  sameSize,
  sameSizes,
  storedSizes,
  withoutOnes,
} from './layout.ts';

const rowOf = (value: Value, layout: Layout, e: Emitter): Size[] => storedSizes(layout, value.sizes, e.recordings);

/** The name of an array with its axes in their order. */
export const stored = (e: Emitter, value: Value): string => inLayout(e, value, plain(value.sizes));

/** The name of an array in a given layout; nodes that move elements are written once. */
export function inLayout(e: Emitter, value: Value, wanted: Layout): string {
  const layout = withoutOnes(wanted, value.sizes);
  const forms = value.forms.filter((form) => e.isKnownHere(form));
  const known = forms.find((form) => sameLayout(form.layout, layout));
  if (known) return known.name;
  const name = moved(e, value, forms, layout);
  return addForm(e, value, name, layout);
}
/** Records that an array is stored under a name. */
export function addForm(e: Emitter, value: Value, name: string, layout: Layout): string {
  value.forms.push({ name, layout: withoutOnes(layout, value.sizes), scope: e.scope });
  e.noteSizes(name, rowOf(value, layout, e));
  return name;
}

function moved(e: Emitter, value: Value, forms: readonly Form[], layout: Layout): string {
  const to = rowOf(value, layout, e);
  const { constant, fill, spread } = value;
  if (constant) {
    const source = constant.layout.flat();
    const perm = layout.flat().map((d) => source.indexOf(d));
    const row = source.map((d) => value.sizes[d][0]);
    const dims = to.map((size) => size[0]);
    const key = `${row.join()} ${perm.join()} ${dims.join()}`;
    const made =
      constant.made.get(key) ?? e.array(constant.name, value.dtype, dims, () => turned(constant.data(), row, perm));
    constant.made.set(key, made);
    return made;
  }
  if (fill !== undefined && to.length > 0 && to.every(isKnown) && to.reduce((n, size) => n * size[0], 1) <= 4096) {
    // Small arrays are written in full.
    const dims = to.map((size) => size[0]);
    return e.filled(fill, value.dtype, dims);
  }
  if (fill !== undefined)
    return to.length === 0 ? e.scalar(fill, value.dtype) : expand(e, e.scalar(fill, value.dtype), to);
  if (spread) {
    const source = aligned(e, value, layout);
    if (source !== undefined) return expand(e, source, to);
    stored(e, value);
    return inLayout(e, { ...value, spread: undefined }, layout);
  }
  const order = layout.flat();
  const same = forms.find((form) => sameList(form.layout.flat(), order));
  if (same) return reshape(e, same.name, rowOf(value, same.layout, e), to);
  const grouped = forms.find((form) => isPermutation(form.layout, layout));
  if (grouped) {
    const full = grouped.layout.filter((group) => group.length > 0);
    const target = layout.filter((group) => group.length > 0);
    const name = reshape(e, grouped.name, rowOf(value, grouped.layout, e), rowOf(value, full, e));
    const perm = target.map((group) => full.findIndex((other) => sameList(other, group)));
    return reshape(e, e.node('Transpose', [name], { perm }), rowOf(value, target, e), to);
  }
  const [form] = forms;
  const single = form.layout.flat().map((d) => [d]);
  const name = reshape(e, form.name, rowOf(value, form.layout, e), rowOf(value, single, e));
  const perm = order.map((d) => single.findIndex(([other]) => other === d));
  const target = order.map((d) => [d]);
  return reshape(e, e.node('Transpose', [name], { perm }), rowOf(value, target, e), to);
}
function isPermutation(from: Layout, to: Layout): boolean {
  const [left, right] = [from, to].map((layout) => layout.filter((group) => group.length > 0));
  return left.length === right.length && left.every((group) => right.some((other) => sameList(other, group)));
}

/** Repeats an array along axes of size 1. */
const expand = (e: Emitter, name: string, to: readonly Size[]): string => e.node('Expand', [name, e.shape(to)]);

/** The same elements under other sizes. */
export function reshape(e: Emitter, name: string, from: readonly Size[], to: readonly Size[]): string {
  if (sameSizes(from, to)) return name;
  const full = (sizes: readonly Size[]): Size[] => sizes.filter((size) => !isOne(size));
  if (sameSizes(full(from), full(to)) && from.length !== to.length) {
    const ones = (sizes: readonly Size[]): number[] => range(sizes.length).filter((d) => isOne(sizes[d]));
    if (from.length === full(from).length) return e.node('Unsqueeze', [name, e.ints(ones(to))]);
    if (to.length === full(to).length) return e.node('Squeeze', [name, e.ints(ones(from))]);
  }
  const open = range(to.length).filter((d) => !isKnown(to[d]));
  const kept = open.length < 2 ? [] : open.filter((d) => d < from.length && sameSize(from[d], to[d]));
  const asked = open.length - kept.length;
  if (asked > 1) return e.node('Reshape', [name, e.shape(to)]);
  const target = to.map((size, d) => (isKnown(size) ? size[0] : kept.includes(d) ? 0 : -1));
  return e.node('Reshape', [name, e.ints(target)]);
}

/** The name of an array as an operand in a layout; it may be smaller, since ONNX operators broadcast. */
export function operand(e: Emitter, value: Value, layout: Layout): string {
  if (value.fill !== undefined) return e.scalar(value.fill, value.dtype);
  return (value.spread && aligned(e, value, layout)) ?? inLayout(e, value, layout);
}
/**
 * The value behind a broadcast array, with its axes placed as in the layout; undefined if the layout mixes both kinds
 * of axes.
 */
function aligned(e: Emitter, { spread, sizes }: Value, layout: Layout): string | undefined {
  const { source, axes } = spread!;
  const groups: number[][] = [];
  for (const group of layout) {
    const own = group.flatMap((d) => {
      const at = axes.indexOf(d);
      return at >= 0 && !isOne(source.sizes[at]) ? [at] : [];
    });
    const whole = group.filter((d) => !isOne(sizes[d]));
    if (own.length > 0 && own.length < whole.length) return undefined;
    groups.push(own);
  }
  while (groups.length > 0 && groups[0].length === 0) groups.shift();
  return operand(e, source, groups);
}

/** The value with its axes in another order. */
export function transposed(value: Value, perm: readonly number[]): Value {
  const turn = (layout: Layout): Layout => layout.map((group) => group.map((d) => perm.indexOf(d)));
  return {
    dtype: value.dtype,
    sizes: perm.map((d) => value.sizes[d]),
    forms: value.forms.map((form) => ({ ...form, layout: turn(form.layout) })),
    fill: value.fill,
    constant: value.constant && { ...value.constant, layout: turn(value.constant.layout) },
    spread: value.spread && { source: value.spread.source, axes: turn([value.spread.axes])[0] },
  };
}
/** The value reshaped; a node is written only if elements are stored in another order. */
export function viewed(e: Emitter, value: Value, sizes: readonly Size[]): Value {
  const { dtype, fill } = value;
  if (fill !== undefined) return { dtype, sizes, fill, forms: [] };
  const runs = runsOf(value.sizes, sizes, e.recordings);
  const forms = runs
    ? value.forms.flatMap((form) => {
        const layout = reshaped(form.layout, runs);
        return layout ? [{ ...form, layout }] : [];
      })
    : [];
  const constant = value.constant && runs && reshaped(value.constant.layout, runs);
  if (constant) return { dtype, sizes, forms, constant: { ...value.constant!, layout: constant } };
  const spread = value.spread && runs && spreadViewed(value, runs);
  if (spread) return { dtype, sizes, forms, spread };
  if (forms.length > 0) return { dtype, sizes, forms };
  const result: Value = { dtype, sizes, forms: [] };
  addForm(e, result, reshape(e, stored(e, value), value.sizes, sizes), plain(sizes));
  return result;
}
/** The value behind a broadcast array after a reshape, if each axis stays one axis. */
function spreadViewed(
  { spread }: Value,
  runs: NonNullable<ReturnType<typeof runsOf>>,
): { source: Value; axes: number[] } | undefined {
  if (!runs.every(({ from, to }) => from.length === 1 && to.length === 1)) return undefined;
  const { source, axes } = spread!;
  const kept = range(axes.length).filter((d) => !isOne(source.sizes[d]));
  const target = kept.map((d) => runs.find(({ from }) => from[0] === axes[d])?.to[0] ?? -1);
  if (target.includes(-1)) return undefined;
  const small: Value = {
    dtype: source.dtype,
    sizes: kept.map((d) => source.sizes[d]),
    forms: source.forms.map((form) => ({ ...form, layout: renumbered(form.layout, kept) })),
    fill: source.fill,
    constant: source.constant && { ...source.constant, layout: renumbered(source.constant.layout, kept) },
    spread: source.spread && undefined,
  };
  return source.spread ? undefined : { source: small, axes: target };
}
const renumbered = (layout: Layout, kept: readonly number[]): Layout =>
  layout.map((group) => group.flatMap((d) => (kept.includes(d) ? [kept.indexOf(d)] : [])));

/** Elements of a dense array with its axes in another order. */
function turned(data: TypedArray, shape: Shape, perm: readonly number[]): TypedArray {
  if (perm.every((d, k) => d === k)) return data;
  const strides = stridesOf(shape);
  const sizes = perm.map((d) => shape[d]);
  const steps = perm.map((d) => strides[d]);
  const result = data.slice();
  const index = sizes.map(() => 0);
  let at = 0;
  for (let k = 0; k < data.length; k++) {
    result[k] = data[at];
    for (let d = sizes.length - 1; d >= 0; d--) {
      at += steps[d];
      if (++index[d] < sizes[d]) break;
      at -= steps[d] * sizes[d];
      index[d] = 0;
    }
  }
  return result;
}
