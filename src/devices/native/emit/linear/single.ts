import type { Apply, Value } from '../../../../codegen/linear/ir.ts';
import type { ScalarType } from '../../../../ir/expr.ts';
import type { ScalarOp } from '../../../../ir/scalar.ts';
import { Label } from '../../encoder/assembler.ts';
import { setIf } from '../../encoder/instructions.ts';
import type { Register } from '../../encoder/operands.ts';
import { doubleToWord, truth, wordOperation } from '../scalar-operations.ts';
import { isComparison, isFloat } from '../vector-operations.ts';
import { plainFloat } from './floats.ts';
import { functionOf, hostCall } from './functions.ts';
import { isInVector, type Values, wordOf } from './operands.ts';

export function wordApply(w: Values, x: Apply, into?: Register): Register {
  const { c } = w;
  const { f, from, args } = x;
  if (f === 'select') {
    const [condition, a, b] = args as [Value, Value, Value];
    return chosen(w, condition, a, b, into);
  }
  if (f === 'convert' || f === 'reinterpret') return w.value(args[0], into);
  return wordOperation(
    c,
    f,
    from,
    args.map((y) => wordOf(w, y)),
    into,
  );
}

/** One of two single values. Both are computed. */
export function chosen(w: Values, condition: Value, a: Value, b: Value, into?: Register): Register {
  const { c } = w;
  const [x, y] = [w.value(a), w.value(b)];
  const result = isInVector(a) ? c.vector() : c.general();
  const end = new Label();
  const held = w.value(condition);
  c.move(result, x);
  c.word('test', { a: held, m: held });
  c.code.jump(end, 'notEqual');
  c.move(result, y);
  c.code.label(end);
  if (!into) return result;
  c.move(into, result);
  return into;
}

/** Single floats: vectors of which only the first lane is used. */
export function floatApply(w: Values, x: Apply, into?: Register): Register {
  const { c } = w;
  const { f, from, args } = x;
  const type = x.type as ScalarType;
  if (f === 'select') return chosen(w, args[0], args[1], args[2], into);
  if (f === 'convert') return convertSingle(w, from, type, args[0], into);
  if (f === 'reinterpret') return reinterpretSingle(w, from, type, args[0], into);
  if (isComparison(f)) return compareSingle(w, x, into);
  const plain = plainFloat(w, x, into);
  if (plain) return plain;
  if (from === 'f64') return hostCall(w, x, into);
  // A vector function, of which one lane is used.
  const whole = args.map((y) => c.two('vbroadcastss', { m: w.value(y) }, c.length(c.lanes)));
  const result = functionOf(w, f as ScalarOp, whole);
  if (!into) return result;
  c.move(into, result);
  return into;
}

export function compareSingle(w: Values, { f, from, args }: Apply, into?: Register): Register {
  const { c } = w;
  // Of the flags, only "above" is false for NaN.
  const isSwapped = f === 'lt' || f === 'le';
  const [a, b] = isSwapped ? [args[1], args[0]] : [args[0], args[1]];
  const [x, y] = [w.value(a), w.value(b)];
  c.word(from === 'f32' ? 'vucomiss' : 'vucomisd', { a: x, m: y, length: 128 });
  if (f !== 'eq' && f !== 'ne') return truth(c, f === 'lt' || f === 'gt' ? 'above' : 'aboveEqual', into);
  const [order, same] = [c.general(), c.general()];
  c.word(setIf(f === 'eq' ? 'ordered' : 'unordered'), { m: order });
  c.word(setIf(f === 'eq' ? 'equal' : 'notEqual'), { m: same });
  c.word(f === 'eq' ? 'and' : 'or', { a: same, m: order });
  const to = into ?? c.general();
  c.word('movzx8', { a: to, m: same });
  return to;
}

export function convertSingle(w: Values, from: ScalarType, type: ScalarType, given: Value, into?: Register): Register {
  const { c } = w;
  const x = w.value(given);
  if (from === type) {
    if (into) c.move(into, x);
    return into ?? x;
  }
  if (isFloat(from)) {
    if (isFloat(type)) return c.two(type === 'f64' ? 'vcvtps2pd' : 'vcvtpd2ps', { m: x }, 128, into);
    const double = from === 'f32' ? c.two('vcvtps2pd', { m: x }, 128) : x;
    return doubleToWord(c, double, type === 'u32', into);
  }
  // Every 32-bit integer is exact as a double, so the result is rounded only once.
  let wide = x;
  if (from === 'i32') {
    wide = c.general();
    c.word('movsxd', { a: wide, m: x, wide: true });
  }
  const zero = c.held([0], 128);
  const double = c.vector();
  c.word('vcvtsi2sd', { a: double, v: zero, m: wide, length: 128, wide: true });
  if (type === 'f32') return c.two('vcvtpd2ps', { m: double }, 128, into);
  if (into) c.move(into, double);
  return into ?? double;
}

export function reinterpretSingle(
  w: Values,
  from: ScalarType,
  type: ScalarType,
  given: Value,
  into?: Register,
): Register {
  const { c } = w;
  const x = w.value(given);
  if (from === 'f32' && type !== 'f32') {
    const to = into ?? c.general();
    c.write('vmovdStore', x, to, 128);
    return to;
  }
  if (from !== 'f32' && type === 'f32') {
    const to = into ?? c.vector();
    c.word('vmovd', { a: to, m: x, length: 128 });
    return to;
  }
  if (into) c.move(into, x);
  return into ?? x;
}
