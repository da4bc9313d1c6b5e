import { range } from '../../../base/shape.ts';
import { split as splitTensor } from '../../../ops/index.ts';
import { KerasTensor, type Tensor } from '../../../tensor/index.ts';
import type { Context } from './context.ts';
import { plainly, type Rule } from './layers.ts';
import { channelsLast, checkSize, heldAxis, isInts, isSymbolic, ops, plain, type Value } from './value.ts';

const concat: Rule = (c) => {
  const count = c.node.inputs.length;
  const values = range(count).map((k) => c.value(k));
  const rank = c.rank();
  const axis = c.axis(0, rank);
  if (values.every(isInts)) return { ints: values.flatMap((v) => (isInts(v) ? v.ints : [])), isScalar: false };
  const last = values.some((v) => !isInts(v) && v.last) && rank > 2;
  const tensors = values.map((v) => (last ? channelsLast(v) : plain(v)));
  if (!values.some(isSymbolic)) {
    const lengths = range(count).map((k) => c.shape(k)[axis] ?? 0);
    checkSize(
      c.node.name,
      c.shape(0).map((n, d) => (d === axis ? lengths.reduce((a, b) => a + b) : n)),
    );
  }
  const own = heldAxis(axis, rank, last);
  const t = tensors.every((x) => x instanceof KerasTensor)
    ? c.layer('Concatenate', { axis: own }, tensors)
    : ops['concatenate'](tensors, { axis: own });
  return { t, last };
};

const transpose: Rule = (c) => {
  const value = c.value(0);
  const rank = c.rank();
  const perm = c.list('perm') ?? range(rank).reverse();
  if (perm.length !== rank || [...perm].sort((a, b) => a - b).some((d, k) => d !== k))
    return c.refuse(`has perm [${perm.join(', ')}]`);
  if (isInts(value)) return value;
  const toFirst = rank > 2 && perm[0] === 0 && perm[1] === rank - 1 && perm.slice(2).every((d, k) => d === k + 1);
  // Images whose channels the graph moves behind the batch stay stored with channels last.
  if (toFirst && !value.last && !value.merged) return { t: value.t, last: true };
  const toLast = rank > 2 && perm[0] === 0 && perm[rank - 1] === 1 && perm.slice(1, -1).every((d, k) => d === k + 2);
  if (toLast && value.last) return { t: value.t, last: false };
  const x = plain(value);
  if (x instanceof KerasTensor && perm[0] === 0 && rank > 1)
    return plainly(c.layer('Permute', { dims: perm.slice(1) }, x));
  return plainly(ops['transpose'](x, { axes: perm }));
};

