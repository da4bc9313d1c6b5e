import { type Apply, applied, register, type Value } from '../../../../codegen/linear/ir.ts';
import type { ScalarType } from '../../../../ir/expr.ts';
import type { ScalarOp } from '../../../../ir/scalar.ts';
import type { Register } from '../../encoder/operands.ts';
import { floatBits } from '../context.ts';
import { isWhole, spread } from '../memory.ts';
import { type Word, wordOperation } from '../scalar-operations.ts';
import {
  choose,
  compare,
  compareToMask,
  fromUnsigned,
  instructionOf,
  isComparison,
  toInteger,
  wordsOf,
} from '../vector-operations.ts';
import { binary, plainFloat } from './floats.ts';
import { functionOf } from './functions.ts';
import { placeOf, sourceOf, type Values } from './operands.ts';

export function splatOf(w: Values, { x, lanes, type }: Value & { op: 'splat' }, into?: Register): Register {
  const { c } = w;
  const length = c.length(lanes);
  if (x.op === 'const') return c.held(wordsOf(x.value, x.type as ScalarType), length, into);
  if (x.op === 'load' && isWhole(x.dtype)) return c.two('vbroadcastss', { m: placeOf(w, x) }, length, into);
  const value = w.value(x);
  if (type === 'f32') return c.two('vbroadcastss', { m: value }, length, into);
  const single = c.vector();
  let word = value;
  if (type === 'bool') {
    word = c.general();
    c.move(word, value);
    c.word('neg', { m: word });
  }
  c.word('vmovd', { a: single, m: word, length: 128 });
  return c.two('vpbroadcastd', { m: single }, length, into);
}

export function vectorApply(w: Values, x: Apply, into?: Register): Register {
  const { c } = w;
  const { f, from, args } = x;
  const type = x.type as ScalarType;
  const length = w.c.length(x.lanes);
  const [a, b] = args as [Value, Value];
  if (f === 'select') return selectLanes(w, x, into);
  if (f === 'reinterpret') return w.value(a, into);
  if (f === 'convert') return convertLanes(w, from, type, a, into);
  if (isComparison(f)) return compare(c, f, from, [w.value(a), sourceOf(w, b)], length, into);
  if (f === 'not') return c.three('vpxor', w.value(a), c.bits([0xffffffff], length), length, into);
  if (from === 'f32') {
    const plain = plainFloat(w, x, into);
    if (plain) return plain;
    const held = args.map((y) => w.value(y));
    const result = functionOf(w, f as ScalarOp, held);
    if (into) c.move(into, result);
    return into ?? result;
  }
  const isShift = f === 'shiftLeft' || f === 'shiftRight' || f === 'shiftRightLogical';
  if (isShift && b.op === 'const') {
    const isSigned = f === 'shiftRight' && from === 'i32';
    const name = f === 'shiftLeft' ? 'vpslld' : isSigned ? 'vpsrad' : 'vpsrld';
    return c.shift(name, w.value(a), b.value & 31, length, into);
  }
  const name = instructionOf(f, from);
  if (name) return binary(w, name, f, a, b, length, into);
  const exponent = b?.op === 'const' ? Math.log2(b.value) : Number.NaN;
  if (from === 'i32' && Number.isInteger(exponent) && exponent >= 0) {
    if (f === 'floorDiv') return c.shift('vpsrad', w.value(a), exponent, length, into);
    if (f === 'floorMod')
      return c.three('vpand', w.value(a), c.bits([(b as { value: number }).value - 1], length), length, into);
  }
  return laneByLane(w, x, into);
}

/** Operations without a vector instruction are done lane by lane. */
export function laneByLane(w: Values, { f, from, args }: Apply, into?: Register): Register {
  const { c } = w;
  const length = c.length(c.lanes);
  const places = args.map((y) => (y.op === 'const' ? y.value : spread(c, w.value(y))));
  const result = c.code.place(length / 8);
  c.eachLane((lane) => {
    const words = places.map((place): Word => {
      if (typeof place === 'number') return place | 0;
      const to = c.general();
      c.word('mov', { a: to, m: { ...place, index: lane, scale: 4 } });
      return to;
    });
    const x = wordOperation(c, f, from, words);
    c.word('movStore', { a: x, m: { ...result, index: lane, scale: 4 } });
  });
  return c.two('vmovups', { m: result }, length, into);
}

export function selectLanes(w: Values, { args, lanes }: Apply, into?: Register): Register {
  const { c } = w;
  const length = c.length(lanes);
  const [condition, a, b] = args as [Value, Value, Value];
  const isZero = (x: Value): boolean => x.op === 'const' && Object.is(x.value, 0);
  if (c.isLarge && condition.op === 'apply' && isComparison(condition.f)) {
    const [left, right] = condition.args as [Value, Value];
    const otherwise = w.value(b);
    const chosen = sourceOf(w, a);
    const x = w.value(left);
    const mask = compareToMask(c, condition.f, condition.from, x, sourceOf(w, right), length);
    return c.three('vblendmps', otherwise, chosen, length, into, { mask });
  }
  if (isZero(b)) return c.three('vpand', w.value(condition), sourceOf(w, a), length, into);
  if (isZero(a)) return c.three('vpandn', w.value(condition), sourceOf(w, b), length, into);
  const otherwise = w.value(b);
  const chosen = sourceOf(w, a);
  return choose(c, w.value(condition), chosen, otherwise, length, into);
}

export function convertLanes(w: Values, from: ScalarType, type: ScalarType, given: Value, into?: Register): Register {
  const { c } = w;
  const length = w.c.length(given.lanes);
  if (from === 'f32' && type !== 'f32') return toInteger(c, w.value(given), type as 'i32' | 'u32', length, into);
  if (from === 'i32' && type === 'f32') return c.two('vcvtdq2ps', sourceOf(w, given), length, into);
  if (from === 'u32' && type === 'f32') return fromUnsigned(c, w.value(given), length, into);
  if (from === 'bool' && type === 'f32')
    return c.three('vpand', w.value(given), c.bits([floatBits(1)], length), length, into);
  if (from === 'bool' && type !== 'bool') return c.shift('vpsrld', w.value(given), 31, length, into);
  return w.value(given, into);
}

/** Reduces the lanes of a vector, halving it each time. */
export function acrossLanes(w: Values, { combine, type, x }: Value & { op: 'across' }, into?: Register): Register {
  const { c } = w;
  let rest = w.value(x);
  for (let lanes = c.lanes as number; lanes > 1; lanes /= 2) {
    const upper = c.vector();
    if (lanes === 16) c.write('vextractf64x4', rest, upper, 512, 1);
    else if (lanes === 8) c.write('vextractf128', rest, upper, 256, 1);
    else c.two('vpshufd', { m: rest }, 128, upper, { immediate: lanes === 4 ? 0x4e : 0xb1 });
    const width = Math.max(4, lanes / 2);
    const [a, b] = [register(type, width), register(type, width)];
    w.registers.set(a, rest).set(b, upper);
    rest = vectorApply(w, applied(combine, type, [a, b]));
  }
  if (type === 'f32') {
    if (into) c.move(into, rest);
    return into ?? rest;
  }
  const to = into ?? c.general();
  c.write('vmovdStore', rest, to, 128);
  if (type === 'bool') c.word('andNumber', { m: to, immediate: 1 });
  return to;
}
