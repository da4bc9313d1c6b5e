import { fail } from '../../base/errors.ts';
import { range, type Shape, sameShape, showShape, sizeOf } from '../../base/shape.ts';
import {
  apply,
  axis,
  both,
  select as choose,
  constant,
  type Expr,
  indexOf,
  load,
  plus,
  scalarType,
  times,
} from '../../ir/expr.ts';
import { loop, loops, type Stmt, store, when } from '../../ir/loops.ts';
import { type Primitive, primitive, type SampleInput } from '../../ir/primitive.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { convert, div, eq, max as larger, mul, select, min as smaller } from '../elementwise.ts';
import { full, iota } from '../generators.ts';
import { broadcast, reshape } from '../movement.ts';
import { indexShape, wholeAxes } from './places.ts';

// Each is the gradient of the other: the two share a file.

/** Which elements are taken, and what replaces those outside. */
export interface GatherAttrs {
  /** Number of leading axes that x and the indices share. */
  readonly batch: number;
  /** Axes of x (ascending, after the batch) that are indexed, one for each index tensor. */
  readonly axes: readonly number[];
  /** Outside of x: `clamp` takes the nearest element, `fill` gives the value `fill`. */
  readonly mode: 'clamp' | 'fill';
  readonly fill: number;
}

type GatherInputs = [x: Tensor, ...indices: Tensor[]];
const recordGather: Primitive<GatherInputs, GatherAttrs> = primitive<GatherInputs, GatherAttrs>('gather', {
  kind: 'movement',
  result: ([x, ...indices], attrs) => ({
    shape: [
      ...indexShape('gather', x, indices, attrs.batch, attrs.axes),
      ...wholeAxes(x.shape.length, attrs).map((d) => x.shape[d]),
    ],
    dtype: x.dtype,
  }),
  at: ([x, ...indices], index, attrs) => {
    const { axes, batch, mode, fill } = attrs;
    const rank = indices[0].shape.length;
    const place = index.slice(0, rank);
    const source: Expr[] = index.slice(0, batch);
    const found = indices.map((i) => i(...place));
    axes.forEach((a, k) => {
      // Clamped in either mode: nothing may be read beyond the array.
      source[a] = apply('max', apply('min', found[k], x.shape[a] - 1), 0);
    });
    wholeAxes(x.shape.length, attrs).forEach((d, k) => {
      source[d] = index[rank + k];
    });
    if (axes.some((a) => x.shape[a] === 0)) return constant(fill, scalarType(x.dtype));
    if (mode === 'clamp') return x(...source);
    const inside = axes.flatMap((a, k) => [apply('ge', found[k], 0), apply('lt', found[k], x.shape[a])]);
    return choose(both(inside), x(...source), constant(fill, scalarType(x.dtype)));
  },
  vjp: (g, [x, ...indices], { batch, axes, mode }) => {
    const zeros = full({ shape: x.shape, dtype: x.dtype, value: 0 });
    const places = mode === 'fill' ? indices : indices.map((i, k) => clamp(i, x.shape[axes[k]]));
    return [scatter(zeros, g, places, { batch, axes, combine: 'add' }), ...indices.map(() => null)];
  },
  samples: [
    { inputs: [{ shape: [4, 3] }, ints([2, 2], [1, 3, 0, 3])], attrs: { batch: 0, axes: [0], mode: 'clamp', fill: 0 } },
    {
      inputs: [{ shape: [4, 3, 2] }, ints([3], [1, -1, 2]), ints([3], [1, 1, 7])],
      attrs: { batch: 0, axes: [0, 2], mode: 'fill', fill: 5 },
    },
    {
      inputs: [{ shape: [2, 5, 3] }, ints([2, 4], [1, 4, 4, 9, 0, -2, 3, 3])],
      attrs: { batch: 1, axes: [1], mode: 'clamp', fill: 0 },
    },
    {
      inputs: [{ shape: [2, 3, 4] }, ints([2, 3, 2], [1, 3, 3, 3, 9, 0, 0, 1, 2, -1, 2, 0])],
      attrs: { batch: 2, axes: [2], mode: 'fill', fill: 0 },
    },
  ],
});

