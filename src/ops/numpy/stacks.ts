import { fail } from '../../base/errors.ts';
import { range, showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { axisOf, sizeArgument } from '../axes.ts';
import { op } from '../op.ts';
import { concatenate, reshapeTo, splitAt } from './shape.ts';

const stacked = (name: string, lift: (x: Tensor) => Tensor, axis: (first: Tensor) => number) =>
  op(
    name,
    (xs: readonly Tensor[]) => {
      const list = xs.map(lift);
      if (list.length === 0) fail(name, 'the list is empty', 'give one tensor or more');
      return concatenate(list, { axis: axis(list[0]) });
    },
    ['tensors'],
  );
const atLeast =
  (rank: number) =>
  (x: Tensor): Tensor =>
    x.shape.length >= rank
      ? x
      : reshapeTo(
          x,
          rank === 2
            ? [1, ...(x.shape.length === 0 ? [1] : x.shape)]
            : x.shape.length === 2
              ? [...x.shape, 1]
              : [1, x.shape[0] ?? 1, 1],
        );
/** Joins tensors side by side: along the second axis, vectors along the first. @example hstack([[1, 2], [3]]) // [1, 2, 3] */
export const hstack = stacked(
  'hstack',
  (x) => (x.shape.length === 0 ? reshapeTo(x, [1]) : x),
  (x) => (x.shape.length === 1 ? 0 : 1),
);
/** Joins tensors below each other: along the first axis, vectors as rows. @example vstack([[1, 2], [3, 4]]) // [[1, 2], [3, 4]] */
export const vstack = stacked('vstack', atLeast(2), () => 0);
/** Joins tensors behind each other: along the third axis. @example dstack([[1, 2], [3, 4]]) // [[[1, 3], [2, 4]]] */
export const dstack = stacked('dstack', atLeast(3), () => 2);

const cut = (name: string, least: number, axis: (x: Tensor) => number) =>
  op(name, (x: Tensor, indicesOrSections: number | readonly number[]) => {
    if (x.shape.length < least) fail(name, `the tensor has shape ${showShape(x.shape)}`, `give ${least} axes or more`);
    return splitAt(name, x, indicesOrSections, axis(x));
  });
/**
 * Splits a tensor along its second axis, a vector along its first.
 * @example hsplit([1, 2, 3, 4], 2) // [[1, 2], [3, 4]]
 */
export const hsplit = cut('hsplit', 1, (x) => (x.shape.length === 1 ? 0 : 1));
/** Splits a tensor along its first axis. @example vsplit([[1], [2]], 2) // [[[1]], [[2]]] */
export const vsplit = cut('vsplit', 2, () => 0);
/** Splits a tensor along its third axis. @example dsplit([[[1, 2]]], 2) // [[[[1]]], [[[2]]]] */
export const dsplit = cut('dsplit', 3, () => 2);
/**
 * Splits an axis into sections that are as equal as possible, larger ones first.
 * @example arraySplit([1, 2, 3], 2) // [[1, 2], [3]]
 */
export const arraySplit = op(
  'arraySplit',
  (
    x: Tensor,
    indicesOrSections: number | readonly number[],
    {
      axis = 0,
    }: {
      /** The axis to split; the first by default. */
      readonly axis?: number | undefined;
    } = {},
  ) => {
    if (typeof indicesOrSections !== 'number') return splitAt('arraySplit', x, indicesOrSections, axis);
    const sections = sizeArgument('arraySplit', 'indicesOrSections', indicesOrSections, 1);
    const size = x.shape[axisOf('arraySplit', axis, x.shape.length)];
    const [each, longer] = [Math.floor(size / sections), size % sections];
    return splitAt(
      'arraySplit',
      x,
      range(sections - 1).map((k) => (k + 1) * each + Math.min(k + 1, longer)),
      axis,
    );
  },
  ['tensor'],
  { axis: true },
);
