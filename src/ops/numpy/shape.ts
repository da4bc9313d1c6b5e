import { fail } from '../../base/errors.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';
import { range, type Shape, type SymbolicShape, showShape, sizeOf } from '../../base/shape.ts';
import { Tensor } from '../../ir/tensor.ts';
import * as m from '../../primitives/movement.ts';
import type { Like } from '../../tensor/like.ts';
import { axesOf, axisOf, shapeArgument } from '../axes.ts';
import { exactOp, op } from '../op.ts';
import { cast, promotableOf, spreadTo } from '../operands.ts';
import { resultType } from '../promotion.ts';
import { checkPlain } from '../reads.ts';
import { knownNumbers } from './known.ts';

const reshapeOp = op('reshape', reshapeTo, ['tensor', 'numbers']);
/**
 * The same elements in another shape; one size may be -1 (or null, as in symbolic shapes) and is inferred.
 * @example reshape([1, 2, 3, 4], [2, -1]) // [[1, 2], [3, 4]]
 */
export const reshape = exactOp(
  'reshape',
  2,
  (x: Like, newShape: SymbolicShape | number, ...surplus: []): Tensor =>
    reshapeOp(x, Array.isArray(newShape) ? newShape.map((n) => n ?? -1) : (newShape as Shape | number), ...surplus),
);
export function reshapeTo(x: Tensor, newShape: Shape | number): Tensor {
  const wanted = typeof newShape === 'number' ? [newShape] : newShape;
  const open = wanted.indexOf(-1);
  if (wanted.indexOf(-1, open + 1) > open && open >= 0)
    fail('reshape', `shape ${showShape(wanted)} leaves more than one size open`, 'give all sizes but one');
  const known = sizeOf(wanted.filter((n) => n !== -1));
  const rest = known === 0 ? 0 : sizeOf(x.shape) / known;
  const shape = wanted.map((n, d) => (d === open ? rest : n));
  if (shape.some((n) => !Number.isInteger(n) || n < 0) || sizeOf(shape) !== sizeOf(x.shape))
    fail(
      'reshape',
      `a tensor of shape ${showShape(x.shape)} (${sizeOf(x.shape)} elements) cannot take shape ${showShape(wanted)}`,
      'keep the number of elements; one size may be -1',
    );
  return m.reshape(x, { shape });
}
/** The elements as a vector. @example ravel([[1, 2], [3, 4]]) // [1, 2, 3, 4] */
export const ravel = op('ravel', (x: Tensor) => reshapeTo(x, [sizeOf(x.shape)]));

const permuted = (x: Tensor, perm: readonly number[]): Tensor =>
  perm.every((a, d) => a === d) ? x : m.transpose(x, { perm });
/** Axes in another order, reversed when `axes` is not given. @example transpose([[1, 2], [3, 4]]) // [[1, 3], [2, 4]] */
export const transpose = op(
  'transpose',
  (
    x: Tensor,
    {
      axes,
    }: {
      /** The axes in their new order; reversed by default. */
      readonly axes?: readonly number[] | null | undefined;
    } = {},
  ) => {
    const rank = x.shape.length;
    if (axes && !Array.isArray(axes))
      fail('transpose', 'axes is no list', 'give every axis once, e.g. { axes: [1, 0] }');
    const perm = axes ? axes.map((d) => axisOf('transpose', d, rank, 'axes')) : range(rank).reverse();
    if (perm.length !== rank || new Set(perm).size !== rank)
      fail(
        'transpose',
        `axes [${axes!.join(', ')}] do not order the ${rank} axes of shape ${showShape(x.shape)}`,
        'name each axis once',
      );
    return permuted(x, perm);
  },
  ['tensor'],
  { axes: true },
);
/**
 * Moves axes to other positions; the others keep their order.
 * @example moveaxis(zeros([2, 3, 4]), 0, -1).shape // [3, 4, 2]
 */