/** Leading axes merged into one of unknown size; only nodes that need the merged form see it. */
function mergedAs(x: Tensor, target: readonly (number | null)[]): Value | undefined {
  const shape = x.shape as readonly (number | null)[];
  const behind = target.slice(1);
  if (!(x instanceof KerasTensor) || (target[0] !== null && target[0] !== -1)) return undefined;
  if (behind.some((n) => n === null || n < 1)) return undefined;
  const product = (list: readonly (number | null)[]): number => list.reduce<number>((n, m) => n * (m ?? Number.NaN), 1);
  const lead = range(shape.length).findLast((d) => d > 1 && product(shape.slice(d)) === product(behind));
  if (lead === undefined || shape.slice(0, lead).filter((n) => n === null).length !== 1) return undefined;
  const whole = [...shape.slice(0, lead).map((n) => n ?? -1), ...behind];
  const isSame = whole.length === shape.length;
  return { t: isSame ? x : ops['reshape'](x, whole), last: false, merged: lead };
}
/** Target sizes of a reshape, of which at most one is unknown. */
function reshaped(c: Context, x: Tensor, given: readonly (number | null)[]): Value {
  const shape = x.shape as readonly (number | null)[];
  let kept = given.map((n, d) => (n === 0 ? (shape[d] ?? null) : n));
  const isOpen = (n: number | null): boolean => n === null;
  if (shape.filter(isOpen).length === 1 && kept.filter(isOpen).length === 1 && kept.includes(-1)) {
    // The unknown size stays the same, so the -1 follows from the others.
    const product = (list: readonly (number | null)[]): number =>
      list.reduce<number>((n, m) => n * (m === null || m === -1 ? 1 : m), 1);
    const rest = product(shape) / product(kept);
    kept = kept.map((n) => (n === -1 ? rest : n));
  }
  const merged = mergedAs(x, kept);
  if (merged) return merged;
  const open = kept.filter((n) => n === null).length;
  if (!(x instanceof KerasTensor)) return plainly(ops['reshape'](x, kept));
  const isBatchKept =
    kept.length > 0 && shape.length > 0 && (kept[0] === null || kept[0] === shape[0] || (kept[0] === -1 && open === 0));
  const known = (list: readonly (number | null)[]): number =>
    list.slice(1).reduce<number>((n, size) => n * (size ?? 0), 1);
  const rest = kept.slice(1).map((n) => (n === null ? -1 : n));
  const fits =
    isBatchKept &&
    rest.filter((n) => n === -1).length <= 1 &&
    (rest.includes(-1) || (known(kept) === known(shape) && known(shape) > 0)) &&
    !(kept[0] === -1 && rest.includes(-1));
  if (fits && rest.length > 0) return plainly(c.layer('Reshape', { targetShape: rest }, x));
  const target = kept.map((n) => (n === null ? -1 : n));
  if (target.filter((n) => n === -1).length > 1) return c.refuse('gives two open sizes at once');
  return plainly(ops['reshape'](x, target));
}
const reshape: Rule = (c) => {
  const given = c.value(1);
  const value = c.value(0);
  if (!isInts(given)) return c.refuse('computes its shape');
  if (isInts(value) && given.ints.length < 2) return { ints: value.ints, isScalar: given.ints.length === 0 };
  if (!isInts(value) && value.merged) {
    const shape = value.t.shape as readonly (number | null)[];
    const isSame = (n: number | null, d: number): boolean =>
      n === shape[d] || ((n === -1 || n === null) && shape[d] === null);
    if (given.ints.length === shape.length && given.ints.every(isSame)) return plainly(value.t);
  }
  return reshaped(c, plain(value), given.ints);
};
const flatten: Rule = (c) => {
  const rank = c.rank();
  const axis = c.number('axis', 1);
  const x = c.tensor(0);
  if (axis === 1 && x instanceof KerasTensor && rank > 1) return plainly(c.layer('Flatten', {}, x));
  const shape = c.shape(0);
  const lead = shape.slice(0, axis < 0 ? axis + rank : axis);
  return plainly(
    ops['reshape'](
      x,
      [lead.some((n) => n === null) ? -1 : lead.reduce<number>((n, m) => n * m!, 1), -1].map((n, k, all) =>
        k === 1 && all[0] === -1 ? shape.slice(lead.length).reduce<number>((a, b) => a * (b ?? 0), 1) : n,
      ),
    ),
  );
};
const squeeze: Rule = (c) => {
  const value = c.value(0);
  if (isInts(value)) return { ints: value.ints, isScalar: true };
  const shape = c.shape(0);
  const given = c.ints('axes', 1);
  const axes = given ? c.axes(given, shape.length) : range(shape.length).filter((d) => shape[d] === 1);
  // An image pooled to one pixel consists of its channels, in either layout.
  const isLast = value.last && axes.length === shape.length - 2 && axes.every((d) => d > 1);
  const own = axes.map((d) => heldAxis(d, shape.length, isLast));
  return plainly(ops['squeeze'](isLast ? value.t : plain(value), { axis: own }));
};
const unsqueeze: Rule = (c) => {
  const value = c.value(0);
  const given = c.ints('axes', 1) ?? [];
  if (isInts(value) && value.isScalar && given.length === 1) return { ints: value.ints, isScalar: false };
  const x = c.tensor(0);
  const axes = c.axes(given, x.shape.length + given.length).sort((a, b) => a - b);
  return plainly(axes.reduce((y, axis) => ops['expandDims'](y, axis), x));
};

const gather: Rule = (c) => {
  const value = c.value(0);
  const indices = c.value(1);
  if (isInts(value) && isInts(indices)) {
    const picked = indices.ints.map((i) => value.ints.at(i ?? Number.NaN) ?? null);
    return { ints: picked, isScalar: indices.isScalar };
  }
  const axis = c.axis(0, c.rank());
  if (axis === 0 && c.isConstant(0) && !c.isConstant(1) && c.rank(0) === 2) {
    const table = c.constant(0);
    const [inputDim, outputDim] = table.shape;
    return plainly(c.weighted('Embedding', { inputDim, outputDim }, c.tensor(1), [table]));
  }
  const x = c.tensor(0);
  if (isInts(indices) && indices.isScalar) return plainly(ops['take'](x, indices.ints[0], { axis }));
  return plainly(ops['take'](x, plain(indices), { axis }));
};

