import { apply, axis, constant, type Expr, indexOf, type Local, load, scalarType } from '../../ir/expr.ts';
import { loop, loops, readLocal, set, store, when } from '../../ir/loops.ts';
import { type Primitive, primitive } from '../../ir/primitive.ts';
import type { Tensor } from '../../ir/tensor.ts';

/** Whether a comes before b in an order in which -0 is less than 0 and, among floats, NaN comes before all. */
function beats(a: Expr, b: Expr, better: 'gt' | 'lt'): Expr {
  const plain = apply(better, a, b);
  if (a.type !== 'f32' && a.type !== 'f64') return plain;
  // Among equal numbers, only the two zeros have different reciprocals.
  const zeros = apply('and', apply('eq', a, b), apply(better, apply('div', 1, a), apply('div', 1, b)));
  const nan = apply('and', apply('ne', a, a), apply('eq', b, b));
  return apply('or', apply('or', plain, zeros), nan);
}

function argExtreme(name: string, better: 'gt' | 'lt'): Primitive<[x: Tensor], { axis: number }> {
  return primitive<[x: Tensor], { axis: number }>(name, {
    kind: 'loops',
    result: ([x], { axis: d }) => ({ shape: x.shape.filter((_, k) => k !== d), dtype: 'int32' }),
    loops: ([x], [out], { axis: d }) => {
      const axes = x.shape.map((size, k) => axis(size, `i${k}`));
      const others = axes.filter((_, k) => k !== d);
      const index = axes.map(indexOf);
      const best: Local = { name: 'best', type: scalarType(x.dtype) };
      const place: Local = { name: 'place', type: 'i32' };
      const found = load(x, index);
      return loops(
        others,
        [
          set(place, constant(0, 'i32')),
          set(
            best,
            load(
              x,
              axes.map((a, k) => (k === d ? constant(0, 'i32') : indexOf(a))),
            ),
          ),
          loop(axes[d], [when(beats(found, readLocal(best), better), [set(best, found), set(place, index[d])])]),
          store(out, others.map(indexOf), readLocal(place)),
        ],
        'parallel',
      );
    },
    vjp: () => [null],
    samples: [
      { inputs: [{ shape: [3, 5, 2] }], attrs: { axis: 1 } },
      { inputs: [{ shape: [4, 3], dtype: 'int32', low: 0, high: 3 }], attrs: { axis: 0 } },
      { inputs: [{ shape: [5], values: [0, -0, 0, -0, 0] }], attrs: { axis: 0 } },
      { inputs: [{ shape: [4], values: [1, Number.NaN, 3, Number.NaN] }], attrs: { axis: 0 } },
    ],
  });
}

/** Position of the largest element along an axis, which is removed: the first of equal ones, or of NaNs; -0 is less than 0. */
export const argMax = argExtreme('argMax', 'gt');
/** Position of the smallest element along an axis, which is removed: the first of equal ones, or of NaNs; -0 is less than 0. */
export const argMin = argExtreme('argMin', 'lt');
