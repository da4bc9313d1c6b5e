import type { Operation } from '../../../codegen/linear/ir.ts';
import type { ScalarType } from '../../../ir/expr.ts';
import { Label } from '../encoder/assembler.ts';
import { type Condition, moveIf, setIf } from '../encoder/instructions.ts';
import { type Register, rax, rdx } from '../encoder/operands.ts';
import { type Context, doubleBits, type Name } from './context.ts';

/** An integer, in a register or as a constant. */
export type Word = Register | number;

const binary: Partial<Record<Operation, Name>> = {
  add: 'add',
  sub: 'sub',
  mul: 'imul',
  and: 'and',
  or: 'or',
  xor: 'xor',
};
const withNumber: Partial<Record<Operation, Name>> = {
  add: 'addNumber',
  sub: 'subNumber',
  and: 'andNumber',
  or: 'orNumber',
  xor: 'xorNumber',
};
const signedConditions: Partial<Record<Operation, Condition>> = {
  eq: 'equal',
  ne: 'notEqual',
  lt: 'less',
  le: 'lessEqual',
  gt: 'greater',
  ge: 'greaterEqual',
};
const unsignedConditions: Partial<Record<Operation, Condition>> = {
  eq: 'equal',
  ne: 'notEqual',
  lt: 'below',
  le: 'belowEqual',
  gt: 'above',
  ge: 'aboveEqual',
};
const shifts: Partial<Record<Operation, readonly [byNumber: Name, byRegister: Name]>> = {
  shiftLeft: ['shl', 'shlx'],
  shiftRight: ['sar', 'sarx'],
  shiftRightLogical: ['shr', 'shrx'],
};
const opposite: Partial<Record<Condition, Condition>> = {
  equal: 'notEqual',
  notEqual: 'equal',
  less: 'greaterEqual',
  greaterEqual: 'less',
  lessEqual: 'greater',
  greater: 'lessEqual',
  below: 'aboveEqual',
  aboveEqual: 'below',
  belowEqual: 'above',
  above: 'belowEqual',
};
export const isNot = (condition: Condition): Condition => opposite[condition]!;

export function load(c: Context, x: Word, into = c.general()): Register {
  if (typeof x !== 'number') c.move(into, x);
  else if (x === 0) c.word('xor', { a: into, m: into });
  else c.word('movNumber', { m: into, immediate: x | 0 });
  return into;
}
const inRegister = (c: Context, x: Word): Register => (typeof x === 'number' ? load(c, x) : x);

/** Emits a comparison of integers and returns the condition that expresses its result. */
export function compareWords(c: Context, f: Operation, from: ScalarType, a: Word, b: Word): Condition | undefined {
  const condition = (from === 'u32' ? unsignedConditions : signedConditions)[f];
  if (!condition) return undefined;
  const left = inRegister(c, a);
  if (typeof b === 'number') c.word('cmpNumber', { m: left, immediate: b | 0 });
  else c.word('cmp', { a: left, m: b });
  return condition;
}

/** 1 where a condition holds, else 0. */
export function truth(c: Context, condition: Condition, into = c.general()): Register {
  const byte = c.general();
  c.word(setIf(condition), { m: byte });
  c.word('movzx8', { a: into, m: byte });
  return into;
}

/** An operation on 32-bit integers or booleans. */
export function wordOperation(
  c: Context,
  f: Operation,
  from: ScalarType,
  [a, b]: readonly Word[],
  into = c.general(),
): Register {
  const condition = compareWords(c, f, from, a, b);
  if (condition) return truth(c, condition, into);
  const result = c.general();
  const done = (): Register => {
    c.move(into, result);
    return into;
  };
  if (binary[f]) {
    if (f === 'mul' && typeof b === 'number')
      c.word('imulNumber', { a: result, m: inRegister(c, a), immediate: b | 0 });
    else {
      load(c, a, result);
      if (typeof b === 'number') c.word(withNumber[f]!, { m: result, immediate: b | 0 });
      else c.word(binary[f], { a: result, m: b });
    }
    return done();
  }
  if (shifts[f]) {
    shift(c, f, from, a, b, result);
    return done();
  }
  if (f === 'not') {
    load(c, a, result);
    if (from === 'bool') c.word('xorNumber', { m: result, immediate: 1 });
    else c.word('not', { m: result });
    return done();
  }
  if (f === 'max' || f === 'min') {
    const [x, y] = [inRegister(c, a), inRegister(c, b)];
    c.move(result, x);
    c.word('cmp', { a: x, m: y });
    const isBetter: Condition =
      f === 'max' ? (from === 'u32' ? 'below' : 'less') : from === 'u32' ? 'above' : 'greater';
    c.word(moveIf(isBetter), { a: result, m: y });
    return done();
  }
  if (f === 'pow') power(c, from === 'i32', inRegister(c, a), inRegister(c, b), result);
  else divide(c, f, from === 'u32', inRegister(c, a), b, result);
  return done();
}