export const moveaxis = op(
  'moveaxis',
  (x: Tensor, source: number | readonly number[], destination: number | readonly number[]) => {
    const rank = x.shape.length;
    const places = (a: number | readonly number[], argument: string): number[] =>
      (typeof a === 'number' ? [a] : a).map((d) => axisOf('moveaxis', d, rank, argument));
    const [from, to] = [places(source, 'source'), places(destination, 'destination')];
    if (from.length !== to.length || new Set(from).size !== from.length || new Set(to).size !== to.length)
      fail(
        'moveaxis',
        `source [${from.join(', ')}] and destination [${to.join(', ')}] do not pair up`,
        'give as many places as axes, each once',
      );
    const rest = range(rank).filter((d) => !from.includes(d));
    return permuted(
      x,
      range(rank).map((d) => (to.includes(d) ? from[to.indexOf(d)] : rest.shift()!)),
    );
  },
  ['tensor', 'numbers', 'numbers'],
);
/** Exchanges two axes. @example swapaxes(zeros([2, 3, 4]), 0, 2).shape // [4, 3, 2] */
export const swapaxes = op('swapaxes', (x: Tensor, axis1: number, axis2: number) => {
  const rank = x.shape.length;
  const [a, b] = [axisOf('swapaxes', axis1, rank, 'axis1'), axisOf('swapaxes', axis2, rank, 'axis2')];
  return permuted(
    x,
    range(rank).map((d) => (d === a ? b : d === b ? a : d)),
  );
});
/** Inserts axes of size 1 at the given positions of the result. @example expandDims([1, 2], 0).shape // [1, 2] */
export const expandDims = op(
  'expandDims',
  (x: Tensor, axis: number | readonly number[]) => {
    const count = typeof axis === 'number' ? 1 : axis.length;
    const places = axesOf('expandDims', axis, x.shape.length + count);
    const rest = [...x.shape];
    return m.reshape(x, { shape: range(x.shape.length + count).map((d) => (places.includes(d) ? 1 : rest.shift()!)) });
  },
  ['tensor', 'numbers'],
);
/** Removes axes of size 1: the given ones, or all. @example squeeze([[1, 2]]).shape // [2] */
export const squeeze = op(
  'squeeze',
  (
    x: Tensor,
    {
      axis,
    }: {
      /** Axes of size 1 that go; all of them by default. */
      readonly axis?: number | readonly number[] | null | undefined;
    } = {},
  ) => {
    const axes =
      axis === undefined || axis === null
        ? range(x.shape.length).filter((d) => x.shape[d] === 1)
        : axesOf('squeeze', axis, x.shape.length);
    const wide = axes.find((d) => x.shape[d] !== 1);
    if (wide !== undefined)
      fail(
        'squeeze',
        `axis ${wide} of shape ${showShape(x.shape)} has size ${x.shape[wide]}, not 1`,
        'name axes of size 1',
      );
    return m.reshape(x, { shape: x.shape.filter((_, d) => !axes.includes(d)) });
  },
  ['tensor'],
  { axis: true },
);
/** Broadcasts a tensor to a larger shape. @example broadcastTo([1, 2], [2, 2]) // [[1, 2], [1, 2]] */
export const broadcastTo = op('broadcastTo', (x: Tensor, shape: Shape) => {
  const target = shapeArgument('broadcastTo', shape);
  const offset = target.length - x.shape.length;
  if (offset < 0 || x.shape.some((n, d) => n !== 1 && n !== target[d + offset]))
    fail(
      'broadcastTo',
      `shape ${showShape(x.shape)} does not spread to ${showShape(target)}`,
      'sizes must be equal or 1, counted from the last axis',
    );
  return spreadTo(x, target);
});

/** All tensors in their common dtype. */
export const common = (list: readonly Tensor[]): Tensor[] => {
  const dtype = resultType(...list.map(promotableOf));
  return list.map((x) => cast(x, dtype));
};
export interface AxisOption {
  /** The new axis; the first by default. */
  readonly axis?: number | undefined;
}
const axisOption: OptionNames<AxisOption> = { axis: true };
/** Joins tensors along an axis. @example concatenate([[1, 2], [3]]) // [1, 2, 3] */
export const concatenate = op(
  'concatenate',
  (
    xs: readonly Tensor[],
    {
      axis = 0,
    }: {
      /** Axis along which they are joined; the first by default, null for flattened tensors. */
      readonly axis?: number | null | undefined;
    } = {},
  ): Tensor => {
    if (xs.length === 0) fail('concatenate', 'the list is empty', 'give one tensor or more');
    const list = axis === null ? common(xs).map((x) => reshapeTo(x, [-1])) : common(xs);
    const first = list[0].shape;
    const d = axisOf('concatenate', axis ?? 0, first.length);
    const odd = list.find((x) => x.shape.length !== first.length || x.shape.some((n, k) => k !== d && n !== first[k]));
    if (odd)
      fail(
        'concatenate',
        `shapes ${showShape(first)} and ${showShape(odd.shape)} differ beside axis ${d}`,
        'give equal sizes on all other axes',
      );
    return list.length === 1 ? list[0] : m.concatenate(list, { axis: d });
  },
  ['tensors'],
  { axis: true },
);
/** Joins tensors of one shape along a new axis. @example stack([[1, 2], [3, 4]]) // [[1, 2], [3, 4]] */
export const stack = op(
  'stack',
  (x: readonly Tensor[], { axis = 0 }: AxisOption = {}): Tensor => {
    if (x.length === 0) fail('stack', 'the list is empty', 'give one tensor or more');
    const first = x[0].shape;
    const odd = x.find((y) => showShape(y.shape) !== showShape(first));
    if (odd)
      fail('stack', `shapes ${showShape(first)} and ${showShape(odd.shape)} differ`, 'give tensors of one shape');
    const d = axisOf('stack', axis, first.length + 1);
    const shape = [...first.slice(0, d), 1, ...first.slice(d)];
    return m.concatenate(
      common(x).map((y) => m.reshape(y, { shape })),
      { axis: d },
    );
  },
  ['tensors'],
  axisOption,
);
/** The part of `x` between two positions of an axis. */
export const part = (x: Tensor, axis: number, start: number, stop: number, stride = 1): Tensor =>
  start === 0 && stop === x.shape[axis] && stride === 1
    ? x
    : m.slice(x, {
        starts: x.shape.map((_, d) => (d === axis ? start : 0)),
        stops: x.shape.map((n, d) => (d === axis ? stop : n)),
        strides: x.shape.map((_, d) => (d === axis ? stride : 1)),
      });
