import { dtypeInfo, isInexact } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { type OptionNames, show } from '../../base/options.ts';
import { range, type Shape, showShape } from '../../base/shape.ts';
import { isPlainObject } from '../../base/tree.ts';
import { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { gather, gatherAlong } from '../../primitives/indexing/gather.ts';
import * as m from '../../primitives/movement.ts';
import { asTensor, type Like } from '../../tensor/like.ts';
import { axisOf } from '../axes.ts';
import { exactOp, op } from '../op.ts';
import { align, broadcastShapes, cast, like, type Operand, spreadTo } from '../operands.ts';
import { nonzero } from './dynamic.ts';
import { reshapeTo } from './shape.ts';

/** The value of elements out of range: NaN, or the smallest integer (the largest for unsigned types). */
function absent(x: Tensor): number {
  if (isInexact(x.dtype)) return Number.NaN;
  const { kind, range: bounds } = dtypeInfo[x.dtype];
  return kind === 'uint' ? bounds![1] : kind === 'bool' ? 1 : bounds![0];
}
/** Indices as int32, negative ones counted from the end. */
export function counted(who: string, indices: Tensor, size: number): Tensor {
  if (dtypeInfo[indices.dtype].kind === 'float') fail(who, `indices are ${indices.dtype}`, 'give integers');
  const i = cast(indices, 'int32');
  return p.select(p.lt(i, like(i, 0)), p.add(i, like(i, size)), i);
}
export interface TakeOptions {
  /** Axis along which elements are taken; of the flattened input by default. */
  readonly axis?: number | null | undefined;
}
const takeOptions: OptionNames<TakeOptions> = { axis: true };
/** Elements, rows, … at the given positions of an axis, or of the flattened tensor; NaN beyond it. @example take([10, 20, 30], [2, 0]) // [30, 10] */
export const take = op(
  'take',
  (x: Tensor, indices: Tensor, { axis }: TakeOptions = {}) => {
    const y = axis === undefined || axis === null ? reshapeTo(x, [-1]) : x;
    const d = axisOf('take', axis ?? 0, y.shape.length);
    const found = gather(y, [counted('take', indices, y.shape[d])], {
      batch: 0,
      axes: [d],
      mode: 'fill',
      fill: absent(y),
    });
    // Move the indices' axes from the front to the place of the axis.
    const rank = indices.shape.length;
    const perm = [
      ...range(d).map((k) => rank + k),
      ...range(rank),
      ...range(y.shape.length - 1 - d).map((k) => rank + d + k),
    ];
    return perm.every((a, k) => a === k) ? found : m.transpose(found, { perm });
  },
  ['tensor', 'tensor'],
  takeOptions,
);
/** Elements at positions that differ from row to row; NaN beyond the axis. @example takeAlongAxis([[1, 2], [3, 4]], [[1], [0]], { axis: 1 }) // [[2], [3]] */
export const takeAlongAxis = op(
  'takeAlongAxis',
  (x: Tensor, indices: Tensor, { axis }: TakeOptions = {}) => {
    const isFlat = axis === undefined || axis === null;
    const [y, i] = isFlat ? [reshapeTo(x, [-1]), reshapeTo(indices, [-1])] : [x, indices];
    if (y.shape.length !== i.shape.length)
      fail(
        'takeAlongAxis',
        `x has shape ${showShape(x.shape)}, indices ${showShape(indices.shape)}`,
        'give both the same number of axes',
      );
    const d = axisOf('takeAlongAxis', axis ?? 0, y.shape.length);
    const one = (shape: Shape, size: number): number[] => shape.map((n, k) => (k === d ? size : n));
    const others = broadcastShapes('takeAlongAxis', [one(y.shape, 1), one(i.shape, 1)]);
    const values = spreadTo(y, one(others, y.shape[d]));
    const places = spreadTo(counted('takeAlongAxis', i, y.shape[d]), one(others, i.shape[d]));
    return gatherAlong(values, places, { axis: d, mode: 'fill', fill: absent(y) });
  },
  ['tensor', 'tensor'],
  takeOptions,
);

const whereOp = op(
  'where',
  (condition: Tensor, x1: Operand, x2: Operand): Tensor => {
    const [a, b] = align('where', [x1, x2] as const);
    const shape = broadcastShapes('where', [condition.shape, a.shape]);
    return p.select(spreadTo(cast(condition, 'bool'), shape), spreadTo(a, shape), spreadTo(b, shape));
  },
  ['tensor', 'operand', 'operand'],
);
function choose(condition: Like): Promise<Tensor[]>;
function choose(condition: Like, x1: Like, x2: Like): Tensor;
function choose(condition: Like, x1?: Like | null, x2?: Like | null): Tensor | Promise<Tensor[]> {
  const [isLeft, isRight] = [x1 !== undefined && x1 !== null, x2 !== undefined && x2 !== null];
  if (isLeft !== isRight)
    return fail(
      'where',
      'only one of x1 and x2 is given',
      'give both; with none, where() gives the positions that hold',
    );
  return isLeft && isRight ? whereOp(condition, x1 as Like, x2 as Like) : nonzero(condition);
}
/** x1 where the condition holds, x2 elsewhere; with neither, a promise of the positions where it holds. @example where([true, false], [1, 2], 0) // [1, 0] */
export const where = exactOp('where', 3, choose);
/** The value of the first condition that holds, `defaultValue` where none does. @example select([[true, false]], [[1, 2]], { default: 0 }) // [1, 0] */
export const select = op(
  'select',
  (
    condlist: readonly Tensor[],
    choicelist: readonly Operand[],
    {
      default: otherwise = 0,
    }: {
      /** The value where no condition holds; 0 by default. */
      readonly default?: Operand | undefined;
    } = {},
  ): Tensor => {
    if (condlist.length !== choicelist.length || condlist.length === 0)
      fail(
        'select',
        `${condlist.length} conditions for ${choicelist.length} choices`,
        'give one choice for each condition',
      );
    const values = align('select', [...choicelist, otherwise]);
    const shape = broadcastShapes('select', [values[0].shape, ...condlist.map((c) => c.shape)]);
    const spread = values.map((v) => spreadTo(v, shape));
    return condlist.reduceRight(
      (rest, condition, k) => p.select(spreadTo(cast(condition, 'bool'), shape), spread[k], rest),
      spread.at(-1)!,
    );
  },
  ['tensors', 'operands'],
  { default: true },
);

/** A range of an axis, as in Python's `start:stop:step`. */
export type Range = { readonly slice: readonly [start?: number | null, stop?: number | null, step?: number | null] };
/** One entry of an index: a position, a range, a new axis (null), `'...'` for the axes in between, or positions in a tensor. */
export type Key = number | Range | null | '...' | Like;

/** Part of a tensor, as `x[key]` in Python; positions beyond the end are clamped. @example getItem([[1, 2], [3, 4]], [1, { slice: [0, 1] }]) // [3] */
export const getItem = op('getItem', (x: Tensor, key: Key | readonly Key[]) =>
  itemOf(x, Array.isArray(key) ? key : [key as Key]),
);
const isRange = (k: unknown): k is Range =>
  isPlainObject(k) && Array.isArray(k['slice']) && k['slice'].every((n) => n === null || Number.isInteger(n));

function itemOf(x: Tensor, keys: readonly Key[]): Tensor {
  const used = keys.filter((k) => k !== null && k !== '...').length;
  if (used > x.shape.length)
    fail('getItem', `${used} indices for shape ${showShape(x.shape)}`, 'give at most one for each axis');
  if (keys.filter((k) => k === '...').length > 1) fail('getItem', 'two ellipses', 'use "..." once');
  const full: Range = { slice: [null, null, null] };
  const fill = new Array<Key>(x.shape.length - used).fill(full);
  const at = keys.indexOf('...');
  const list = at < 0 ? [...keys, ...fill] : [...keys.slice(0, at), ...fill, ...keys.slice(at + 1)];
  let y = x;
  let d = 0; // axis of y
  const arrays: { axis: number; place: number; indices: Tensor }[] = [];
  let places = 0;
  for (const k of list) {
    if (k === null) {
      y = m.reshape(y, { shape: [...y.shape.slice(0, d), 1, ...y.shape.slice(d)] });
      d++;
    } else if (isRange(k)) {
      y = ranged(y, d, k.slice);
      d++;
    } else if (Number.isInteger(k)) {
      const size = y.shape[d];
      const at = k as number;
      const i = Math.min(Math.max(at < 0 ? at + size : at, 0), size - 1);
      y = ranged(y, d, [i, i + 1, 1]);
      y = m.reshape(y, { shape: y.shape.filter((_, e) => e !== d) });
    } else {
      if (typeof k === 'string' || typeof k === 'number' || isPlainObject(k))
        fail('getItem', `${show(k)} is no position`, 'use whole numbers, null, "..." or { slice: [start, stop] }');
      arrays.push({ axis: d, place: places, indices: asTensor(k as Like) });
      d++;
    }
    places++;
  }
  return arrays.length === 0 ? y : gathered(y, arrays);
}
/** The axes of index tensors, which broadcast together, replace the first of the indexed axes. */
function gathered(x: Tensor, arrays: readonly { axis: number; place: number; indices: Tensor }[]): Tensor {
  const common = broadcastShapes(
    'getItem',
    arrays.map((a) => a.indices.shape),
  );
  const axes = arrays.map((a) => a.axis);
  const indices = arrays.map(({ axis, indices }) => spreadTo(counted('getItem', indices, x.shape[axis]), common));
  const y = gather(x, indices, { batch: 0, axes, mode: 'clamp', fill: 0 });
  const isTogether = arrays.every((a, k) => k === 0 || a.place === arrays[k - 1].place + 1);
  const before = isTogether ? axes[0] : 0;
  const rank = common.length;
  const perm = [
    ...range(before).map((k) => rank + k),
    ...range(rank),
    ...range(y.shape.length - rank - before).map((k) => rank + before + k),
  ];
  return perm.every((a, k) => a === k) ? y : m.transpose(y, { perm });
}
function ranged(x: Tensor, d: number, [start = null, stop = null, step = null]: Partial<Range['slice']>): Tensor {
  const size = x.shape[d];
  const by = step ?? 1;
  if (by === 0) fail('getItem', 'a step is 0', 'give a step that is not 0');
  const place = (n: number | null, missing: number, low: number, high: number): number =>
    n === null ? missing : Math.min(Math.max(n < 0 ? n + size : n, low), high);
  if (by > 0) {
    const [from, to] = [place(start, 0, 0, size), place(stop, size, 0, size)];
    return cut(x, d, from, Math.max(from, to), by);
  }
  // Backwards: reverse, then step forward from the mirrored start.
  const [from, to] = [place(start, size - 1, -1, size - 1), place(stop, -1, -1, size - 1)];
  const mirrored = m.reverse(x, { axes: [d] });
  const first = size - 1 - from;
  return cut(mirrored, d, first, Math.max(first, size - 1 - to), -by);
}
const cut = (x: Tensor, axis: number, start: number, stop: number, stride: number): Tensor =>
  start === 0 && stop === x.shape[axis] && stride === 1
    ? x
    : m.slice(x, {
        starts: x.shape.map((_, d) => (d === axis ? start : 0)),
        stops: x.shape.map((n, d) => (d === axis ? stop : n)),
        strides: x.shape.map((_, d) => (d === axis ? stride : 1)),
      });