function shift(c: Context, f: Operation, from: ScalarType, a: Word, b: Word, result: Register): void {
  const isSigned = f === 'shiftRight' && from === 'i32';
  const [byNumber, byRegister] = shifts[f === 'shiftRight' && from === 'u32' ? 'shiftRightLogical' : f]!;
  if (typeof b === 'number') {
    load(c, a, result);
    c.word(byNumber, { m: result, immediate: b & 31 });
    return;
  }
  const by = c.general();
  c.move(by, b);
  c.word('cmpNumber', { m: b, immediate: 31 });
  if (isSigned) {
    c.word(moveIf('above'), { a: by, m: load(c, 31) });
    c.word(byRegister, { a: result, m: inRegister(c, a), v: by });
    return;
  }
  const shifted = c.general();
  c.word(byRegister, { a: shifted, m: inRegister(c, a), v: by });
  load(c, 0, result);
  c.word('cmpNumber', { m: b, immediate: 32 });
  c.word(moveIf('below'), { a: result, m: shifted });
}

/** Division by zero gives the quotient -1 and the dividend as remainder; nothing traps. */
function divide(c: Context, f: Operation, isUnsigned: boolean, a: Register, divisor: Word, result: Register): void {
  const { code } = c;
  const isQuotient = f === 'div' || f === 'floorDiv';
  if (typeof divisor === 'number' && (f === 'floorDiv' || f === 'floorMod') && Number.isInteger(Math.log2(divisor))) {
    c.move(result, a);
    if (isQuotient) c.word('sar', { m: result, immediate: Math.log2(divisor) });
    else c.word('andNumber', { m: result, immediate: divisor - 1 });
    return;
  }
  const isSafe = typeof divisor === 'number' && divisor !== 0 && (isUnsigned || divisor !== -1);
  const b = inRegister(c, divisor);
  const done = new Label();
  if (!isSafe) {
    if (isQuotient) load(c, -1, result);
    else c.move(result, a);
    c.word('test', { a: b, m: b });
    c.code.jump(done, 'equal');
    if (!isUnsigned) {
      // Division by -1 avoids the instruction, which traps on the smallest integer.
      if (isQuotient) {
        c.move(result, a);
        c.word('neg', { m: result });
      } else load(c, 0, result);
      c.word('cmpNumber', { m: b, immediate: -1 });
      c.code.jump(done, 'equal');
    }
  }
  c.word('mov', { a: rax, m: a });
  if (isUnsigned) {
    c.word('xor', { a: rdx, m: rdx });
    c.word('div', { m: b });
  } else {
    c.word('cdq', {});
    c.word('idiv', { m: b });
  }
  c.word('mov', { a: result, m: isQuotient ? rax : rdx });
  if (f === 'floorDiv' || f === 'floorMod') {
    // If remainder and divisor differ in sign, round towards minus infinity.
    const rest = isQuotient ? c.general() : result;
    if (isQuotient) c.word('mov', { a: rest, m: rdx });
    c.word('test', { a: rest, m: rest });
    code.jump(done, 'equal');
    const sign = c.general();
    c.move(sign, rest);
    c.word('xor', { a: sign, m: b });
    c.word('test', { a: sign, m: sign });
    code.jump(done, 'greaterEqual');
    if (isQuotient) c.word('subNumber', { m: result, immediate: 1 });
    else c.word('add', { a: result, m: b });
  }
  code.label(done);
}

/** a to the power b by squaring; negative powers are 0, except those of 1 and -1. */
function power(c: Context, isSigned: boolean, a: Register, b: Register, result: Register): void {
  const { code } = c;
  const [base, rest, done] = [c.general(), c.general(), new Label()];
  c.move(base, a);
  c.move(rest, b);
  load(c, 1, result);
  if (isSigned) {
    const positive = new Label();
    c.word('test', { a: rest, m: rest });
    code.jump(positive, 'greaterEqual');
    c.word('cmpNumber', { m: base, immediate: 1 });
    code.jump(done, 'equal');
    load(c, 0, result);
    c.word('cmpNumber', { m: base, immediate: -1 });
    code.jump(done, 'notEqual');
    // (-1)^b: 1 for even b, -1 for odd b.
    c.move(result, rest);
    c.word('andNumber', { m: result, immediate: 1 });
    c.word('add', { a: result, m: result });
    c.word('neg', { m: result });
    c.word('addNumber', { m: result, immediate: 1 });
    code.jump(done);
    code.label(positive);
  }
  code.loop((again) => {
    const even = new Label();
    c.word('test', { a: rest, m: rest });
    code.jump(done, 'equal');
    const bit = c.general();
    c.move(bit, rest);
    c.word('andNumber', { m: bit, immediate: 1 });
    code.jump(even, 'equal');
    c.word('imul', { a: result, m: base });
    code.label(even);
    c.word('imul', { a: base, m: base });
    c.word('shr', { m: rest, immediate: 1 });
    code.jump(again);
  });
  code.label(done);
}

/** A double as an integer: truncated and clamped to the type, 0 for NaN. */
export function doubleToWord(c: Context, x: Register, isUnsigned: boolean, into = c.general()): Register {
  const [low, high] = isUnsigned ? [0, 2 ** 32 - 1] : [-(2 ** 31), 2 ** 31 - 1];
  const done = new Label();
  const result = load(c, 0);
  c.word('vucomisd', { a: x, m: x, length: 128 });
  c.code.jump(done, 'unordered');
  const above = c.three('vmaxpd', x, c.bits(doubleBits(low), 128), 128);
  const within = c.three('vminpd', above, c.bits(doubleBits(high), 128), 128);
  c.word('vcvttsd2si', { a: result, m: within, length: 128, wide: true });
  c.word('mov', { a: result, m: result });
  c.code.label(done);
  c.move(into, result);
  return into;
}
