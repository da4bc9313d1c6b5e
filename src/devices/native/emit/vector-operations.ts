import type { Operation } from '../../../codegen/linear/ir.ts';
import type { ScalarType } from '../../../ir/expr.ts';
import type { Length } from '../encoder/assembler.ts';
import type { Register } from '../encoder/operands.ts';
import { type Context, doubleBits, floatBits, type Name, type Source } from './context.ts';

type Names = Partial<Record<ScalarType, Name>>;
const floats = (name: string): Names => ({ f32: `${name}ps` as Name, f64: `${name}pd` as Name });
const ints = (signed: Name, unsigned = signed): Names => ({ i32: signed, u32: unsigned });
const bits = (name: Name): Names => ({ i32: name, u32: name, bool: name });

/** Operations that take one instruction on vectors, and on single floats, which live in vector registers. */
const binary: Partial<Record<Operation, Names>> = {
  add: { ...floats('vadd'), ...ints('vpaddd') },
  sub: { ...floats('vsub'), ...ints('vpsubd') },
  mul: { ...floats('vmul'), ...ints('vpmulld') },
  div: floats('vdiv'),
  max: ints('vpmaxsd', 'vpmaxud'),
  min: ints('vpminsd', 'vpminud'),
  and: bits('vpand'),
  or: bits('vpor'),
  xor: bits('vpxor'),
  shiftLeft: ints('vpsllvd'),
  shiftRight: ints('vpsravd', 'vpsrlvd'),
  shiftRightLogical: ints('vpsrlvd'),
};
const commuting: ReadonlySet<Operation> = new Set(['add', 'mul', 'max', 'min', 'and', 'or', 'xor']);
const rounding: Partial<Record<Operation, number>> = { round: 8, floor: 9, ceil: 10, trunc: 11 };

export const instructionOf = (f: Operation, type: ScalarType): Name | undefined => binary[f]?.[type];
export const commutes = (f: Operation): boolean => commuting.has(f);
export const roundingOf = (f: Operation): number | undefined => rounding[f];

/** Predicates of float comparisons; all are quiet. */
const floatPredicates: Partial<Record<Operation, number>> = { eq: 0, lt: 17, le: 18, ne: 4, ge: 29, gt: 30 };
const intPredicates: Partial<Record<Operation, number>> = { eq: 0, lt: 1, le: 2, ne: 4, ge: 5, gt: 6 };
export const isComparison = (f: Operation): boolean => intPredicates[f] !== undefined;

export const isFloat = (type: ScalarType): boolean => type === 'f32' || type === 'f64';
/** The bits of a number of a type; booleans in lanes are masks. */
export function wordsOf(value: number, type: ScalarType): readonly number[] {
  if (type === 'f32') return [floatBits(value)];
  if (type === 'f64') return doubleBits(value);
  return [(type === 'bool' ? -value : value) >>> 0];
}

const all = [0xffffffff] as const;

/** A comparison as a mask register. */
export function compareToMask(c: Context, f: Operation, from: ScalarType, a: Register, b: Source, length: Length): 1 {
  const name = from === 'f32' ? 'kcmpps' : from === 'f64' ? 'kcmppd' : from === 'u32' ? 'kcmpud' : 'kcmpd';
  const immediate = (isFloat(from) ? floatPredicates : intPredicates)[f];
  const encoding = { ...b, length, immediate };
  c.word(name, { a: 1, v: a, ...encoding });
  return 1;
}

/** A comparison as lanes with all bits set or clear. */
export function compare(
  c: Context,
  f: Operation,
  from: ScalarType,
  [a, b]: readonly [Register, Source],
  length: Length,
  into?: Register,
): Register {
  if (c.isLarge) {
    const m = compareToMask(c, f, from, a, b, length);
    const to = into ?? c.vector();
    c.word(from === 'f64' ? 'vpmovm2q' : 'vpmovm2d', { a: to, m, length });
    return to;
  }
  if (isFloat(from))
    return c.three(from === 'f32' ? 'vcmpps' : 'vcmppd', a, b, length, into, { immediate: floatPredicates[f] });
  const inverted = (x: Register): Register => c.three('vpxor', x, c.bits(all, length), length, into);
  const right = (): Register => (b.m instanceof Object && 'kind' in b.m ? b.m : c.two('vmovups', b, length));
  if (f === 'eq') return c.three('vpcmpeqd', a, b, length, into);
  if (f === 'ne') return inverted(c.three('vpcmpeqd', a, b, length));
  if (from === 'u32') {
    // Compares unsigned integers: a >= b if a is the maximum of both.
    const isUp = f === 'ge' || f === 'lt';
    const extreme = c.three(isUp ? 'vpmaxud' : 'vpminud', a, b, length);
    const same = c.three('vpcmpeqd', extreme, { m: a }, length, f === 'ge' || f === 'le' ? into : undefined);
    return f === 'ge' || f === 'le' ? same : inverted(same);
  }
  if (f === 'gt') return c.three('vpcmpgtd', a, b, length, into);
  if (f === 'le') return inverted(c.three('vpcmpgtd', a, b, length));
  const below = c.three('vpcmpgtd', right(), { m: a }, length, f === 'lt' ? into : undefined);
  return f === 'lt' ? below : inverted(below);
}

