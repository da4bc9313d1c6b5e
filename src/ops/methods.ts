import type { Shape } from '../base/shape.ts';
import { Tensor } from '../ir/tensor.ts';
import type { KerasTensor } from '../tensor/keras-tensor.ts';
import type { Like } from '../tensor/like.ts';
import { Variable } from '../tensor/variable.ts';
import { cast } from './core/basic.ts';
import './iterate.ts';
import * as activations from './nn/activations.ts';
import { softmax } from './nn/softmax.ts';
import * as arithmetic from './numpy/arithmetic.ts';
import { clip } from './numpy/clip.ts';
import * as compare from './numpy/compare.ts';
import { getItem, type Key, take } from './numpy/indexing.ts';
import { matmul } from './numpy/linear.ts';
import type { ArgOptions, ReduceOptions } from './numpy/reduce.ts';
import * as reduce from './numpy/reduce.ts';
import * as shape from './numpy/shape.ts';
import * as unary from './numpy/unary.ts';

/** Methods of symbolic tensors return symbolic ones. */
type Same<T> = T extends KerasTensor ? KerasTensor : Tensor;
type Unary<T> = () => Same<T>;
type Binary<T> = (other: Like) => Same<T>;
type Reduce<T> = (options?: ReduceOptions) => Same<T>;
type Arg<T> = (options?: ArgOptions) => Same<T>;

/** Ops as methods: `x.add(y)` is `ops.add(x, y)`. */
interface Methods {
  add: Binary<this>;
  sub: Binary<this>;
  subtract: Binary<this>;
  mul: Binary<this>;
  multiply: Binary<this>;
  div: Binary<this>;
  divide: Binary<this>;
  floorDivide: Binary<this>;
  mod: Binary<this>;
  pow: Binary<this>;
  power: Binary<this>;
  maximum: Binary<this>;
  minimum: Binary<this>;
  clip(min: Like, max: Like): Same<this>;
  neg: Unary<this>;
  negative: Unary<this>;
  abs: Unary<this>;
  sign: Unary<this>;
  square: Unary<this>;
  sqrt: Unary<this>;
  rsqrt: Unary<this>;
  reciprocal: Unary<this>;
  exp: Unary<this>;
  expm1: Unary<this>;
  log: Unary<this>;
  log1p: Unary<this>;
  sin: Unary<this>;
  cos: Unary<this>;
  tanh: Unary<this>;
  floor: Unary<this>;
  ceil: Unary<this>;
  round(options?: {
    /** Number of decimals, negative for tens and more; 0 by default. */
    readonly decimals?: number;
  }): Same<this>;
  relu: Unary<this>;
  sigmoid: Unary<this>;
  softmax(options?: {
    /** Axes along which the results sum to 1; the last by default. */
    readonly axis?: number | readonly number[] | null;
  }): Same<this>;
  sum: Reduce<this>;
  mean: Reduce<this>;
  max: Reduce<this>;
  min: Reduce<this>;
  prod: Reduce<this>;
  std: Reduce<this>;
  var: Reduce<this>;
  all: Reduce<this>;
  any: Reduce<this>;
  argmax: Arg<this>;
  argmin: Arg<this>;
  logsumexp: Reduce<this>;
  equal: Binary<this>;
  notEqual: Binary<this>;
  greater: Binary<this>;
  greaterEqual: Binary<this>;
  less: Binary<this>;
  lessEqual: Binary<this>;
  logicalAnd: Binary<this>;
  logicalOr: Binary<this>;
  logicalNot: Unary<this>;
  /** Another shape for the same elements; one size may be -1. */
  reshape(newShape: Shape | number): Same<this>;
  /** The elements as a vector. */
  flatten: Unary<this>;
  ravel: Unary<this>;
  transpose(options?: {
    /** The axes in their new order; reversed by default. */
    readonly axes?: readonly number[] | null;
  }): Same<this>;
  squeeze(options?: {
    /** Axes of size 1 that go; all of them by default. */
    readonly axis?: number | readonly number[] | null;
  }): Same<this>;
  expandDims(axis: number | readonly number[]): Same<this>;
  broadcastTo(shape: Shape): Same<this>;
  split(
    indicesOrSections: number | readonly number[],
    options?: {
      /** The axis to split; the first by default. */
      readonly axis?: number;
    },
  ): Same<this>[];
  flip(options?: {
    /** The axes that are reversed; all by default. */
    readonly axis?: number | readonly number[] | null;
  }): Same<this>;
  tile(repeats: number | readonly number[]): Same<this>;
  repeat(
    repeats: number | readonly number[],
    options?: {
      /** Axis along which elements are repeated; by default the flattened tensor. */
      readonly axis?: number | null;
    },
  ): Same<this>;
  matmul: Binary<this>;
  take(
    indices: Like,
    options?: {
      /** Axis along which elements are taken; by default the flattened tensor. */
      readonly axis?: number | null;
    },
  ): Same<this>;
  /** Part of the tensor, as `x[key]` in Python: `x.slice([0, { slice: [1, 3] }])`. */
  slice(key: Key | readonly Key[]): Same<this>;
  cast(dtype: string): Same<this>;
  astype(dtype: string): Same<this>;
}

