import * as ops from '../../src/ops/index.ts';
import type { Tensor } from '../../src/tensor/index.ts';

type T = Tensor;
const { add, multiply, subtract, exp, log, sin, cos } = ops;
const half = (x: T): T => multiply(x, 0.5);

/** The functions that cases name as `{ body: tag }`. */
export const bodies: Readonly<Record<string, unknown>> = {
  add_one: (x: T) => add(x, 1),
  square: (x: T) => multiply(x, x),
  times_two: (x: T) => multiply(x, 2),
  half,
  neg: (x: T) => ops.negative(x),
  sin: (x: T) => sin(x),
  cos: (x: T) => cos(x),
  sum_all: (x: T) => ops.sum(x),
  square_plus_x: (x: T) => add(multiply(x, x), x),
  pair_mul_add: ([p, q]: [T, T]) => add(multiply(p, q), p),
  pair_dot: ([p, q]: [T, T]) => ops.sum(multiply(p, q)),
  const_one: () => ops.ones([2, 3]),
  const_two: () => ops.full([2, 3], 2.5),
  const_pair_a: () => [ops.ones([2]), ops.zeros([3])],
  const_pair_b: () => [ops.full([2], 0.25), ops.ones([3])],
  add2: (a: T, b: T) => add(a, b),
  mul2: (a: T, b: T) => multiply(a, b),
  sub2: (a: T, b: T) => subtract(a, b),
  max2: (a: T, b: T) => ops.maximum(a, b),
  matmul2: (a: T, b: T) => ops.matmul(a, b),
  affine_compose: ([a, b]: [T, T], [c, d]: [T, T]) => [multiply(a, c), add(multiply(b, c), d)],
  scan_cumsum: (c: T, x: T) => [add(c, x), add(c, x)],
  scan_leaky: (c: T, x: T) => [add(half(c), x), multiply(add(half(c), x), c)],
  scan_count: (c: T) => [add(multiply(c, 2), 1), c],
  scan_pair: ([c, d]: [T, T], x: T) => [[d, add(c, x)], multiply(c, d)],
  scan_two_inputs: (c: T, [x, y]: [T, T]) => [add(c, multiply(x, y)), subtract(c, y)],
  scan_matvec: (c: T, x: T) => [ops.tanh(ops.matmul(c, x)), ops.sum(c)],
  lt_10: (x: T) => ops.less(x, 10),
  sum_lt_20: (x: T) => ops.less(ops.sum(x), 20),
  pair_i_lt_5: (i: T) => ops.less(i, 5),
  pair_step: (i: T, x: T) => [add(i, 1), subtract(multiply(x, 1.5), 0.25)],
  always: () => true,
  fori_add_index: (i: T, x: T) => add(x, ops.cast(i, 'float32')),
  fori_mul_shift: (i: T, x: T) => add(multiply(x, 0.9), multiply(ops.cast(i, 'float32'), 0.1)),
  fori_pair: (_: T, [p, q]: [T, T]) => [q, add(p, q)],
  vec_add_sq: (a: T, b: T) => add(a, multiply(b, b)),
  vec_dot: (a: T, b: T) => ops.sum(multiply(a, b)),
  vec_outer: (a: T, b: T) => ops.outer(a, b),
  sin_of_square: (x: T) => sin(multiply(x, x)),
  xy_plus_exp: (x: T, y: T) => add(multiply(x, y), exp(x)),
  square_with_aux: (x: T) => [multiply(x, x), add(x, 1)],
  custom_scale_grad: (x: T) => [multiply(x, x), (upstream: T) => multiply(upstream, 3)],
  custom_log1pexp: (x: T) => {
    const e = exp(x);
    return [log(add(e, 1)), (upstream: T) => multiply(upstream, subtract(1, ops.divide(1, add(e, 1))))];
  },
};