/** Clamps a slice to its axis. */
const slice: Rule = (c) => {
  const value = c.value(0);
  const starts = c.ints('starts', 1) ?? [];
  const ends = c.ints('ends', 2) ?? [];
  const rank = c.rank();
  const axes = c.axes(c.ints('axes', 3) ?? range(starts.length), rank);
  const steps = c.ints('steps', 4) ?? starts.map(() => 1);
  if (starts.length !== ends.length || starts.length !== axes.length || steps.some((n) => n === 0))
    return c.refuse('has bounds that do not belong together');
  const far = 2 ** 31 - 2;
  const cut = (k: number): [number | null, number | null, number] => [
    steps[k] < 0 && starts[k] >= far ? null : starts[k],
    (steps[k] > 0 && ends[k] >= far) || (steps[k] < 0 && ends[k] <= -far) ? null : ends[k],
    steps[k],
  ];
  if (isInts(value)) {
    const [from, to, step] = cut(0);
    if (step !== 1) return c.refuse('takes sizes in steps');
    return { ints: value.ints.slice(from ?? 0, to ?? undefined), isScalar: false };
  }
  const last = value.last;
  const t = last ? value.t : plain(value);
  const key: unknown[] = range(rank).map(() => ({ slice: [null, null, null] }));
  axes.forEach((d, k) => {
    key[heldAxis(d, rank, last)] = { slice: cut(k) };
  });
  return { t: ops['getItem'](t, key), last };
};
const split: Rule = (c) => {
  const rank = c.rank();
  const axis = c.axis(0, rank);
  const size = c.shape(0)[axis];
  const count = c.node.outputs.length;
  const lengths =
    c.ints('split', 1) ??
    range(count).map((k) => Math.min(Math.ceil((size ?? 0) / count), (size ?? 0) - k * Math.ceil((size ?? 0) / count)));
  if (lengths.length !== count) return c.refuse(`gives ${count} parts of ${lengths.length}`);
  const value = c.value(0);
  const last = !isInts(value) && value.last;
  const t = last ? value.t : plain(value);
  const ends: number[] = [];
  for (const n of lengths) ends.push((ends.at(-1) ?? 0) + n);
  const own = heldAxis(axis, rank, last);
  const parts = splitTensor(t, ends.slice(0, -1), { axis: own });
  return parts.map((part) => ({ t: part, last }));
};
const pad: Rule = (c) => {
  const rank = c.rank();
  const pads = c.ints('pads', 1) ?? [];
  const axes = c.has(3) ? c.axes(c.ints('axes', 3) ?? [], rank) : range(rank);
  const mode = c.text('mode', 'constant');
  if (pads.length !== 2 * axes.length || pads.some((n) => n < 0 || n > 2 ** 20))
    return c.refuse(`has pads [${pads.slice(0, 16).join(', ')}]`);
  const value = c.value(0);
  const last = !isInts(value) && value.last;
  const widths: [number, number][] = range(rank).map(() => [0, 0]);
  axes.forEach((d, k) => (widths[heldAxis(d, rank, last)] = [pads[k], pads[k + axes.length]]));
  if (!isSymbolic(value))
    checkSize(
      c.node.name,
      c.shape(0).map((n, d) => (n ?? 1) + widths[heldAxis(d, rank, last)][0] + widths[heldAxis(d, rank, last)][1]),
    );
  const fill = c.has(2) ? ops['reshape'](c.constant(2), []) : undefined;
  const options =
    mode === 'constant' ? { ...(fill && { constantValues: fill }) } : { mode: mode === 'edge' ? 'edge' : mode };
  return { t: ops['pad'](last ? value.t : plain(value), widths, options), last };
};
const expand: Rule = (c) => {
  const given = c.value(1);
  if (!isInts(given)) return c.refuse('computes its shape');
  const x = c.tensor(0);
  const sizes = x.shape as readonly (number | null)[];
  const rank = Math.max(sizes.length, given.ints.length);
  const before = [...range(rank - sizes.length).map(() => 1), ...sizes];
  const wanted = [...range(rank - given.ints.length).map(() => 1), ...given.ints];
  const target = before.map((n, d) => (wanted[d] === 1 || wanted[d] === -1 ? n : wanted[d]));
  if (target.every((n, d) => n === before[d])) return plainly(rank === sizes.length ? x : ops['reshape'](x, before));
  checkSize(c.node.name, target);
  if (target.includes(null)) return plainly(ops['add'](x, c.zeros(target, x.dtype)));
  return plainly(ops['broadcastTo'](x, target));
};
const tile: Rule = (c) => {
  const repeats = c.ints('repeats', 1) ?? [];
  checkSize(
    c.node.name,
    c.shape(0).map((n, d) => (n ?? 1) * (repeats[d] ?? 1)),
  );
  return plainly(ops['tile'](c.tensor(0), repeats));
};

/** Operators that move elements. */
export const shapingRules: Readonly<Record<string, Rule>> = {
  Concat: concat,
  Transpose: transpose,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Gather: gather,
  Slice: slice,
  Split: split,
  Pad: pad,
  Expand: expand,
  Tile: tile,
};
