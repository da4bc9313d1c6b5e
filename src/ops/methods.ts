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
  /** Elementwise sum; shapes are broadcast. */
  add: Binary<this>;
  /** Elementwise difference: another name of `subtract`. */
  sub: Binary<this>;
  /** Elementwise difference, this minus `other`; shapes are broadcast. */
  subtract: Binary<this>;
  /** Elementwise product: another name of `multiply`. */
  mul: Binary<this>;
  /** Elementwise product; shapes are broadcast. */
  multiply: Binary<this>;
  /** Elementwise quotient: another name of `divide`. */
  div: Binary<this>;
  /** Elementwise quotient, a float; shapes are broadcast. */
  divide: Binary<this>;
  /** Elementwise quotient rounded down. */
  floorDivide: Binary<this>;
  /** Elementwise remainder of the division, with the sign of `other`. */
  mod: Binary<this>;
  /** Elementwise power: another name of `power`. */
  pow: Binary<this>;
  /** Elementwise power, this raised to `other`. */
  power: Binary<this>;
  /** The larger of two elements, at each position. */
  maximum: Binary<this>;
  /** The smaller of two elements, at each position. */
  minimum: Binary<this>;
  /** Moves elements below `min` or above `max` to that bound. */
  clip(min: Like, max: Like): Same<this>;
  /** `-x`: another name of `negative`. */
  neg: Unary<this>;
  /** `-x` of each element. */
  negative: Unary<this>;
  /** Absolute value of each element. */
  abs: Unary<this>;
  /** -1, 0 or 1 for each element. */
  sign: Unary<this>;
  /** `x²` of each element. */
  square: Unary<this>;
  /** Square root of each element. */
  sqrt: Unary<this>;
  /** `1 / √x` of each element. */
  rsqrt: Unary<this>;
  /** `1 / x` of each element. */
  reciprocal: Unary<this>;
  /** `eˣ` of each element. */
  exp: Unary<this>;
  /** `eˣ - 1` of each element, exact for small ones. */
  expm1: Unary<this>;
  /** Natural logarithm of each element. */
  log: Unary<this>;
  /** Natural logarithm of `1 + x` of each element, exact for small ones. */
  log1p: Unary<this>;
  /** Sine of each element, in radians. */
  sin: Unary<this>;
  /** Cosine of each element, in radians. */
  cos: Unary<this>;
  /** Hyperbolic tangent of each element. */
  tanh: Unary<this>;
  /** Each element rounded down. */
  floor: Unary<this>;
  /** Each element rounded up. */
  ceil: Unary<this>;
  /** Each element rounded to the nearest number, halves to even ones. */
  round(options?: {
    /** Number of decimals, negative for tens and more; 0 by default. */
    readonly decimals?: number;
  }): Same<this>;
  /** `max(x, 0)` of each element. */
  relu: Unary<this>;
  /** `1 / (1 + e⁻ˣ)` of each element. */
  sigmoid: Unary<this>;
  /** Exponentials that sum to 1 along an axis. */
  softmax(options?: {
    /** Axes along which the results sum to 1; the last by default. */
    readonly axis?: number | readonly number[] | null;
  }): Same<this>;
  /** Sum over axes, all of them by default. */
  sum: Reduce<this>;
  /** Mean over axes, all of them by default. */
  mean: Reduce<this>;
  /** Largest element over axes, all of them by default. */
  max: Reduce<this>;
  /** Smallest element over axes, all of them by default. */
  min: Reduce<this>;
  /** Product over axes, all of them by default. */
  prod: Reduce<this>;
  /** Standard deviation over axes, all of them by default; divides by the number of elements. */
  std: Reduce<this>;
  /** Variance over axes, all of them by default; divides by the number of elements. */
  var: Reduce<this>;
  /** Whether all elements over axes are other than 0, as `bool`. */
  all: Reduce<this>;
  /** Whether any element over axes is other than 0, as `bool`. */
  any: Reduce<this>;
  /** Position of the largest element along an axis, or in the flattened tensor; the first of equal ones. */
  argmax: Arg<this>;
  /** Position of the smallest element along an axis, or in the flattened tensor; the first of equal ones. */
  argmin: Arg<this>;
  /** `log Σ eˣ` over axes, all of them by default, without overflow. */
  logsumexp: Reduce<this>;
  /** Whether two elements are equal, at each position, as `bool`. */
  equal: Binary<this>;
  /** Whether two elements differ, at each position, as `bool`. */
  notEqual: Binary<this>;
  /** Whether this is greater than `other`, at each position, as `bool`. */
  greater: Binary<this>;
  /** Whether this is at least `other`, at each position, as `bool`. */
  greaterEqual: Binary<this>;
  /** Whether this is less than `other`, at each position, as `bool`. */
  less: Binary<this>;
  /** Whether this is at most `other`, at each position, as `bool`. */
  lessEqual: Binary<this>;
  /** Whether both elements are other than 0, at each position, as `bool`. */
  logicalAnd: Binary<this>;
  /** Whether either element is other than 0, at each position, as `bool`. */
  logicalOr: Binary<this>;
  /** Whether the element is 0, at each position, as `bool`. */
  logicalNot: Unary<this>;
  /** Another shape for the same elements; one size may be -1. */
  reshape(newShape: Shape | number): Same<this>;
  /** The elements as a vector. */
  flatten: Unary<this>;
  /** The elements as a vector: another name of `flatten`. */
  ravel: Unary<this>;
  /** The axes in another order: rows and columns of a matrix exchanged. */
  transpose(options?: {
    /** The axes in their new order; reversed by default. */
    readonly axes?: readonly number[] | null;
  }): Same<this>;
  /** Without axes of size 1. */
  squeeze(options?: {
    /** Axes of size 1 that go; all of them by default. */
    readonly axis?: number | readonly number[] | null;
  }): Same<this>;
  /** With an axis of size 1 at `axis`, or several; negative ones count from the end of the result. */
  expandDims(axis: number | readonly number[]): Same<this>;
  /** Repeated along axes of size 1, and new ones in front, up to the given shape. */
  broadcastTo(shape: Shape): Same<this>;
  /** Parts along an axis: equal ones, by their number, or cut at the given positions. */
  split(
    indicesOrSections: number | readonly number[],
    options?: {
      /** The axis to split; the first by default. */
      readonly axis?: number;
    },
  ): Same<this>[];
  /** The elements in reverse order along axes. */
  flip(options?: {
    /** The axes that are reversed; all by default. */
    readonly axis?: number | readonly number[] | null;
  }): Same<this>;
  /** The whole tensor repeated, a number for each axis. */
  tile(repeats: number | readonly number[]): Same<this>;
  /** Each element repeated, a number for all or one for each. */
  repeat(
    repeats: number | readonly number[],
    options?: {
      /** Axis along which elements are repeated; by default the flattened tensor. */
      readonly axis?: number | null;
    },
  ): Same<this>;
  /** Matrix product of the last two axes; the axes before are broadcast. */
  matmul: Binary<this>;
  /** The elements at `indices` along an axis. */
  take(
    indices: Like,
    options?: {
      /** Axis along which elements are taken; by default the flattened tensor. */
      readonly axis?: number | null;
    },
  ): Same<this>;
  /** Part of the tensor, as `x[key]` in Python: `x.slice([0, { slice: [1, 3] }])`. */
  slice(key: Key | readonly Key[]): Same<this>;
  /** The elements as another dtype. */
  cast(dtype: string): Same<this>;
  /** The elements as another dtype: NumPy's name of `cast`. */
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
