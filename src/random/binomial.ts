import type { DType } from '../base/dtype.ts';
import { exact } from '../base/exact.ts';
import { optionsOf } from '../base/options.ts';
import type { Shape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { shapeArgument } from '../ops/axes.ts';
import * as ops from '../ops/index.ts';
import { op } from '../ops/op.ts';
import { asTensor, type Like } from '../tensor/like.ts';
import { splitKeys } from './key-sequence.ts';
import { drawKey } from './seed-generator.ts';
import { type DrawOptions, drawDType, drawOptions, unit } from './uniform.ts';

type Loop = (condition: unknown, body: unknown, start: readonly Tensor[]) => Tensor[];
const loop = ops.whileLoop as Loop;

/** Successes counted by the geometric gaps between them: for few expected ones. */
function byInversion(key: Tensor, n: Tensor, q: Tensor): Tensor {
  const logMiss = ops.log1p(ops.negative(q));
  const zero = ops.zerosLike(n);
  const body = (count: Tensor, sum: Tensor, state: Tensor): Tensor[] => {
    const [own, next] = splitKeys(state, 2) as [Tensor, Tensor];
    const gap = ops.ceil(ops.divide(ops.log(unit(own, n.shape)), logMiss));
    return [ops.where(ops.lessEqual(sum, n), ops.add(count, 1), count), ops.add(sum, gap), next];
  };
  const [count] = loop((_: Tensor, sum: Tensor) => ops.any(ops.lessEqual(sum, n)), body, [zero, zero, key]) as [Tensor];
  return ops.subtract(count, 1);
}

// log j minus Stirling's formula, for j = 0 … 9.
const tails = [
  0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.020790672103765, 0.0166446911898211, 0.0138761288230707,
  0.0118967099458917, 0.010411265261972, 0.00925546218271273, 0.00833056343336287,
];
function stirlingTail(j: Tensor): Tensor {
  const known = ops.take(ops.array(tails, { dtype: 'float32' }), ops.cast(ops.clip(j, 0, 9), 'int32'));
  const next = ops.add(j, 1);
  const square = ops.multiply(next, next);
  const series = ops.divide(ops.subtract(1 / 360, ops.divide(1 / 1260, square)), square);
  return ops.where(ops.lessEqual(j, 9), known, ops.divide(ops.subtract(1 / 12, series), next));
}

/** Transformed rejection (Hörmann, 1993): for many expected successes. */
function byRejection(key: Tensor, n: Tensor, q: Tensor): Tensor {
  const { add, subtract, multiply, divide } = ops;
  const deviation = ops.sqrt(multiply(multiply(n, q), subtract(1, q)));
  const b = add(multiply(deviation, 2.53), 1.15);
  const a = add(add(multiply(b, 0.0248), -0.0873), multiply(q, 0.01));
  const c = add(multiply(n, q), 0.5);
  const squeeze = subtract(0.92, divide(4.2, b));
  const r = divide(q, subtract(1, q));
  const alpha = multiply(add(divide(5.1, b), 2.83), deviation);
  const m = ops.floor(multiply(add(n, 1), q));

  const body = (drawn: Tensor, isDone: Tensor, state: Tensor): Tensor[] => {
    const [next, k0, k1] = splitKeys(state, 3) as [Tensor, Tensor, Tensor];
    const u = subtract(unit(k0, n.shape), 0.5);
    const v = unit(k1, n.shape);
    const us = subtract(0.5, ops.absolute(u));
    const k = ops.floor(add(multiply(add(divide(multiply(a, 2), us), b), u), c));
    const isEasy = ops.logicalAnd(ops.greaterEqual(us, 0.07), ops.lessEqual(v, squeeze));
    const isInside = ops.logicalAnd(ops.greaterEqual(k, 0), ops.lessEqual(k, n));
    const left = ops.log(divide(multiply(v, alpha), add(divide(a, multiply(us, us)), b)));
    const rest = add(subtract(n, k), 1);
    const peak = add(subtract(n, m), 1);
    const right = [
      multiply(add(m, 0.5), ops.log(divide(add(m, 1), multiply(r, peak)))),
      multiply(add(n, 1), ops.log(divide(peak, rest))),
      multiply(add(k, 0.5), ops.log(divide(multiply(r, rest), add(k, 1)))),
      stirlingTail(m),
      stirlingTail(subtract(n, m)),
      ops.negative(stirlingTail(k)),
      ops.negative(stirlingTail(subtract(n, k))),
    ].reduce((x, y) => add(x, y));
    const isTaken = ops.logicalOr(isEasy, ops.logicalAnd(isInside, ops.lessEqual(left, right)));
    return [ops.where(isTaken, k, drawn), ops.logicalOr(isDone, isTaken), next];
  };
  const start = [ops.full(n.shape, -1, { dtype: 'float32' }), ops.zeros(n.shape, { dtype: 'bool' }), key];
  const [k] = loop((_: Tensor, isDone: Tensor) => ops.logicalNot(ops.all(isDone)), body, start) as [Tensor];
  return k;
}

const draw = op(
  'binomial',
  (key: Tensor, counts: Tensor, probabilities: Tensor, shape: Shape, dtype: DType): Tensor => {
    const [n, p] = [ops.broadcastTo(counts, shape), ops.broadcastTo(probabilities, shape)];
    const isRare = ops.less(p, 0.5);
    const q = ops.where(isRare, p, ops.subtract(1, p));
    const isFew = ops.lessEqual(ops.multiply(n, q), 10);
    const few = byInversion(key, ops.where(isFew, n, 0), q);
    const many = byRejection(key, ops.where(isFew, 1e4, n), ops.where(isFew, 0.5, q));
    const k = ops.where(isFew, few, many);
    return ops.cast(ops.where(isRare, k, ops.subtract(n, k)), dtype);
  },
  ['tensor', 'tensor', 'tensor'],
);
/**
 * Numbers of successes in `counts` trials that succeed with probability `probabilities`.
 * @example binomial([4], 10, 0.5, { seed: 1 }).shape // [4]
 */
export const binomial = exact(
  'random.binomial',
  4,
  (shape: Shape, counts: Like, probabilities: Like, options: DrawOptions = {}): Tensor => {
    const { dtype, seed } = optionsOf('random.binomial', drawOptions, options);
    return draw(
      drawKey('random.binomial', seed),
      asTensor(counts, 'float32'),
      asTensor(probabilities, 'float32'),
      shapeArgument('random.binomial', shape),
      drawDType('random.binomial', dtype),
    );
  },
);
