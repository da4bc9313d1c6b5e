import { fail } from '../../base/errors.ts';
import { range, showShape } from '../../base/shape.ts';
import { table } from '../../base/table.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as m from '../../primitives/movement.ts';
import { op } from '../op.ts';
import { part } from './shape.ts';

export type PadMode = 'constant' | 'reflect' | 'symmetric' | 'edge' | 'wrap';
export type PadWidth = number | readonly [number, number] | readonly (readonly [number, number] | readonly [number])[];
/** Options of `pad`. */
export interface PadOptions {
  /** What the border holds; `'constant'` by default. */
  readonly mode?: PadMode | undefined;
  /** Value of the border under `'constant'`; 0 by default. */
  readonly constantValues?: number | null | undefined;
}

/** `[before, after]` of each axis. */
function pairsOf(width: PadWidth, rank: number): (readonly [number, number])[] {
  if (typeof width === 'number') return range(rank).map(() => [width, width]);
  if (typeof width[0] === 'number') {
    const [low, high = low] = width as readonly [number, number?];
    return range(rank).map(() => [low, high]);
  }
  const pairs = (width as readonly (readonly [number, number] | readonly [number])[]).map(
    ([low, high = low]) => [low, high] as const,
  );
  if (pairs.length === 1) return range(rank).map(() => pairs[0]);
  if (pairs.length !== rank)
    fail(
      'pad',
      `padWidth has ${pairs.length} pairs, the tensor ${rank} axes`,
      'give a pair [before, after] for each axis',
    );
  return pairs;
}

/**
 * Pads each axis before and after: with a constant, the edge's element, or the tensor's elements reflected or wrapped
 * around.
 * @example pad([1, 2], [[1, 2]]) // [0, 1, 2, 0, 0]
 */
export const pad = op(
  'pad',
  (x: Tensor, padWidth: PadWidth, { mode = 'constant', constantValues }: PadOptions = {}) => {
    const pairs = pairsOf(padWidth, x.shape.length);
    if (pairs.flat().some((n) => !Number.isInteger(n) || n < 0))
      fail(
        'pad',
        `padWidth holds ${pairs.flat().find((n) => !Number.isInteger(n) || n < 0)}`,
        'give whole numbers of at least 0',
      );
    if (mode !== 'constant' && constantValues !== undefined && constantValues !== null)
      fail('pad', `constantValues are given for mode "${mode}"`, 'leave them out, or use mode "constant"');
    if (mode === 'constant') {
      const value = constantValues ?? 0;
      return m.pad(x, {
        low: pairs.map(([low]) => low),
        high: pairs.map(([, high]) => high),
        inner: pairs.map(() => 0),
        value,
      });
    }
    const extend =
      extensions[mode] ?? fail('pad', `unknown mode "${mode}"`, 'use constant, reflect, symmetric, edge or wrap');
    return pairs.reduce((y, [low, high], d) => {
      if (low === 0 && high === 0) return y;
      if (y.shape[d] === 0)
        fail(
          'pad',
          `axis ${d} of shape ${showShape(y.shape)} is empty: mode "${mode}" has nothing to repeat`,
          'use mode "constant"',
        );
      return extend(y, d, low, high);
    }, x);
  },
  ['tensor', 'numbers'],
  { mode: true, constantValues: true },
);

type Extend = (x: Tensor, axis: number, low: number, high: number) => Tensor;
const join = (list: readonly Tensor[], axis: number): Tensor => {
  const parts = list.filter((x) => x.shape[axis] !== 0);
  return parts.length === 1 ? parts[0] : m.concatenate(parts, { axis });
};
const reversed = (x: Tensor, axis: number): Tensor => m.reverse(x, { axes: [axis] });
/** Takes `count` elements from the end (or the front) of an endless repetition of what `period` gives. */
function mirrored(skip: 0 | 1): Extend {
  return (x, axis, low, high) => {
    let [y, before, after] = [x, low, high];
    while (before > 0 || after > 0) {
      const size = y.shape[axis];
      const most = Math.max(size - skip, 0);
      if (most === 0) return edge(y, axis, before, after);
      const [a, b] = [Math.min(before, most), Math.min(after, most)];
      y = join(
        [reversed(part(y, axis, skip, skip + a), axis), y, reversed(part(y, axis, size - skip - b, size - skip), axis)],
        axis,
      );
      before -= a;
      after -= b;
    }
    return y;
  };
}
function edge(x: Tensor, axis: number, low: number, high: number): Tensor {
  const size = x.shape[axis];
  const repeat = (at: number, count: number): Tensor =>
    m.broadcast(part(x, axis, at, at + 1), {
      shape: x.shape.map((n, d) => (d === axis ? count : n)),
      axes: range(x.shape.length),
    });
  return join([repeat(0, low), x, repeat(size - 1, high)], axis);
}
function wrap(x: Tensor, axis: number, low: number, high: number): Tensor {
  const size = x.shape[axis];
  const [before, after] = [Math.ceil(low / size), Math.ceil(high / size)];
  const many = join(new Array<Tensor>(before + 1 + after).fill(x), axis);
  return part(many, axis, before * size - low, before * size + size + high);
}
const extensions: Readonly<Record<string, Extend>> = table({
  reflect: mirrored(1),
  symmetric: mirrored(0),
  edge,
  wrap,
});
