import type { DType } from '../../base/dtype.ts';
import { range } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { dot } from '../../primitives/dot.ts';
import { mul } from '../../primitives/elementwise.ts';
import { reshape, slice, transpose } from '../../primitives/movement.ts';
import { reduceSum } from '../../primitives/reduce.ts';
import { cast, spreadTo } from '../operands.ts';

/** A tensor whose axes have names. */
export interface Labelled {
  readonly x: Tensor;
  readonly labels: readonly string[];
}

/** Axes in the order of `labels`; axes that are missing there are summed. */
export function arrange({ x, labels }: Labelled, wanted: readonly string[]): Labelled {
  const gone = range(labels.length).filter((d) => !wanted.includes(labels[d]));
  const summed = gone.length > 0 ? reduceSum(x, { axes: gone }) : x;
  const left = labels.filter((_, d) => !gone.includes(d));
  const order = wanted.filter((l) => left.includes(l));
  const perm = order.map((l) => left.indexOf(l));
  return { x: perm.every((a, d) => a === d) ? summed : transpose(summed, { perm }), labels: order };
}

/** A label that stands twice in one operand means its diagonal. */
export function diagonals({ x, labels }: Labelled): Labelled {
  const twice = labels.find((l, d) => labels.indexOf(l) !== d);
  if (twice === undefined) return { x, labels };
  const [a, b] = [labels.indexOf(twice), labels.lastIndexOf(twice)];
  const rest = range(labels.length).filter((d) => d !== a && d !== b);
  const n = x.shape[a];
  const shape = rest.map((d) => x.shape[d]);
  const flat = reshape(transpose(x, { perm: [...rest, a, b] }), { shape: [...shape, n * n] });
  const diagonal = slice(flat, {
    starts: flat.shape.map(() => 0),
    stops: flat.shape,
    strides: [...shape.map(() => 1), n + 1],
  });
  return diagonals({ x: diagonal, labels: [...rest.map((d) => labels[d]), twice] });
}

/** Axes of size 1 that stand for a larger size in the other operand are dropped: they broadcast. */
function withoutOnes(a: Labelled, b: Labelled): Labelled {
  const dropped = range(a.labels.length).filter((d) => {
    const at = b.labels.indexOf(a.labels[d]);
    return a.x.shape[d] === 1 && at >= 0 && b.x.shape[at] !== 1;
  });
  if (dropped.length === 0) return a;
  return {
    x: reshape(a.x, { shape: a.x.shape.filter((_, d) => !dropped.includes(d)) }),
    labels: a.labels.filter((_, d) => !dropped.includes(d)),
  };
}

/** The product of two tensors, summed over all labels that are not wanted. `dtype` is that of the sums. */
export function contract(left: Labelled, right: Labelled, wanted: readonly string[], dtype?: DType): Labelled {
  const needed = (other: Labelled) => (l: string) => wanted.includes(l) || other.labels.includes(l);
  const [a0, b0] = [withoutOnes(left, right), withoutOnes(right, left)];
  const a = arrange(a0, a0.labels.filter(needed(b0)));
  const b = arrange(b0, b0.labels.filter(needed(a0)));
  const shared = a.labels.filter((l) => b.labels.includes(l));
  const batch = shared.filter((l) => wanted.includes(l));
  const summed = shared.filter((l) => !wanted.includes(l));
  const freeA = a.labels.filter((l) => !shared.includes(l));
  const freeB = b.labels.filter((l) => !shared.includes(l));
  const out = [...batch, ...freeA, ...freeB];
  if (summed.length === 0) return arrange(product(a, b, out, dtype), wanted);
  const places = (t: Labelled, list: readonly string[]): number[] => list.map((l) => t.labels.indexOf(l));
  const x = dot(a.x, b.x, {
    batch: [places(a, batch), places(b, batch)],
    contract: [places(a, summed), places(b, summed)],
    ...(dtype && dtype !== a.x.dtype && { dtype }),
  });
  return arrange({ x, labels: out }, wanted);
}

/** Nothing is summed: an element-wise product over the union of the axes. */
function product(a: Labelled, b: Labelled, out: readonly string[], dtype: DType = a.x.dtype): Labelled {
  const sizes = new Map<string, number>();
  for (const t of [a, b]) t.labels.forEach((l, d) => sizes.set(l, Math.max(sizes.get(l) ?? 1, t.x.shape[d])));
  const shape = out.map((l) => sizes.get(l)!);
  const over = (t: Labelled): Tensor => {
    const { x, labels } = arrange(t, out);
    const sized = reshape(x, { shape: out.map((l) => (labels.includes(l) ? x.shape[labels.indexOf(l)] : 1)) });
    return spreadTo(cast(sized, dtype), shape);
  };
  return { x: mul(over(a), over(b)), labels: out };
}