/** a where the mask is set, else b. */
export function choose(c: Context, mask: Register, a: Source, b: Register, length: Length, into?: Register): Register {
  if (c.isLarge) {
    c.word('vpmovd2m', { a: 1, m: mask, length });
    return c.three('vblendmps', b, a, length, into, { mask: 1 });
  }
  const kept = c.three('vpandn', mask, { m: b }, length);
  const taken = c.three('vpand', mask, a, length);
  return c.three('vpor', kept, { m: taken }, length, into);
}

/** The larger or the smaller one; NaN where one is, 0 above -0. */
export function extreme(
  c: Context,
  f: 'max' | 'min',
  type: ScalarType,
  [a, b]: readonly [Register, Register],
  length: Length,
  into?: Register,
): Register {
  const suffix = type === 'f64' ? 'pd' : 'ps';
  const [one, other] = [c.three(`v${f}${suffix}`, a, { m: b }, length), c.three(`v${f}${suffix}`, b, { m: a }, length)];
  if (f === 'min') return c.three('vpor', one, { m: other }, length, into);
  // The two orders differ for NaN and for zeros of different sign.
  const difference = c.three('vpxor', one, { m: other }, length);
  const joined = c.three('vpor', other, { m: difference }, length);
  return c.three(`vsub${suffix}`, joined, { m: difference }, length, into);
}

/** Floats as integers: truncated and clamped to the type, 0 for NaN. */
export function toInteger(c: Context, x: Register, type: 'i32' | 'u32', length: Length, into?: Register): Register {
  if (type === 'i32') {
    const isNumber = compare(c, 'eq', 'f32', [x, { m: x }], length);
    const number = c.three('vpand', x, { m: isNumber }, length);
    return truncated(c, number, length, into);
  }
  // vmaxps returns its second operand where the first is NaN.
  const positive = c.three('vmaxps', x, { m: c.held([0], length) }, length);
  if (c.isLarge) return c.two('vcvttps2udq', { m: positive }, length, into);
  const half = c.held([floatBits(2 ** 31)], length);
  const isHigh = compare(c, 'ge', 'f32', [positive, { m: half }], length);
  const rest = c.three('vsubps', positive, { m: c.three('vpand', isHigh, { m: half }, length) }, length);
  const low = truncated(c, rest, length);
  const sign = c.shift('vpslld', isHigh, 31, length);
  const whole = c.three('vpxor', low, { m: sign }, length);
  // Values above the range become all ones; truncation provides the lower half.
  const isAbove = compare(c, 'ge', 'f32', [positive, c.bits([floatBits(2 ** 32)], length)], length);
  return c.three('vpor', whole, { m: isAbove }, length, into);
}

/** Truncates; numbers above the largest integer become that integer. */
function truncated(c: Context, x: Register, length: Length, into?: Register): Register {
  const plain = c.two('vcvttps2dq', { m: x }, length);
  const isAbove = compare(c, 'ge', 'f32', [x, c.bits([floatBits(2 ** 31)], length)], length);
  return c.three('vpxor', plain, { m: isAbove }, length, into);
}

/** Unsigned integers as floats. */
export function fromUnsigned(c: Context, x: Register, length: Length, into?: Register): Register {
  if (c.isLarge) return c.two('vcvtudq2ps', { m: x }, length, into);
  const high = c.two('vcvtdq2ps', { m: c.shift('vpsrld', x, 16, length) }, length);
  const low = c.two('vcvtdq2ps', { m: c.three('vpand', x, c.bits([0xffff], length), length) }, length);
  const scaled = c.three('vmulps', high, c.bits([floatBits(65536)], length), length);
  return c.three('vaddps', scaled, { m: low }, length, into);
}