/**
 * Splits a tensor into equal sections (a number), or at positions of the axis (a list).
 * @example split([1, 2, 3, 4], 2) // [[1, 2], [3, 4]]
 */
export const split = op(
  'split',
  (x: Tensor, indicesOrSections: number | readonly number[], { axis = 0 }: AxisOption = {}) =>
    splitAt('split', x, indicesOrSections, axis),
  ['tensor'],
  axisOption,
);
export function splitAt(who: string, x: Tensor, indicesOrSections: number | readonly number[], axis: number): Tensor[] {
  const d = axisOf(who, axis, x.shape.length);
  const size = x.shape[d];
  if (typeof indicesOrSections === 'number' && (size % indicesOrSections !== 0 || indicesOrSections < 1))
    fail(
      who,
      `axis ${axis} of shape ${showShape(x.shape)} does not divide into ${indicesOrSections} equal sections`,
      'give a divisor of its size, or a list of positions',
    );
  if (
    typeof indicesOrSections !== 'number' &&
    !(Array.isArray(indicesOrSections) && indicesOrSections.every(Number.isInteger))
  )
    fail(who, `it cannot cut at ${show(indicesOrSections)}`, 'give the number of sections, or a list of positions');
  const cuts =
    typeof indicesOrSections === 'number'
      ? range(indicesOrSections - 1).map((k) => ((k + 1) * size) / indicesOrSections)
      : indicesOrSections.map((n) => (n < 0 ? Math.max(0, n + size) : n));
  const beyond = cuts.find((n) => n > size);
  if (beyond !== undefined)
    fail(who, `position ${beyond} is beyond axis ${axis} of shape ${showShape(x.shape)}`, 'give positions within it');
  const ends = [...cuts, size];
  return ends.map((stop, k) => {
    const start = k === 0 ? 0 : ends[k - 1];
    return part(x, d, start, Math.max(start, stop));
  });
}
/** The slices along an axis, which is removed. @example unstack([[1, 2], [3, 4]]) // [[1, 2], [3, 4]] */
export const unstack = op(
  'unstack',
  (
    x: Tensor,
    {
      axis = 0,
    }: AxisOption & {
      /** How many there are; the size of the axis by default. */
      readonly num?: number | null | undefined;
    } = {},
  ) => {
    const d = axisOf('unstack', axis, x.shape.length);
    const shape = x.shape.filter((_, k) => k !== d);
    return range(x.shape[d]).map((i) => m.reshape(part(x, d, i, i + 1), { shape }));
  },
  ['tensor'],
  { axis: true, num: true },
);
/** Repeats a tensor along its axes, as a whole. @example tile([1, 2], 2) // [1, 2, 1, 2] */
export const tile = op(
  'tile',
  (x: Tensor, repeats: number | readonly number[]) => {
    const given = typeof repeats === 'number' ? [repeats] : repeats;
    const rank = Math.max(given.length, x.shape.length);
    const times = [...new Array<number>(rank - given.length).fill(1), ...shapeArgument('tile', given)];
    const shape = [...new Array<number>(rank - x.shape.length).fill(1), ...x.shape];
    const wide = m.broadcast(x, {
      shape: range(rank).flatMap((d) => [times[d], shape[d]]),
      axes: x.shape.map((_, d) => 2 * (d + rank - x.shape.length) + 1),
    });
    return m.reshape(wide, { shape: shape.map((n, d) => n * times[d]) });
  },
  ['tensor', 'numbers'],
);
const repeatOp = op(
  'repeat',
  (x: Tensor, repeats: number | readonly number[], { axis }: RepeatOptions = {}) => {
    const y = axis === undefined || axis === null ? reshapeTo(x, [-1]) : x;
    const d = axisOf('repeat', axis ?? 0, y.shape.length);
    const size = y.shape[d];
    const times = typeof repeats === 'number' ? repeats : repeats.length === 1 ? repeats[0] : undefined;
    if (times === undefined) {
      const list = repeats as readonly number[];
      if (list.length !== size)
        fail(
          'repeat',
          `${list.length} repeats do not fit axis ${d} of shape ${showShape(y.shape)}`,
          'give one number, or one for each element',
        );
      const parts = list.flatMap((n, i) => new Array<Tensor>(n).fill(part(y, d, i, i + 1)));
      return parts.length === 0 ? part(y, d, 0, 0) : parts.length === 1 ? parts[0] : m.concatenate(parts, { axis: d });
    }
    const spread = [...y.shape.slice(0, d + 1), times, ...y.shape.slice(d + 1)];
    const wide = m.broadcast(y, { shape: spread, axes: y.shape.map((_, k) => (k <= d ? k : k + 1)) });
    return m.reshape(wide, { shape: y.shape.map((n, k) => (k === d ? n * times : n)) });
  },
  ['tensor', 'value'],
  { axis: true },
);
interface RepeatOptions {
  /** Axis along which elements are repeated; the flattened input by default. */
  readonly axis?: number | null | undefined;
}
const repeatOptions: OptionNames<RepeatOptions> = { axis: true };
/** Repeats each element along an axis, a number of times or as many as a list says. @example repeat([1, 2], 2) // [1, 1, 2, 2] */
export const repeat = exactOp(
  'repeat',
  3,
  (x: Like, repeats: number | readonly number[] | Tensor, options: RepeatOptions = {}): Tensor => {
    optionsOf('repeat', repeatOptions, options);
    const times = knownNumbers(repeats);
    if (times instanceof Tensor)
      return fail(
        'repeat',
        'the repeats are not known yet, and they decide the shape',
        'give numbers, or a tensor that is computed',
      );
    checkPlain('numbers', times, 'repeat', 1);
    for (const n of typeof times === 'object' ? times : [times])
      if (!Number.isInteger(Number(n)) || Number(n) < 0)
        fail('repeat', `${String(n)} is no number of repeats`, 'give integers of at least 0');
    return repeatOp(x, typeof times === 'object' ? times : Number(times), options);
  },
);
/** Reverses axes: the given ones, or all. @example flip([1, 2, 3]) // [3, 2, 1] */
export const flip = op(
  'flip',
  (
    x: Tensor,
    {
      axis,
    }: {
      /** The axes that are reversed; all by default. */
      readonly axis?: number | readonly number[] | null | undefined;
    } = {},
  ) => m.reverse(x, { axes: axesOf('flip', axis, x.shape.length) }),
  ['tensor'],
  { axis: true },
);
/** Shifts elements along axes, wrapping around. @example roll([1, 2, 3], 1) // [3, 1, 2] */
export const roll = op(
  'roll',
  (
    x: Tensor,
    shift: number | readonly number[],
    {
      axis,
    }: {
      /** Axes along which elements move; by default the flattened tensor. */
      readonly axis?: number | readonly number[] | null | undefined;
    } = {},
  ): Tensor => {
    if (axis === undefined || axis === null) {
      const total = typeof shift === 'number' ? shift : shift.reduce((a, b) => a + b, 0);
      return m.reshape(rolled(reshapeTo(x, [-1]), total, 0), { shape: x.shape });
    }
    const axes = (typeof axis === 'number' ? [axis] : axis).map((d) => axisOf('roll', d, x.shape.length));
    const shifts = typeof shift === 'number' ? axes.map(() => shift) : shift;
    if (shifts.length !== axes.length && shifts.length !== 1)
      fail('roll', `${shifts.length} shifts do not fit ${axes.length} axes`, 'give one shift, or one for each axis');
    return axes.reduce((y, d, k) => rolled(y, shifts[k] ?? shifts[0], d), x);
  },
  ['tensor', 'numbers'],
  { axis: true },
);
function rolled(x: Tensor, shift: number, axis: number): Tensor {
  const size = x.shape[axis];
  const by = size === 0 ? 0 : ((shift % size) + size) % size;
  return by === 0 ? x : m.concatenate([part(x, axis, size - by, size), part(x, axis, 0, size - by)], { axis });
}
