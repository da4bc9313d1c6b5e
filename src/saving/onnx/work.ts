import type { DType } from '../../base/dtype.ts';
import { range } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import type { ElementType } from './element-types.ts';
import { type Attribute, type Emitter, refuse, type Value } from './emitter.ts';
import { isKnown, type Layout, plain, type Size } from './layout.ts';
import { addForm, inLayout, stored } from './values.ts';

/** What a result is: its type and its sizes. */
export interface Result {
  readonly dtype: DType;
  readonly sizes: readonly Size[];
}

/** A line of the program to be written as nodes: its operands, its attributes in every recording, and its results. */
export class Work<A = any> {
  readonly e: Emitter;
  readonly inputs: readonly Value[];
  readonly attrs: A;
  readonly all: readonly A[];
  readonly results: readonly Result[];

  constructor(e: Emitter, inputs: readonly Value[], all: readonly A[], results: readonly Result[]) {
    this.e = e;
    this.inputs = inputs;
    this.attrs = all[0];
    this.all = all;
    this.results = results;
  }
  /** A number of the attributes in every recording. */
  size(f: (attrs: A) => number): Size {
    return this.all.map(f);
  }
  /** A number of the attributes that must not depend on unknown sizes. */
  known(what: string, f: (attrs: A) => number): number {
    const size = this.size(f);
    return isKnown(size) ? size[0] : refuse(`${what} depends on an open size`);
  }
  knownList(what: string, f: (attrs: A) => readonly number[]): number[] {
    return f(this.attrs).map((_, d) => this.known(what, (attrs) => f(attrs)[d]));
  }
  name(k: number): string {
    return stored(this.e, this.inputs[k]);
  }
  inLayout(k: number, layout: Layout): string {
    return inLayout(this.e, this.inputs[k], layout);
  }
  /** The result stored under a name, its axes in order unless the layout says otherwise. */
  result(name: string, layout?: Layout, k = 0): Value {
    const value: Value = { ...this.results[k], forms: [] };
    addForm(this.e, value, name, layout ?? plain(value.sizes));
    return value;
  }
  node(opType: string, input: readonly string[], attributes?: Readonly<Record<string, Attribute | undefined>>): string {
    return this.e.node(opType, input, attributes);
  }
}
export type Lower = (work: Work) => Value | readonly Value[];
/** How the call of an op is written as the corresponding ONNX operator. */
export interface LowerNote {
  /** Whether the operator does what the op does with these arguments. */
  takes(args: readonly any[], isConstant: (t: Tensor) => boolean, opset: number): boolean;
  write(work: Work<readonly any[]>): Value | readonly Value[];
}

/** Types that runtimes support for an operator; others are widened for it and narrowed again. */
export type Types = ReadonlySet<DType>;
export const types = (...list: readonly DType[]): Types => new Set(list);
export const wide = types('float16', 'bfloat16', 'float32', 'float64', 'int32');
export const floating = types('float16', 'bfloat16', 'float32', 'float64');
/** The type in which an operator works instead. */
export function widened(dtype: DType, supported: Types): ElementType {
  if (supported.has(dtype)) return dtype;
  if (dtype === 'uint32') return 'int64';
  return supported.has('int32') ? 'int32' : 'float32';
}
/** Writes an operator in a type that it supports, and its result in the type of its operands. */
export function inType(
  e: Emitter,
  dtype: DType,
  supported: Types,
  names: readonly string[],
  write: (names: readonly string[]) => string,
  gives: DType = dtype,
): string {
  const type = widened(dtype, supported);
  if (type === dtype) return write(names);
  const y = write(names.map((name) => e.cast(name, type)));
  return gives === dtype ? e.cast(y, dtype) : y;
}

export const axesBut = (rank: number, axes: readonly number[]): number[] =>
  range(rank).filter((d) => !axes.includes(d));
