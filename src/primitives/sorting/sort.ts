import { apply, axis, both, type Expr, indexOf, type Local, load, plus, times } from '../../ir/expr.ts';
import { loop, loops, readLocal, type Stmt, set, store, when, whileLoop } from '../../ir/loops.ts';
import { type Primitive, primitive } from '../../ir/primitive.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { gatherAlong } from '../indexing/gather.ts';
import { slice } from '../movement.ts';
import { precedes, type SortAttrs } from './precedes.ts';
import { radixSort, suitsRadixSort } from './radix-sort.ts';
import { rankSort } from './rank-sort.ts';
import { tournament } from './tournament.ts';

export type { SortAttrs } from './precedes.ts';

/** Positions that sort along an axis: `x[out[0]], x[out[1]], …` is in order. Radix sort for long lines, otherwise merge sort, bottom up. */
export const argSort: Primitive<[x: Tensor], SortAttrs> = primitive<[x: Tensor], SortAttrs>('argSort', {
  kind: 'loops',
  result: ([x]) => ({ shape: x.shape, dtype: 'int32' }),
  loops: ([x], [out], { axis: d, descending }, scratch) => {
    const n = x.shape[d];
    if (suitsRadixSort(x.dtype, n)) return radixSort(x, out, { axis: d, descending }, scratch);
    const axes = x.shape.map((size, k) => axis(size, `i${k}`));
    const others = axes.filter((_, k) => k !== d);
    const at = (i: Expr): Expr[] => axes.map((a, k) => (k === d ? i : indexOf(a)));
    const passes = n <= 1 ? 0 : Math.ceil(Math.log2(n));
    const other = passes === 0 ? out : scratch({ shape: x.shape, dtype: 'int32' }, 'half sorted');
    // The last pass must write the result.
    let [from, to] = passes % 2 === 0 ? [out, other] : [other, out];

    const first = axis(n, 'first');
    const line: Stmt[] = [loop(first, [store(from, at(indexOf(first)), indexOf(first))])];
    const local = (name: string): Local => ({ name, type: 'i32' });
    const [left, right, write, middle, end] = ['left', 'right', 'write', 'middle', 'end'].map(local) as [
      Local,
      Local,
      Local,
      Local,
      Local,
    ];
    const [i, j, k] = [readLocal(left), readLocal(right), readLocal(write)];
    for (let pass = 0; pass < passes; pass++) {
      const width = 2 ** pass;
      const run = axis(Math.ceil(n / (2 * width)), `run${pass}`);
      const start = times(indexOf(run), 2 * width);
      const bounded = (e: Expr): Expr => apply('min', e, n);
      // Positions past the end are read only to be discarded.
      const source = (e: Expr): Expr => load(from, at(apply('min', e, n - 1)));
      const key = (e: Expr): Expr => load(x, at(source(e)));
      const takesRight = both([
        apply('lt', j, readLocal(end)),
        apply('or', apply('ge', i, readLocal(middle)), precedes(key(j), key(i), descending)),
      ]);
      const advance = (index: Local): Stmt[] => [
        store(to, at(k), source(readLocal(index))),
        set(index, plus(readLocal(index), 1)),
      ];
      line.push(
        loop(run, [
          set(left, start),
          set(middle, bounded(plus(start, width))),
          set(right, readLocal(middle)),
          set(end, bounded(plus(start, 2 * width))),
          set(write, start),
          whileLoop(apply('lt', k, readLocal(end)), [
            when(takesRight, advance(right), advance(left)),
            set(write, plus(k, 1)),
          ]),
        ]),
      );
      [from, to] = [to, from];
    }
    return loops(others, line, 'parallel');
  },
  wideLoops: ([x], [out], attrs, scratch) => rankSort(x, out, attrs, scratch),
  vjp: () => [null],
  samples: [
    { inputs: [{ shape: [3, 7] }], attrs: { axis: 1, descending: false } },
    { inputs: [{ shape: [13, 2], dtype: 'int32', low: 0, high: 4 }], attrs: { axis: 0, descending: true } },
    { inputs: [{ shape: [6], values: [2, Number.NaN, -1, 0, Number.NaN, 2] }], attrs: { axis: 0, descending: false } },
    { inputs: [{ shape: [2, 300] }], attrs: { axis: 1, descending: false } },
    { inputs: [{ shape: [300, 2], dtype: 'int32', low: -9, high: 9 }], attrs: { axis: 0, descending: true } },
    { inputs: [{ shape: [260], dtype: 'uint8', low: 0, high: 200 }], attrs: { axis: 0, descending: false } },
  ],
});

/** The arrays, rearranged along an axis so that the first one is sorted. Equal elements keep their order. */
export function sort(operands: readonly Tensor[], attrs: SortAttrs): Tensor[] {
  const order = argSort(operands[0], attrs);
  return operands.map((x) => gatherAlong(x, order, { axis: attrs.axis, mode: 'clamp', fill: 0 }));
}

/** The k largest elements along the last axis, largest first, and their positions; among equal ones, the first comes first. */
export function topK(x: Tensor, { k }: { k: number }): { values: Tensor; indices: Tensor } {
  const axis = x.shape.length - 1;
  const order = argTopK(x, { k });
  return { values: gatherAlong(x, order, { axis, mode: 'clamp', fill: 0 }), indices: order };
}

/** Positions of the k largest elements along the last axis. */
function argTopK(x: Tensor, { k }: { k: number }): Tensor {
  const axis = x.shape.length - 1;
  const n = x.shape[axis];
  if (k <= 32 && k * 4 < n) return selectTop(x, { k });
  const order = argSort(x, { axis, descending: true });
  return slice(order, {
    starts: x.shape.map(() => 0),
    stops: [...x.shape.slice(0, axis), k],
    strides: x.shape.map(() => 1),
  });
}

/** Positions of the k largest elements along the last axis, by insertion into a list of k: for small k. */
export const selectTop: Primitive<[x: Tensor], { k: number }> = primitive<[x: Tensor], { k: number }>('selectTop', {
  kind: 'loops',
  result: ([x], { k }) => ({ shape: [...x.shape.slice(0, -1), k], dtype: 'int32' }),
  loops: ([x], [out], { k }, scratch) => tournament(x, out, { k, block: x.shape.at(-1)! }, scratch),
  wideLoops: ([x], [out], { k }, scratch) => tournament(x, out, { k, block: Math.max(64, 8 * k) }, scratch),
  vjp: () => [null],
  samples: [
    { inputs: [{ shape: [3, 20] }], attrs: { k: 4 } },
    { inputs: [{ shape: [2, 15], dtype: 'int32', low: 0, high: 4 }], attrs: { k: 3 } },
  ],
});
