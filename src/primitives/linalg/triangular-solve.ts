import { fail } from '../../base/errors.ts';
import { showShape } from '../../base/shape.ts';
import { type Axis, apply, axis, type Expr, indexOf, load, minus, scalarType } from '../../ir/expr.ts';
import { accumulate, loop, loops, store, when } from '../../ir/loops.ts';
import { type Primitive, primitive } from '../../ir/primitive.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { neg } from '../elementwise.ts';
import { batchOf, each, lower, matmul, requireMatrix, sidesOf, upper, variable } from './matrix.ts';

export interface TriangularSolveAttrs {
  /** Whether only the lower triangle of a is read; otherwise only the upper one. */
  readonly lower: boolean;
  /** Solves with aᵀ. */
  readonly transpose: boolean;
  /** Assumes ones on the diagonal, without reading it. */
  readonly unitDiagonal: boolean;
}

/** The x with `a·x = b` (or `aᵀ·x = b`) for triangular a [n…, i, i] and b [n…, i, j]. */
export const triangularSolve: Primitive<[a: Tensor, b: Tensor], TriangularSolveAttrs> = primitive<
  [a: Tensor, b: Tensor],
  TriangularSolveAttrs
>('triangularSolve', {
  kind: 'loops',
  result: ([a, b]) => {
    requireMatrix('triangularSolve', a, { square: true });
    if (showShape([...b.shape.slice(0, -1), b.shape.at(-2)!]) !== showShape(a.shape))
      fail(
        'primitive triangularSolve',
        `a is ${showShape(a.shape)}, b ${showShape(b.shape)}`,
        'give both the same leading axes and number of rows',
      );
    return { shape: b.shape, dtype: b.dtype };
  },
  loops: ([a, b], [out], attrs) => {
    const [n, columns] = sidesOf(b);
    const { axes, index } = batchOf(b);
    const rest = variable('rest', scalarType(b.dtype));
    const forward = attrs.lower !== attrs.transpose;
    // With enough columns, whole rows are subtracted from rows, in lanes.
    if (columns >= 4) {
      const [j, l, q] = [axis(columns, 'j'), axis(columns, 'l'), axis(columns, 'q')];
      const row = (i: Expr, column: Axis): Expr[] => [...index, i, indexOf(column)];
      return loops(
        axes,
        [
          each(n, 'step', (step) => {
            const i = forward ? step : minus(n - 1, step);
            const divided = apply('div', load(out, row(i, q)), load(a, [...index, i, i]));
            return [
              loop(j, [store(out, row(i, j), load(b, row(i, j)))], 'vector'),
              each(n, 'other', (other) => {
                const k = forward ? other : minus(n - 1, other);
                const factor = load(a, attrs.transpose ? [...index, k, i] : [...index, i, k]);
                const known = apply('mul', rest.value, load(out, row(k, l)));
                const less = store(out, row(i, l), apply('sub', load(out, row(i, l)), known));
                return [when(apply('lt', other, step), [rest.set(factor), loop(l, [less], 'vector')])];
              }),
              ...(attrs.unitDiagonal ? [] : [loop(q, [store(out, row(i, q), divided)], 'vector')]),
            ];
          }),
        ],
        'parallel',
      );
    }
    return loops(
      axes,
      [
        each(columns, 'j', (j) => [
          each(n, 'step', (step) => {
            const i = forward ? step : minus(n - 1, step);
            return [
              rest.set(load(b, [...index, i, j])),
              each(n, 'other', (other) => {
                const k = forward ? other : minus(n - 1, other);
                const factor = load(a, attrs.transpose ? [...index, k, i] : [...index, i, k]);
                const known = apply('neg', apply('mul', factor, load(out, [...index, k, j])));
                return [when(apply('lt', other, step), [accumulate(rest.local, 'add', known)])];
              }),
              store(
                out,
                [...index, i, j],
                attrs.unitDiagonal ? rest.value : apply('div', rest.value, load(a, [...index, i, i])),
              ),
            ];
          }),
        ]),
      ],
      'parallel',
    );
  },
  vjp: (g, [a], attrs, out) => {
    const gb = triangularSolve(a, g, { ...attrs, transpose: !attrs.transpose });
    const outer = attrs.transpose ? matmul(out, gb, { transposeY: true }) : matmul(gb, out, { transposeY: true });
    return [(attrs.lower ? lower : upper)(neg(outer), { strict: attrs.unitDiagonal }), gb];
  },
  samples: [true, false]
    .flatMap((isLower) =>
      [true, false].map((transpose) => ({
        inputs: [{ shape: [2, 3, 3], low: 0.5, high: 2 }, { shape: [2, 3, transpose ? 2 : 5] }],
        attrs: { lower: isLower, transpose, unitDiagonal: isLower && transpose },
      })),
    )
    .concat({
      inputs: [{ shape: [3, 3], low: 0.5, high: 2 }, { shape: [3, 6] }],
      attrs: { lower: true, transpose: true, unitDiagonal: false },
    }),
});
