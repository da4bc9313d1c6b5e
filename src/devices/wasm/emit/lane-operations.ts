import { type Apply, applied, type Operation, register, type Value } from '../../../codegen/linear/ir.ts';
import type { ScalarType } from '../../../ir/expr.ts';
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
  shuffle32,
} from '../encoder/index.ts';
import { features } from '../features.ts';
import { laneInstruction } from './instructions.ts';
import { scalarOperation } from './scalar-operations.ts';
import { hold, type Target } from './target.ts';

/** Types with four elements in a vector. Booleans are masks: all bits of a lane, or none. */
export const hasLanes = (type: ScalarType): boolean => type !== 'f64';
export const laneShape = (type: ScalarType): LaneShape & ('f32x4' | 'i32x4') => (type === 'f32' ? 'f32x4' : 'i32x4');

const shifts: Partial<Record<Operation, Plain>> = {
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

/** One number in all lanes. */
export function numbers(module: ModuleBuilder, x: number, type: ScalarType): Operand {
  return module.vector(laneShape(type), type === 'bool' ? -x : x);
}

/** A vector with one element in all lanes. */
export function splat(module: ModuleBuilder, x: Operand, type: ScalarType): Operand {
  if (typeof x === 'number') return numbers(module, x, type);
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

/** An operation on four elements at once, or lane by lane if there is no vector instruction. */
export function laneOperation(target: Target, e: Apply, args: readonly Operand[]): Operand {
  const { f, module } = target;
  const [a, b] = args as [Operand, Operand];
  const { from } = e;
  const second = e.args[1];
  const name = laneInstruction(e.f, from);
  if (name) return op(name, ...args);
  const shift = shifts[e.f];
  if (shift && second.op === 'const') return op(shift, a, second.value);
  if (e.f === 'fma')
    return features().relaxedMadd
      ? op('f32x4.relaxed_madd', a, b, args[2])
      : op('f32x4.add', op('f32x4.mul', a, b), args[2]);
  if (e.f === 'select') return choice(e, args);
  if (e.f === 'reinterpret') return a;
  if (e.f === 'convert') {
    if (from === 'bool' && e.type === 'f32') return op('v128.and', a, module.vector('f32x4', 1));
    const conversion = conversions[`${from} ${e.type}`];
    return conversion ? op(conversion, a) : a;
  }
  if (from === 'f32') {
    const held = args.map((x) => hold(f, x, 'v128'));
    return () => f.call(target.vectorFunction(e.f as ScalarOp), ...held);
  }
  const held = args.map((x) => hold(f, x, 'v128'));
  return gather(f, e.type, (i) =>
    scalarOperation(
      target,
      e,
      held.map((x, k) => {
        const given = e.args[k];
        return given.op === 'const' ? given.value : extract(x, given.type as ScalarType, i);
      }),
    ),
  );
}

/** The lanes of a vector combined: halves first. */
export function across(target: Target, { combine, type }: Value & { op: 'across' }, x: Operand): Operand {
  const { f } = target;
  const operand = register(type, 4);
  const merge = applied(combine, type, [operand, operand]);
  const merged = (vector: Operand, order: readonly [number, number, number, number]): Operand => {
    const held = hold(f, vector, 'v128');
    return laneOperation(target, merge, [held, shuffle32(held, held, order)]);
  };
  return extract(merged(merged(x, [2, 3, 0, 1]), [1, 0, 3, 2]), type, 0);
}

/** Selects by lane; if one arm is 0 or NaN, a single bitwise operation on the other suffices. */
function choice(e: Apply, [mask, a, b]: readonly Operand[]): Operand {
  if (isZero(e.args[2])) return op('v128.and', a, mask);
  if (isZero(e.args[1])) return op('v128.andnot', b, mask);
  // All bits of a float make a NaN.
  if (isNaNumber(e.args[1])) return op('v128.or', b, mask);
  return op('v128.bitselect', a, b, mask);
}
const isZero = (e: Value): boolean => e.op === 'const' && Object.is(e.value, 0);
const isNaNumber = (e: Value): boolean => e.op === 'const' && Number.isNaN(e.value);
