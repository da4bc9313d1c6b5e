import { type DType, isFloat } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { optionsOf } from '../base/options.ts';
import { type Shape, sizeOf } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { shapeArgument } from '../ops/axes.ts';
import * as ops from '../ops/index.ts';
import { op } from '../ops/op.ts';
import { like } from '../ops/operands.ts';
import { select } from '../primitives/elementwise.ts';
import { splitKey } from '../primitives/generators.ts';
import { asTensor, type Like } from '../tensor/like.ts';
import { splitKeys } from './key-sequence.ts';
import { normalOf } from './normal.ts';
import { drawKey } from './seed-generator.ts';
import { type Keys, splitEach, unitOfEach } from './threefry.ts';
import { affine, type DrawOptions, drawDType, drawOptions } from './uniform.ts';

/** Keys of the elements of an array of this size. */
function keysFor(key: Tensor, count: number): Keys {
  const table = splitKey(key, { count });
  const word = (k: number): Tensor => ops.squeeze(ops.getItem(table, ['...', { slice: [k, k + 1] }]), { axis: -1 });
  return [word(0), word(1)];
}
const chosen = (condition: Tensor, [a0, a1]: Keys, [b0, b1]: Keys): Keys => [
  select(condition, a0, b0),
  select(condition, a1, b1),
];

/** Draws of a gamma distribution as factors: `d · v · boost`, and the logarithm of boost. */
interface Factors {
  readonly scale: Tensor;
  readonly v: Tensor;
  readonly logBoost: Tensor;
}

/**
 * Marsaglia and Tsang's method (2000) for each element of a vector: the cube of a normal number is accepted or drawn
 * again. All elements share one loop; accepted ones keep their number.
 */
function factors(key: Tensor, alpha: Tensor): Factors {
  const isSmall = ops.less(alpha, 1);
  const a = ops.where(isSmall, ops.add(alpha, 1), alpha);
  const scale = ops.subtract(a, Math.fround(1 / 3));
  const c = ops.divide(Math.fround(1 / 3), ops.sqrt(scale));
  const [first, boostKeys] = splitEach(keysFor(key, alpha.shape[0]), 2) as [Keys, Keys];
  const flag = (value: boolean): Tensor => ops.full(alpha.shape, value, { dtype: 'bool' });

  const body = (...state: Tensor[]): Tensor[] => {
    const [k0, k1, x0, x1, u0, u1, isNew, isDone, v] = state as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const [next, freshX, freshU] = splitEach([k0, k1], 3) as [Keys, Keys, Keys];
    const keys = chosen(isNew, next, [k0, k1]);
    const uKeys = chosen(isNew, freshU, [u0, u1]);
    const [xKeys, own] = splitEach(chosen(isNew, freshX, [x0, x1]), 2) as [Keys, Keys];
    const unit = unitOfEach(own);
    const x = normalOf(affine(unit, 2, -1 + 2 ** -24));
    const root = ops.add(ops.multiply(x, c), 1);
    const isPositive = ops.greater(root, 0);
    const cube = ops.multiply(ops.multiply(root, root), root);
    const square = ops.multiply(x, x);
    const u = unitOfEach(uKeys);
    const squeeze = ops.less(u, ops.subtract(1, ops.multiply(ops.multiply(square, square), 0.0331)));
    const bound = ops.add(
      ops.multiply(square, 0.5),
      ops.multiply(scale, ops.add(ops.subtract(1, cube), ops.log(ops.where(isPositive, cube, 1)))),
    );
    const isTaken = ops.logicalAnd(isPositive, ops.logicalOr(squeeze, ops.less(ops.log(u), bound)));
    const takes = ops.logicalAnd(isTaken, ops.logicalNot(isDone));
    return [...keys, ...xKeys, ...uKeys, isPositive, ops.logicalOr(isDone, isTaken), ops.where(takes, cube, v)];
  };
  const unfinished = (...state: Tensor[]): Tensor => ops.logicalNot(ops.all(state[7]));
  const start = [...first, ...first, ...first, flag(true), flag(false), like(alpha, 1)];
  const end = ops.whileLoop(unfinished, body, start) as Tensor[];
  const logUnit = ops.log1p(ops.negative(unitOfEach(boostKeys)));
  return { scale, v: end[8], logBoost: ops.where(isSmall, ops.divide(logUnit, alpha), 0) };
}

const spreadParameter = (x: Tensor, shape: Shape): Tensor =>
  ops.reshape(ops.broadcastTo(ops.cast(x, 'float32'), shape), [sizeOf(shape)]);
const given = (x: Like): Tensor => asTensor(x, 'float32');

const drawGamma = op(
  'gamma',
  (key: Tensor, alpha: Tensor, shape: Shape, dtype: DType): Tensor => {
    const { scale, v, logBoost } = factors(key, spreadParameter(alpha, shape));
    return ops.cast(ops.reshape(ops.multiply(ops.multiply(scale, v), ops.exp(logBoost)), shape), dtype);
  },
  ['tensor', 'tensor'],
);
const drawBeta = op(
  'beta',
  (key: Tensor, alpha: Tensor, beta: Tensor, shape: Shape, dtype: DType): Tensor => {
    const [keyA, keyB] = splitKeys(key, 2) as [Tensor, Tensor];
    const logarithm = (own: Tensor, parameter: Tensor): Tensor => {
      const { scale, v, logBoost } = factors(own, spreadParameter(parameter, shape));
      return ops.add(ops.add(ops.log(scale), ops.log(v)), logBoost);
    };
    const [a, b] = [logarithm(keyA, alpha), logarithm(keyB, beta)];
    const larger = ops.maximum(a, b);
    const [x, y] = [ops.exp(ops.subtract(a, larger)), ops.exp(ops.subtract(b, larger))];
    return ops.cast(ops.reshape(ops.divide(x, ops.add(x, y)), shape), dtype);
  },
  ['tensor', 'tensor', 'tensor'],
);
function floatDType(who: string, dtype: string | null | undefined): DType {
  const type = drawDType(who, dtype);
  return isFloat(type) ? type : fail(who, `it draws floats, not ${type}`, 'give a float dtype');
}

/**
 * Numbers with a gamma distribution of shape `alpha` (one, or one an element) and rate 1.
 * @example gamma([2, 3], 2, { seed: 1 }).shape // [2, 3]
 */
export const gamma = exact('random.gamma', 3, (shape: Shape, alpha: Like, options: DrawOptions = {}): Tensor => {
  const { dtype, seed } = optionsOf('random.gamma', drawOptions, options);
  return drawGamma(
    drawKey('random.gamma', seed),
    given(alpha),
    shapeArgument('random.gamma', shape),
    floatDType('random.gamma', dtype),
  );
});
/**
 * Numbers with a beta distribution.
 * @example beta([2, 3], 2, 3, { seed: 1 }).shape // [2, 3]
 */
export const beta = exact('random.beta', 4, (shape: Shape, alpha: Like, b: Like, options: DrawOptions = {}): Tensor => {
  const { dtype, seed } = optionsOf('random.beta', drawOptions, options);
  return drawBeta(
    drawKey('random.beta', seed),
    given(alpha),
    given(b),
    shapeArgument('random.beta', shape),
    floatDType('random.beta', dtype),
  );
});