function ints(shape: Shape, values: readonly number[]): SampleInput {
  return { shape, dtype: 'int32', values };
}
function clamp(indices: Tensor, size: number): Tensor {
  const all = (value: number): Tensor => full({ shape: indices.shape, dtype: 'int32', value });
  return larger(smaller(indices, all(size - 1)), all(0));
}

/**
 * Elements of x at computed positions: `out[b…, i…, s…] = x[b…, …]` where axis `axes[k]` of x is indexed by `indices[k][b…, i…]`
 * and the other axes, in order, at s. Negative indices are outside.
 */
export const gather = Object.assign(
  (x: Tensor, indices: readonly Tensor[], attrs: GatherAttrs): Tensor =>
    recordGather(...([x, ...indices] as [Tensor]), attrs),
  { rule: recordGather.rule },
);

/** Where updates go, and how they are combined with the elements there. */
export interface ScatterAttrs {
  /** Number of leading axes that x and the indices share. */
  readonly batch: number;
  /** Axes of x (ascending, after the batch) that are indexed, one for each index tensor. */
  readonly axes: readonly number[];
  /** `set`: of several updates to one position, the last one remains. */
  readonly combine: 'set' | 'add' | 'mul' | 'max' | 'min';
}
type ScatterInputs = [x: Tensor, updates: Tensor, ...indices: Tensor[]];

const recordScatter: Primitive<ScatterInputs, ScatterAttrs> = primitive<ScatterInputs, ScatterAttrs>('scatter', {
  kind: 'loops',
  result: ([x, updates, ...indices], attrs) => {
    const expected = [
      ...indexShape('scatter', x, indices, attrs.batch, attrs.axes),
      ...wholeAxes(x.shape.length, attrs).map((d) => x.shape[d]),
    ];
    if (!sameShape(updates.shape, expected) || updates.dtype !== x.dtype)
      fail(
        'primitive scatter',
        `updates are ${updates.dtype}${showShape(updates.shape)}, not ${x.dtype}${showShape(expected)}`,
        "give updates the indices' axes, then the axes of x that are not indexed",
      );
    return { shape: x.shape, dtype: x.dtype };
  },
  loops: ([x, updates, ...indices], [out], attrs) => {
    const { batch, axes, combine } = attrs;
    const all = out.shape.map((size, d) => axis(size, `d${d}`));
    const at = all.map(indexOf);
    const copy = loops(all, [store(out, at, load(x, at))], 'parallel');

    const outer = indices[0].shape.map((size, d) => axis(size, `i${d}`));
    const place = outer.map(indexOf);
    const whole = wholeAxes(out.shape.length, attrs);
    // Threads divide the last axis into pieces of whole cache lines, so that no two write to the same position.
    const width = out.shape[whole.at(-1)!] ?? 1;
    const pieces = [8, 4, 2].find((n) => width % (16 * n) === 0) ?? 1;
    const piece = axis(pieces, 'piece');
    const inner = whole.map((d, k) => axis(k === whole.length - 1 ? width / pieces : out.shape[d], `s${d}`));
    const offset = inner.map((a, k) =>
      k === whole.length - 1 && pieces > 1 ? plus(times(indexOf(piece), a.size), indexOf(a)) : indexOf(a),
    );
    const found = indices.map((i) => load(i, place));
    const target: Expr[] = place.slice(0, batch);
    axes.forEach((a, k) => {
      target[a] = found[k];
    });
    whole.forEach((d, k) => {
      target[d] = offset[k];
    });
    const inside = both(axes.flatMap((a, k) => [apply('ge', found[k], 0), apply('lt', found[k], out.shape[a])]));
    const update = store(out, target, load(updates, [...place, ...offset]), combine === 'set' ? undefined : combine);
    let body: readonly Stmt[] = [when(inside, loops(inner, [update], 'vector'))];
    body = loops(outer.slice(batch), body);
    body = loops(outer.slice(0, batch), body, 'parallel');
    return [...copy, ...(pieces > 1 ? [loop(piece, body, 'parallel')] : body)];
  },
  vjp: (g, [x, updates, ...indices], attrs, out) => {
    const { batch, axes, combine } = attrs;
    const none = indices.map(() => null);
    const taken = (from: Tensor): Tensor => gather(from, indices, { batch, axes, mode: 'fill', fill: 0 });
    const constant = (value: number, shape: Shape = x.shape): Tensor => full({ shape, dtype: x.dtype, value });
    const put = (into: Tensor, from: Tensor, how: ScatterAttrs['combine']): Tensor =>
      scatter(into, from, indices, { batch, axes, combine: how });
    if (combine === 'add') return [g, taken(g), ...none];
    if (combine === 'set') {
      const zeros = constant(0, updates.shape);
      return [put(g, zeros, 'set'), select(isLast(x, updates, indices, attrs), taken(g), zeros), ...none];
    }
    if (combine === 'mul') {
      // The factor of an update: the rest of the product, if no position repeats.
      return [mul(g, put(constant(1), updates, 'mul')), taken(mul(g, x)), ...none];
    }
    // Elements that equal the extreme share its gradient equally.
    const kept = eq(x, out);
    const hit = eq(updates, gather(out, indices, { batch, axes, mode: 'fill', fill: Number.NaN }));
    const count = put(convert(kept, { dtype: x.dtype }), convert(hit, { dtype: x.dtype }), 'add');
    const share = div(g, count);
    return [select(kept, share, constant(0)), select(hit, taken(share), constant(0, updates.shape)), ...none];
  },
  samples: [
    sample([5, 3], [[4], [1, 1, 7, 4]], { batch: 0, axes: [0], combine: 'add' }),
    sample([5, 3], [[4], [1, 3, -1, 1]], { batch: 0, axes: [0], combine: 'set' }),
    sample([5, 3], [[3], [1, 3, 9]], { batch: 0, axes: [0], combine: 'mul' }),
    sample([3, 2], [[4], [0, 0, 9, 2]], { batch: 0, axes: [0], combine: 'max' }),
    sample([3, 2], [[4], [0, 0, -1, 2]], { batch: 0, axes: [0], combine: 'min' }),
    sample(
      [2, 4],
      [
        [2, 3],
        [1, 1, 3, 0, 5, 2],
      ],
      { batch: 1, axes: [1], combine: 'add' },
    ),
    sample([3, 2, 4], [[3], [0, 2, 2]], { batch: 0, axes: [0, 2], combine: 'add' }, [3, 1, 1]),
    sample([6, 64], [[3], [5, 0, 5]], { batch: 0, axes: [0], combine: 'add' }),
  ],
});

