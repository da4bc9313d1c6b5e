import type { Shape } from '../base/shape.ts';
import { Tensor } from '../ir/tensor.ts';
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

type Unary = () => Tensor;
type Binary = (other: Like) => Tensor;
type Reduce = (options?: ReduceOptions) => Tensor;
type Arg = (options?: ArgOptions) => Tensor;

/** Ops as methods: `x.add(y)` is `ops.add(x, y)`. */
interface Methods {
  add: Binary;
  sub: Binary;
  subtract: Binary;
  mul: Binary;
  multiply: Binary;
  div: Binary;
  divide: Binary;
  floorDivide: Binary;
  mod: Binary;
  pow: Binary;
  power: Binary;
  maximum: Binary;
  minimum: Binary;
  clip(min: Like, max: Like): Tensor;
  neg: Unary;
  negative: Unary;
  abs: Unary;
  sign: Unary;
  square: Unary;
  sqrt: Unary;
  rsqrt: Unary;
  reciprocal: Unary;
  exp: Unary;
  expm1: Unary;
  log: Unary;
  log1p: Unary;
  sin: Unary;
  cos: Unary;
  tanh: Unary;
  floor: Unary;
  ceil: Unary;
  round(options?: { readonly decimals?: number }): Tensor;
  relu: Unary;
  sigmoid: Unary;
  softmax(options?: { readonly axis?: number | readonly number[] | null }): Tensor;
  sum: Reduce;
  mean: Reduce;
  max: Reduce;
  min: Reduce;
  prod: Reduce;
  std: Reduce;
  var: Reduce;
  all: Reduce;
  any: Reduce;
  argmax: Arg;
  argmin: Arg;
  logsumexp: Reduce;
  equal: Binary;
  notEqual: Binary;
  greater: Binary;
  greaterEqual: Binary;
  less: Binary;
  lessEqual: Binary;
  logicalAnd: Binary;
  logicalOr: Binary;
  logicalNot: Unary;
  /** Another shape for the same elements; one size may be -1. */
  reshape(newShape: Shape | number): Tensor;
  /** The elements in a row. */
  flatten: Unary;
  ravel: Unary;
  transpose(options?: { readonly axes?: readonly number[] | null }): Tensor;
  squeeze(options?: { readonly axis?: number | readonly number[] | null }): Tensor;
  expandDims(axis: number | readonly number[]): Tensor;
  broadcastTo(shape: Shape): Tensor;
  split(indicesOrSections: number | readonly number[], options?: { readonly axis?: number }): Tensor[];
  flip(options?: { readonly axis?: number | readonly number[] | null }): Tensor;
  tile(repeats: number | readonly number[]): Tensor;
  repeat(repeats: number | readonly number[], options?: { readonly axis?: number | null }): Tensor;
  matmul: Binary;
  take(indices: Like, options?: { readonly axis?: number | null }): Tensor;
  /** Part of the tensor, as `x[key]` in Python: `x.slice([0, { slice: [1, 3] }])`. */
  slice(key: Key | readonly Key[]): Tensor;
  cast(dtype: string): Tensor;
  astype(dtype: string): Tensor;
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
