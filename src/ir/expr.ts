import type { DType } from '../base/dtype.ts';
import { dtypeInfo } from '../base/dtype.ts';
import { exact } from '../base/exact.ts';
import type { Shape } from '../base/shape.ts';
import { type ScalarOp, scalarOps } from './scalar.ts';

/** Types in which kernels compute: 16-bit floats compute as f32, narrow integers as i32 or u32. */
export type ScalarType = 'f32' | 'f64' | 'i32' | 'u32' | 'bool';

/** A loop's index: counts 0 … size-1. Two axes are the same when they are the same object. */
export interface Axis {
  readonly name: string;
  readonly size: number;
}

/** A dense array that expressions read: an operand of a primitive, a result, or scratch space. */
export interface Region {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A mutable scalar of a loop nest. */
export interface Local {
  readonly name: string;
  readonly type: ScalarType;
}

export type Combine = 'add' | 'mul' | 'max' | 'min' | 'and' | 'or';

/**
 * Scalar expressions: how one output element is computed. They form a graph: a node that two parents share is computed
 * once. `load` reads a region at one index per axis, and gives the region's element in its compute type.
 */
export type Expr =
  | { readonly op: 'const'; readonly type: ScalarType; readonly value: number }
  | { readonly op: 'index'; readonly type: 'i32'; readonly axis: Axis }
  | { readonly op: 'local'; readonly type: ScalarType; readonly local: Local }
  | { readonly op: 'load'; readonly type: ScalarType; readonly from: Region; readonly index: readonly Expr[] }
  | {
      readonly op: 'reduce';
      readonly type: ScalarType;
      readonly combine: Combine;
      readonly axes: readonly Axis[];
      readonly body: Expr;
    }
  | { readonly op: 'apply'; readonly type: ScalarType; readonly f: ScalarOp; readonly args: readonly Expr[] };

export type Scalar = Expr | number;

/** The type in which elements of a dtype are computed. */
export function scalarType(dtype: DType): ScalarType {
  if (dtype === 'float64') return 'f64';
  const { kind } = dtypeInfo[dtype];
  return kind === 'float' ? 'f32' : kind === 'bool' ? 'bool' : kind === 'uint' ? 'u32' : 'i32';
}

export const constant = (value: number, type: ScalarType): Expr => ({ op: 'const', type, value });
export const int = (value: Scalar): Expr => (typeof value === 'number' ? constant(value, 'i32') : value);
export const indexOf = (axis: Axis): Expr => ({ op: 'index', type: 'i32', axis });
export const axis = (size: number, name: string): Axis => ({ name, size });
export const readLocal = (local: Local): Expr => ({ op: 'local', type: local.type, local });
export const load = (from: Region, index: readonly Scalar[]): Expr => ({
  op: 'load',
  type: scalarType(from.dtype),
  from,
  index: index.map(int),
});

const isConst = (x: Expr, value: number): boolean => x.op === 'const' && x.value === value;

/** Index arithmetic folds while it is built, so that views and windows stay readable: `(i + 0) * 1` is `i`. */
function folded(f: ScalarOp, args: readonly Expr[]): Expr | undefined {
  const [a, b] = args as [Expr, Expr];
  if (a.type !== 'i32') return undefined;
  if (a.op === 'const' && b?.op === 'const') {
    if (f === 'add') return int(a.value + b.value);
    if (f === 'sub') return int(a.value - b.value);
    if (f === 'mul' && Math.abs(a.value * b.value) < 2 ** 31) return int(a.value * b.value);
  }
  if (f === 'add') return isConst(a, 0) ? b : isConst(b, 0) ? a : undefined;
  if (f === 'sub') return isConst(b, 0) ? a : undefined;
  if (f === 'mul') return isConst(a, 1) ? b : isConst(b, 1) ? a : isConst(a, 0) ? a : isConst(b, 0) ? b : undefined;
  if (f === 'floorDiv') return isConst(b, 1) ? a : undefined;
  if (f === 'floorMod') return isConst(b, 1) ? int(0) : undefined;
  return undefined;
}

/** Applies a scalar operation; bare numbers take the type of the first expression among the operands. */
export function apply(f: ScalarOp, ...operands: Scalar[]): Expr {
  const typed = operands.filter((x) => typeof x !== 'number');
  const type = (f === 'select' ? typed.find((x) => x !== operands[0]) : typed[0])?.type ?? 'i32';
  const args = operands.map((x) => (typeof x === 'number' ? constant(x, type) : x));
  return (
    folded(f, args) ?? {
      op: 'apply',
      type: scalarOps[f].result === 'bool' ? 'bool' : f === 'select' ? args[1].type : args[0].type,
      f,
      args,
    }
  );
}
/** Converts to another compute type: floats to integers truncate and saturate, NaN gives 0; anything but 0 is true. */
export const convert = (x: Expr, type: ScalarType): Expr =>
  x.type === type ? x : { op: 'apply', type, f: 'convert', args: [x] };
/** The same 32 bits read as another type. */
export const reinterpret = (x: Expr, type: ScalarType): Expr =>
  x.type === type ? x : { op: 'apply', type, f: 'reinterpret', args: [x] };
export const reduce = (combine: Combine, axes: readonly Axis[], body: Expr): Expr =>
  axes.length === 0 ? body : { op: 'reduce', type: body.type, combine, axes, body };
export const plus = (a: Scalar, b: Scalar): Expr => apply('add', a, b);
export const minus = (a: Scalar, b: Scalar): Expr => apply('sub', a, b);
export const times = (a: Scalar, b: Scalar): Expr => apply('mul', a, b);
export const select = (condition: Expr, a: Scalar, b: Scalar): Expr => apply('select', condition, a, b);
export const both = (conditions: readonly Expr[]): Expr =>
  conditions.length === 0 ? constant(1, 'bool') : conditions.reduce((a, b) => apply('and', a, b));

/** Position in the dense array of the given shape. */
export const flatten = exact(
  'tree.flatten',
  2,
  (index: readonly Scalar[], shape: Shape): Expr =>
    index.reduce<Expr>((at, i, d) => plus(times(at, shape[d]), int(i)), int(0)),
);
/** One index per axis, from a position in the dense array. */
export function unflatten(position: Expr, shape: Shape): Expr[] {
  const index: Expr[] = new Array(shape.length);
  let rest = position;
  for (let d = shape.length - 1; d >= 0; d--) {
    index[d] = shape[d] === 1 ? int(0) : d === 0 ? rest : apply('floorMod', rest, shape[d]);
    rest = apply('floorDiv', rest, shape[d]);
  }
  return index;
}
