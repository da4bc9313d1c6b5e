import type { Expr, ScalarType } from '../../../ir/expr.ts';
import type { ScalarOp } from '../../../ir/scalar.ts';
import {
  type FunctionBuilder,
  type LaneAccess,
  type LaneShape,
  lane,
  type ModuleBuilder,
  type Operand,
  op,
  type Plain,
} from '../encoder/index.ts';
import { features } from '../features.ts';
import { laneInstruction } from './instructions.ts';
import { scalarOperation } from './scalar-operations.ts';
import { hold, type Target } from './target.ts';

/** Types of which a vector holds four. Truth values are masks: all bits of a lane, or none. */
export const hasLanes = (type: ScalarType): boolean => type !== 'f64';
export const laneShape = (type: ScalarType): LaneShape & ('f32x4' | 'i32x4') => (type === 'f32' ? 'f32x4' : 'i32x4');

const shifts: Partial<Record<ScalarOp, Plain>> = {
  shiftLeft: 'i32x4.shl',
  shiftRight: 'i32x4.shr_s',
  shiftRightLogical: 'i32x4.shr_u',
};
const conversions: Record<string, Plain> = {
  'f32 i32': 'i32x4.trunc_sat_f32x4_s',
  'f32 u32': 'i32x4.trunc_sat_f32x4_u',
  'i32 f32': 'f32x4.convert_i32x4_s',
  'u32 f32': 'f32x4.convert_i32x4_u',
  'bool i32': 'i32x4.neg',
  'bool u32': 'i32x4.neg',
};

/** A vector with one element in all lanes. */
export function splat(module: ModuleBuilder, x: Operand, type: ScalarType): Operand {
  if (typeof x === 'number') return module.vector('i32x4', type === 'bool' ? -x : x);
  return op(`${laneShape(type)}.splat`, type === 'bool' ? op('i32.sub', 0, x) : x);
}

/** One element of a vector. */
export function extract(x: Operand, type: ScalarType, index: number): Operand {
  const value = lane(`${laneShape(type)}.extract_lane` as LaneAccess, index, x);
  return type === 'bool' ? op('i32.and', value, 1) : value;
}

/** A vector of four elements. */
export function gather(f: FunctionBuilder, type: ScalarType, element: (index: number) => Operand): Operand {
  const shape = laneShape(type);
  const mask = (x: Operand): Operand => (type === 'bool' ? op('i32.sub', 0, x) : x);
  const result = f.let('v128', op(`${shape}.splat`, mask(element(0))));
  for (let i = 1; i < 4; i++) f.set(result, lane(`${shape}.replace_lane` as LaneAccess, i, result, mask(element(i))));
  return result;
}

/** An operation on four elements at once; what no vector instruction does is done lane by lane. */
export function laneOperation(target: Target, e: Expr & { op: 'apply' }, args: readonly Operand[]): Operand {
  const { f, module } = target;
  const [a, b] = args as [Operand, Operand];
  const from = e.args[0]!.type;
  const second = e.args[1];
  const name = laneInstruction(e.f, from);
  if (from === 'f32' && (e.f === 'max' || e.f === 'min') && isNumber(second!)) {
    // With a constant, one instruction is enough: it gives its first operand where that is NaN.
    return op(e.f === 'max' ? 'f32x4.pmax' : 'f32x4.pmin', a, b);
  }
  if (name) return op(name, ...args);
  if (shifts[e.f] && second!.op === 'const') return op(shifts[e.f]!, a, second!.value);
  if (e.f === 'fma')
    return features().relaxedMadd
      ? op('f32x4.relaxed_madd', a, b, args[2]!)
      : op('f32x4.add', op('f32x4.mul', a, b), args[2]!);
  if (e.f === 'select') return choice(e, args);
  if (e.f === 'reinterpret') return a;
  if (e.f === 'convert') {
    if (from === 'bool' && e.type === 'f32') return op('v128.and', a, module.vector('f32x4', 1));
    const conversion = conversions[`${from} ${e.type}`];
    return conversion ? op(conversion, a) : a;
  }
  if (from === 'f32') {
    const held = args.map((x) => hold(f, x, 'v128'));
    return () => f.call(target.vectorFunction(e.f), ...held);
  }
  const held = args.map((x) => hold(f, x, 'v128'));
  return gather(f, e.type, (i) =>
    scalarOperation(
      target,
      e,
      held.map((x, k) => (e.args[k]!.op === 'const' ? constantOf(e.args[k]!) : extract(x, e.args[k]!.type, i))),
    ),
  );
}

/** A choice by lanes; one arm that is 0 leaves the bits of the other where it is chosen. */
function choice(e: Expr & { op: 'apply' }, [mask, a, b]: readonly Operand[]): Operand {
  if (isZero(e.args[2]!)) return op('v128.and', a!, mask!);
  if (isZero(e.args[1]!)) return op('v128.andnot', b!, mask!);
  return op('v128.bitselect', a!, b!, mask!);
}
const isZero = (e: Expr): boolean => e.op === 'const' && Object.is(e.value, 0);
const isNumber = (e: Expr): boolean => e.op === 'const' && !Number.isNaN(e.value);
const constantOf = (e: Expr): number => (e as { value: number }).value;