const ops = {
  add: arithmetic.add,
  sub: arithmetic.subtract,
  subtract: arithmetic.subtract,
  mul: arithmetic.multiply,
  multiply: arithmetic.multiply,
  div: arithmetic.divide,
  divide: arithmetic.divide,
  floorDivide: arithmetic.floorDivide,
  mod: arithmetic.mod,
  pow: arithmetic.power,
  power: arithmetic.power,
  maximum: arithmetic.maximum,
  minimum: arithmetic.minimum,
  clip,
  neg: unary.negative,
  negative: unary.negative,
  abs: unary.abs,
  sign: unary.sign,
  square: unary.square,
  sqrt: unary.sqrt,
  rsqrt: unary.rsqrt,
  reciprocal: unary.reciprocal,
  exp: unary.exp,
  expm1: unary.expm1,
  log: unary.log,
  log1p: unary.log1p,
  sin: unary.sin,
  cos: unary.cos,
  tanh: unary.tanh,
  floor: unary.floor,
  ceil: unary.ceil,
  round: unary.round,
  relu: activations.relu,
  sigmoid: activations.sigmoid,
  softmax,
  sum: reduce.sum,
  mean: reduce.mean,
  max: reduce.max,
  min: reduce.min,
  prod: reduce.prod,
  std: reduce.std,
  var: reduce.var,
  all: reduce.all,
  any: reduce.any,
  argmax: reduce.argmax,
  argmin: reduce.argmin,
  logsumexp: reduce.logsumexp,
  equal: compare.equal,
  notEqual: compare.notEqual,
  greater: compare.greater,
  greaterEqual: compare.greaterEqual,
  less: compare.less,
  lessEqual: compare.lessEqual,
  logicalAnd: compare.logicalAnd,
  logicalOr: compare.logicalOr,
  logicalNot: compare.logicalNot,
  reshape: shape.reshape,
  flatten: shape.ravel,
  ravel: shape.ravel,
  transpose: shape.transpose,
  squeeze: shape.squeeze,
  expandDims: shape.expandDims,
  broadcastTo: shape.broadcastTo,
  split: shape.split,
  flip: shape.flip,
  tile: shape.tile,
  repeat: shape.repeat,
  matmul,
  take,
  slice: getItem,
  cast,
  astype: cast,
} as const satisfies Record<keyof Methods, unknown>;

declare module '../ir/tensor.ts' {
  interface Tensor extends Methods {}
}
declare module '../tensor/variable.ts' {
  interface Variable extends Methods {}
}

for (const [name, f] of Object.entries(ops) as [string, (...args: unknown[]) => unknown][])
  for (const prototype of [Tensor.prototype, Variable.prototype])
    Object.defineProperty(prototype, name, {
      value: function (this: Tensor | Variable, ...rest: unknown[]) {
        return f(this, ...rest);
      },
      writable: true,
      configurable: true,
    });