function sample(x: Shape, [shape, values]: [Shape, number[]], attrs: ScatterAttrs, second?: number[]) {
  const inputs: SampleInput[] = [
    { shape: x },
    { shape: [...shape, ...wholeAxes(x.length, attrs).map((d) => x[d])] },
    { shape, dtype: 'int32', values },
  ];
  if (second) inputs.push({ shape, dtype: 'int32', values: second });
  return { inputs, attrs };
}

/** For each element of the updates, whether it is the last one for its position. */
function isLast(x: Tensor, updates: Tensor, indices: readonly Tensor[], { batch, axes }: ScatterAttrs): Tensor {
  const places = indices[0].shape;
  const order = reshape(iota({ shape: [sizeOf(places)], dtype: 'int32', axis: 0 }), { shape: places });
  const table = full({ shape: [...range(batch), ...axes].map((d) => x.shape[d]), dtype: 'int32', value: -1 });
  const own = { batch, axes: axes.map((_, k) => batch + k) };
  const last = gather(scatter(table, order, indices, { ...own, combine: 'set' }), indices, {
    ...own,
    mode: 'fill',
    fill: -1,
  });
  return broadcast(eq(last, order), { shape: updates.shape, axes: range(places.length) });
}

/**
 * x with updates merged in at computed positions, the reverse of `gather`: `out[b…, …] = x ∘ updates[b…, i…, s…]` where axis
 * `axes[k]` of x is indexed by `indices[k][b…, i…]`. Updates are merged in order; those outside are dropped.
 */
export const scatter = Object.assign(
  (x: Tensor, updates: Tensor, indices: readonly Tensor[], attrs: ScatterAttrs): Tensor =>
    recordScatter(...([x, updates, ...indices] as [Tensor, Tensor]), attrs),
  { rule: recordScatter.rule },
);
