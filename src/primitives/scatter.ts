import { fail } from '../base/errors.ts';
import { range, type Shape, sameShape, showShape, sizeOf } from '../base/shape.ts';
import { apply, axis, both, type Expr, indexOf, load, plus, times } from '../ir/expr.ts';
import { loop, loops, type Stmt, store, when } from '../ir/loops.ts';
import { type Primitive, primitive, type SampleInput } from '../ir/primitive.ts';
import type { Tensor } from '../ir/tensor.ts';
import { convert, div, eq, mul, select } from './elementwise.ts';
import { gather } from './gather.ts';
import { full, iota } from './generators.ts';
import { broadcast, reshape, transpose } from './movement.ts';
import { indexShape, wholeAxes } from './places.ts';

/** Where updates go, and what becomes of what stands there. */
export interface ScatterAttrs {
  /** Number of leading axes that x and the indices share. */
  readonly batch: number;
  /** Axes of x (ascending, after the batch) that are indexed, one for each index tensor. */
  readonly axes: readonly number[];
  /** `set`: of updates to one place the last one stays. */
  readonly combine: 'set' | 'add' | 'mul' | 'max' | 'min';
}
type Inputs = [x: Tensor, updates: Tensor, ...indices: Tensor[]];

const recordScatter: Primitive<Inputs, ScatterAttrs> = primitive<Inputs, ScatterAttrs>('scatter', {
  kind: 'loops',
  result: ([x, updates, ...indices], attrs) => {
    const expected = [
      ...indexShape('scatter', x!, indices, attrs.batch, attrs.axes),
      ...wholeAxes(x!.shape.length, attrs).map((d) => x!.shape[d]!),
    ];
    if (!sameShape(updates!.shape, expected) || updates!.dtype !== x!.dtype)
      fail(
        'primitive scatter',
        `updates are ${updates!.dtype}${showShape(updates!.shape)}, not ${x!.dtype}${showShape(expected)}`,
        "give updates the indices' axes, then the axes of x that are not indexed",
      );
    return { shape: x!.shape, dtype: x!.dtype };
  },
  loops: ([x, updates, ...indices], [out], attrs) => {
    const { batch, axes, combine } = attrs;
    const all = out!.shape.map((size, d) => axis(size, `d${d}`));
    const at = all.map(indexOf);
    const copy = loops(all, [store(out!, at, load(x!, at))], 'parallel');

    const outer = indices[0]!.shape.map((size, d) => axis(size, `i${d}`));
    const place = outer.map(indexOf);
    const whole = wholeAxes(out!.shape.length, attrs);
    // Threads share the last axis in pieces of whole cache lines, so that no two write to one place.
    const width = out!.shape[whole.at(-1)!] ?? 1;
    const pieces = [8, 4, 2].find((n) => width % (16 * n) === 0) ?? 1;
    const piece = axis(pieces, 'piece');
    const inner = whole.map((d, k) => axis(k === whole.length - 1 ? width / pieces : out!.shape[d]!, `s${d}`));
    const offset = inner.map((a, k) =>
      k === whole.length - 1 && pieces > 1 ? plus(times(indexOf(piece), a.size), indexOf(a)) : indexOf(a),
    );
    const found = indices.map((i) => load(i, place));
    const target: Expr[] = place.slice(0, batch);
    axes.forEach((a, k) => {
      target[a] = found[k]!;
    });
    whole.forEach((d, k) => {
      target[d] = offset[k]!;
    });
    const inside = both(axes.flatMap((a, k) => [apply('ge', found[k]!, 0), apply('lt', found[k]!, out!.shape[a]!)]));
    const update = store(out!, target, load(updates!, [...place, ...offset]), combine === 'set' ? undefined : combine);
    let body: readonly Stmt[] = [when(inside, loops(inner, [update], 'vector'))];
    body = loops(outer.slice(batch), body);
    body = loops(outer.slice(0, batch), body, 'parallel');
    return [...copy, ...(pieces > 1 ? [loop(piece, body, 'parallel')] : body)];
  },
  vjp: (g, [x, updates, ...indices], attrs, out) => {
    const { batch, axes, combine } = attrs;
    const none = indices.map(() => null);
    const taken = (from: Tensor): Tensor => gather(from, indices, { batch, axes, mode: 'fill', fill: 0 });
    const constant = (value: number, shape: Shape = x!.shape): Tensor => full({ shape, dtype: x!.dtype, value });
    const put = (into: Tensor, from: Tensor, how: ScatterAttrs['combine']): Tensor =>
      scatter(into, from, indices, { batch, axes, combine: how });
    if (combine === 'add') return [g, taken(g), ...none];
    if (combine === 'set') {
      const zeros = constant(0, updates!.shape);
      return [put(g, zeros, 'set'), select(isLast(x!, updates!, indices, attrs), taken(g), zeros), ...none];
    }
    if (combine === 'mul') {
      // What an update is multiplied with, which is the rest of the product where places do not repeat.
      return [mul(g, put(constant(1), updates!, 'mul')), taken(mul(g, x!)), ...none];
    }
    // Whatever equals the extreme shares its gradient equally.
    const kept = eq(x!, out);
    const hit = eq(updates!, gather(out, indices, { batch, axes, mode: 'fill', fill: Number.NaN }));
    const count = put(convert(kept, { dtype: x!.dtype }), convert(hit, { dtype: x!.dtype }), 'add');
    const share = div(g, count);
    return [select(kept, share, constant(0)), select(hit, taken(share), constant(0, updates!.shape)), ...none];
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
    { shape: [...shape, ...wholeAxes(x.length, attrs).map((d) => x[d]!)] },
    { shape, dtype: 'int32', values },
  ];
  if (second) inputs.push({ shape, dtype: 'int32', values: second });
  return { inputs, attrs };
}

/** Whether an update is the last one to its place, element by element of the updates. */
function isLast(x: Tensor, updates: Tensor, indices: readonly Tensor[], { batch, axes }: ScatterAttrs): Tensor {
  const places = indices[0]!.shape;
  const order = reshape(iota({ shape: [sizeOf(places)], dtype: 'int32', axis: 0 }), { shape: places });
  const table = full({ shape: [...range(batch), ...axes].map((d) => x.shape[d]!), dtype: 'int32', value: -1 });
  const own = { batch, axes: axes.map((_, k) => batch + k) };
  const last = gather(scatter(table, order, indices, { ...own, combine: 'set' }), indices, {
    ...own,
    mode: 'fill',
    fill: -1,
  });
  return broadcast(eq(last, order), { shape: updates.shape, axes: range(places.length) });
}

/**
 * x with updates merged in at computed places, the reverse of `gather`: `out[b…, …] = x ∘ updates[b…, i…, s…]` where axis
 * `axes[k]` of x stands at `indices[k][b…, i…]`. Updates are merged in order; those outside are dropped.
 */
export const scatter = Object.assign(
  (x: Tensor, updates: Tensor, indices: readonly Tensor[], attrs: ScatterAttrs): Tensor =>
    recordScatter(...([x, updates, ...indices] as unknown as [Tensor, Tensor]), attrs),
  { rule: recordScatter.rule },
);

/** `out[…, indices[…, i, …], …] ∘= updates[…, i, …]` along one axis; all other axes of x, updates and indices are equal. */
export function scatterAlong(
  x: Tensor,
  updates: Tensor,
  indices: Tensor,
  { axis: d, combine }: { axis: number; combine: ScatterAttrs['combine'] },
): Tensor {
  const last = x.shape.length - 1;
  const attrs: ScatterAttrs = { batch: last, axes: [last], combine };
  if (d === last) return scatter(x, updates, [indices], attrs);
  const toLast = { perm: [...range(x.shape.length).filter((k) => k !== d), d] };
  const out = scatter(transpose(x, toLast), transpose(updates, toLast), [transpose(indices, toLast)], attrs);
  return transpose(out, { perm: range(x.shape.length).map((k) => toLast.perm.indexOf(k)) });
}
