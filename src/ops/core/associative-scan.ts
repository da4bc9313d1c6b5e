import { fail } from '../../base/errors.ts';
import { sameShape, showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { concatenate, pad, reshape, reverse as reversed } from '../../primitives/movement.ts';
import { axisOf } from '../axes.ts';
import { part } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { cast } from '../operands.ts';
import { takeApart } from './nests.ts';

type Lists = readonly Tensor[];
/** Interleaves the elements of two tensors, the first one's first; it has as many elements, or one more. */
function interleaved(a: Tensor, b: Tensor, d: number): Tensor {
  const n = a.shape[d] + b.shape[d];
  const only = (k: number): number[] => a.shape.map((_, e) => (e === d ? k : 0));
  const long = b.shape[d] === a.shape[d] ? b : pad(b, { low: only(0), high: only(1), inner: only(0), value: 0 });
  const split = [...a.shape.slice(0, d + 1), 1, ...a.shape.slice(d + 1)];
  const pairs = concatenate([reshape(a, { shape: split }), reshape(long, { shape: split })], { axis: d + 1 });
  return part(reshape(pairs, { shape: a.shape.map((size, e) => (e === d ? 2 * size : size)) }), d, 0, n);
}
/**
 * Cumulative results of an associative function along an axis, in a logarithmic number of steps: first of pairs, then
 * of the elements between.
 * @example associativeScan((a, b) => a.add(b), [1, 2, 3]) // [1, 3, 6]
 */
export const associativeScan = op(
  'associativeScan',
  (
    f: (a: any, b: any) => any,
    elems: any,
    {
      reverse = false,
      axis = 0,
    }: {
      /** Whether to run from the last element to the first; false by default. */
      readonly reverse?: boolean | undefined;
      /** Axis to scan; the first by default. */
      readonly axis?: number | undefined;
    } = {},
  ): any => {
    const { tensors, build } = takeApart(elems, { joinsNumbers: true });
    const d = axisOf('associativeScan', axis, tensors[0]?.shape.length ?? 0);
    const n = tensors[0].shape[d];
    if (tensors.some((x) => x.shape[d] !== n))
      fail(
        'associativeScan',
        `the elements have shapes ${tensors.map((x) => showShape(x.shape)).join(', ')}`,
        'make the axis equally long in all',
      );
    const combine = (a: Lists, b: Lists): Lists =>
      takeApart(f(build(a), build(b))).tensors.map((x, k) => {
        if (!a[k] || !sameShape(x.shape, a[k].shape))
          fail(
            'associativeScan',
            `the function gives shape ${showShape(x.shape)} of elements of shape ${a[k] ? showShape(a[k].shape) : 'none'}`,
            'keep the shape of the elements',
          );
        return cast(x, tensors[k].dtype);
      });
    const each = (list: Lists, start: number, stop: number, step: number): Lists =>
      list.map((x) => part(x, d, start, stop, step));
    const run = (list: Lists): Lists => {
      const count = list[0].shape[d];
      if (count < 2) return list;
      const odd = run(combine(each(list, 0, count - 1, 2), each(list, 1, count, 2)));
      const pairs = odd[0].shape[d];
      const before = count % 2 === 0 ? each(odd, 0, pairs - 1, 1) : odd;
      const rest = count > 2 ? combine(before, each(list, 2, count, 2)) : [];
      const even = list.map((x, k) =>
        rest.length > 0 ? concatenate([part(x, d, 0, 1), rest[k]], { axis: d }) : part(x, d, 0, 1),
      );
      return even.map((x, k) => interleaved(x, odd[k], d));
    };
    const turn = (list: Lists): Lists => (reverse ? list.map((x) => reversed(x, { axes: [d] })) : list);
    return build(turn(run(turn(tensors))));
  },
  ['function', 'value'],
  { reverse: true, axis: true },
);
