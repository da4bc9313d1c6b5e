import { dtypeInfo } from '../../../base/dtype.ts';
import { fail } from '../../../base/errors.ts';
import { type DoubleFunction, doubleFunctions } from '../../../codegen/functions/double/index.ts';
import { elementaryFunction } from '../../../codegen/functions/index.ts';
import {
  type Apply,
  applied,
  type LinearFunction,
  type Operation,
  register,
  type Scattered,
  type Statement,
  type Strided,
  type Value,
  type Register as Virtual,
} from '../../../codegen/linear/ir.ts';
import { linearFunction } from '../../../codegen/linear/linearize.ts';
import { type ScalarType, scalarType } from '../../../ir/expr.ts';
import type { ScalarOp } from '../../../ir/scalar.ts';
import { Label, type Length } from '../encoder/assembler.ts';
import { type Condition, setIf } from '../encoder/instructions.ts';
import { type Memory, type Register, rax, rdx, vectorRegister } from '../encoder/operands.ts';
import { type Context, floatBits, isShort, machine, type Source } from './context.ts';
import { NativeLanes } from './lanes.ts';
import {
  collect,
  gatherWords,
  isWhole,
  loadElement,
  loadSideBySide,
  scatterWords,
  spread,
  storeElement,
  storeSideBySide,
} from './memory.ts';
import { compareWords, doubleToWord, isNot, load, truth, type Word, wordOperation } from './scalar-operations.ts';
import {
  choose,
  commutes,
  compare,
  compareToMask,
  extreme,
  fromUnsigned,
  instructionOf,
  isComparison,
  isFloat,
  roundingOf,
  toInteger,
  wordsOf,
} from './vector-operations.ts';

/** Whether a value stands in a vector register: vectors do, and single floats. */
const isInVector = (x: { readonly type: Value['type']; readonly lanes: number }): boolean =>
  x.lanes > 1 || x.type === 'f32' || x.type === 'f64';
const scales: ReadonlySet<number> = new Set([1, 2, 4, 8]);
const doubles = [0, 1].map(vectorRegister);

/** Writes kernels as instructions of x86-64: a register is one of a kind, an operation what the tables say. */
export class LinearWriter {
  private readonly c: Context;
  private readonly registers: Map<Virtual, Register>;
  /** The number of the worker, and how many there are. */
  private readonly worker: readonly [Register, Register] | undefined;

  constructor(
    c: Context,
    given: Iterable<readonly [Virtual, Register]>,
    worker?: readonly [index: Register, count: Register],
  ) {
    this.c = c;
    this.registers = new Map(given);
    this.worker = worker;
  }

  list(statements: readonly Statement[]): void {
    for (const s of statements) this.statement(s);
  }

  private statement(s: Statement): void {
    const { c } = this;
    const { code } = c;
    switch (s.op) {
      case 'let': {
        const made = this.introduce(s.register);
        if (s.value) this.value(s.value, made);
        else code.touch(made);
        break;
      }
      case 'set':
        this.value(s.value, this.registers.get(s.register)!);
        break;
      case 'store':
        this.store(s);
        break;
      case 'scatter':
        this.scatter(s);
        break;
      case 'if': {
        const [otherwise, end] = [new Label(), new Label()];
        this.jumpUnless(s.condition, otherwise);
        this.list(s.then);
        if (s.otherwise.length > 0) code.jump(end);
        code.label(otherwise);
        this.list(s.otherwise);
        code.label(end);
        break;
      }
      case 'block':
        this.list(s.body);
        break;
      case 'loop':
        code.loop((again) => {
          this.list(s.body);
          for (const [pointer, bytes] of s.pointers) c.add(this.registers.get(pointer)!, bytes);
          const counter = this.registers.get(s.counter)!;
          c.word('addNumber', { m: counter, immediate: s.step });
          compareWords(c, 'lt', 'i32', counter, this.word(s.to));
          code.jump(again, 'less');
        });
        break;
      case 'while': {
        const done = new Label();
        code.loop((again) => {
          this.list(s.test);
          this.jumpUnless(s.condition, done);
          this.list(s.body);
          code.jump(again);
        });
        code.label(done);
        break;
      }
      case 'part':
        this.part(s);
    }
  }

  private introduce(virtual: Virtual): Register {
    const made = isInVector(virtual) ? this.c.vector() : this.c.general();
    this.registers.set(virtual, made);
    return made;
  }

  /** ⌊t · units / T⌋ to ⌊(t + 1) · units / T⌋. */
  private part({ units, from, to }: Statement & { op: 'part' }): void {
    const { c } = this;
    const [index, count] = this.worker!;
    const bound = (virtual: Virtual, more: number): void => {
      const made = this.introduce(virtual);
      const next = c.general();
      c.move(next, index);
      if (more) c.word('addNumber', { m: next, immediate: more, wide: true });
      c.word('imulNumber', { a: next, m: next, immediate: units, wide: true });
      c.word('mov', { a: rax, m: next, wide: true });
      c.word('xor', { a: rdx, m: rdx });
      c.word('div', { m: count, wide: true });
      c.word('mov', { a: made, m: rax });
    };
    bound(from, 0);
    bound(to, 1);
  }

  private jumpUnless(x: Value, label: Label): void {
    const { c } = this;
    const condition = this.comparison(x);
    if (condition) c.code.jump(label, isNot(condition));
    else {
      const held = this.value(x);
      c.word('test', { a: held, m: held });
      c.code.jump(label, 'equal');
    }
  }

  /** Compares integers, if that is what the value is. */
  private comparison(x: Value): Condition | undefined {
    if (x.op !== 'apply' || x.lanes > 1 || !isComparison(x.f) || isFloat(x.from) || x.from === 'bool') return undefined;
    return compareWords(this.c, x.f, x.from, this.word(x.args[0]), this.word(x.args[1]));
  }

  // Values.

  /** A whole number, or a register. */
  private word(x: Value): Word {
    return x.op === 'const' ? x.value | 0 : this.value(x);
  }

  /** A value as the last operand of an instruction on vectors, which memory may be. */
  private source(x: Value): Source {
    const length = this.length(x);
    if (x.op === 'const') return this.c.bits(wordsOf(x.value, x.type as ScalarType), length);
    if (x.op === 'series') return { m: this.seriesOf(x) };
    if (x.lanes > 1 && x.op === 'load' && isWhole(x.dtype) && x.stride === 4) return { m: this.place(x) };
    if (x.op === 'splat' && x.x.op === 'load' && isWhole(x.x.dtype) && this.c.isLarge)
      return { m: this.place(x.x), broadcast: true };
    return { m: this.value(x) };
  }

  private length({ lanes }: { readonly lanes: number }): Length {
    return this.c.length(lanes);
  }

  private seriesOf({ first, step, lanes }: Value & { op: 'series' }): Memory {
    return this.c.series(Array.from({ length: lanes }, (_, i) => (first + i * step) >>> 0));
  }

  /** A value in a register: that one, if one is given. */
  value(x: Value, into?: Register): Register {
    const { c } = this;
    switch (x.op) {
      case 'register': {
        const held = this.registers.get(x)!;
        if (!into) return held;
        c.move(into, held);
        return into;
      }
      case 'const':
        if (isInVector(x)) return c.held(wordsOf(x.value, x.type as ScalarType), this.length(x), into);
        return load(c, x.value, into);
      case 'series':
        return c.two('vmovups', { m: this.seriesOf(x) }, this.length(x), into);
      case 'apply':
        return this.apply(x, into);
      case 'load':
        return this.load(x, into);
      case 'gather':
        return this.gather(x, into);
      case 'splat':
        return this.splat(x, into);
      case 'across':
        return this.across(x, into);
      case 'move': {
        const m = this.address(x, 0);
        const to = into ?? c.general();
        c.word('lea', { a: to, m, wide: true });
        return to;
      }
    }
  }

  private splat({ x, lanes, type }: Value & { op: 'splat' }, into?: Register): Register {
    const { c } = this;
    const length = c.length(lanes);
    if (x.op === 'const') return c.held(wordsOf(x.value, x.type as ScalarType), length, into);
    if (x.op === 'load' && isWhole(x.dtype)) return c.two('vbroadcastss', { m: this.place(x) }, length, into);
    const value = this.value(x);
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

  private apply(x: Apply, into?: Register): Register {
    if (x.lanes > 1) return this.vectorApply(x, into);
    return isFloat(x.from) || isFloat(x.type as ScalarType) ? this.floatApply(x, into) : this.wordApply(x, into);
  }

  private wordApply(x: Apply, into?: Register): Register {
    const { c } = this;
    const { f, from, args } = x;
    if (f === 'select') {
      const [condition, a, b] = args as [Value, Value, Value];
      return this.chosen(condition, a, b, into);
    }
    if (f === 'convert' || f === 'reinterpret') return this.value(args[0], into);
    return wordOperation(
      c,
      f,
      from,
      args.map((y) => this.word(y)),
      into,
    );
  }

  /** One of two single values. Both are computed. */
  private chosen(condition: Value, a: Value, b: Value, into?: Register): Register {
    const { c } = this;
    const [x, y] = [this.value(a), this.value(b)];
    const result = isInVector(a) ? c.vector() : c.general();
    const end = new Label();
    const held = this.value(condition);
    c.move(result, x);
    c.word('test', { a: held, m: held });
    c.code.jump(end, 'notEqual');
    c.move(result, y);
    c.code.label(end);
    if (!into) return result;
    c.move(into, result);
    return into;
  }

  /** Single floats: as in vectors, of which nobody asks for more than the first lane. */
  private floatApply(x: Apply, into?: Register): Register {
    const { c } = this;
    const { f, from, args } = x;
    const type = x.type as ScalarType;
    if (f === 'select') return this.chosen(args[0], args[1], args[2], into);
    if (f === 'convert') return this.convertSingle(from, type, args[0], into);
    if (f === 'reinterpret') return this.reinterpretSingle(from, type, args[0], into);
    if (isComparison(f)) return this.compareSingle(x, into);
    const plain = this.plainFloat(x, into);
    if (plain) return plain;
    if (from === 'f64') return this.host(x, into);
    // A function of vectors, of one of its lanes.
    const whole = args.map((y) => c.two('vbroadcastss', { m: this.value(y) }, c.length(c.lanes)));
    const result = this.functionOf(f as ScalarOp, whole);
    if (!into) return result;
    c.move(into, result);
    return into;
  }

  private compareSingle({ f, from, args }: Apply, into?: Register): Register {
    const { c } = this;
    // Of two numbers, one of which may be none, "above" alone is false then.
    const isSwapped = f === 'lt' || f === 'le';
    const [a, b] = isSwapped ? [args[1], args[0]] : [args[0], args[1]];
    const [x, y] = [this.value(a), this.value(b)];
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

  private convertSingle(from: ScalarType, type: ScalarType, given: Value, into?: Register): Register {
    const { c } = this;
    const x = this.value(given);
    if (from === type) {
      if (into) c.move(into, x);
      return into ?? x;
    }
    if (isFloat(from)) {
      if (isFloat(type)) return c.two(type === 'f64' ? 'vcvtps2pd' : 'vcvtpd2ps', { m: x }, 128, into);
      const double = from === 'f32' ? c.two('vcvtps2pd', { m: x }, 128) : x;
      return doubleToWord(c, double, type === 'u32', into);
    }
    // Each integer is a double, which is rounded once.
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

  private reinterpretSingle(from: ScalarType, type: ScalarType, given: Value, into?: Register): Register {
    const { c } = this;
    const x = this.value(given);
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

  /** An operation that single floats and vectors of floats have instructions for. */
  private plainFloat(x: Apply, into?: Register): Register | undefined {
    const { c } = this;
    const { f, from, args } = x;
    const length = this.length(x);
    const suffix = from === 'f64' ? 'pd' : 'ps';
    const [a, b] = args as [Value, Value];
    const name = instructionOf(f, from);
    if (name) return this.binary(name, f, a, b, length, into);
    const rounding = roundingOf(f);
    if (rounding !== undefined) return c.two(`vround${suffix}`, this.source(a), length, into, { immediate: rounding });
    switch (f) {
      case 'sqrt':
        return c.two(`vsqrt${suffix}`, this.source(a), length, into);
      case 'neg':
        return c.three('vpxor', this.value(a), c.bits(signOf(from), length), length, into);
      case 'abs':
        return c.three('vpandn', c.held(signOf(from), length), this.source(a), length, into);
      case 'max':
      case 'min':
        return extreme(c, f, from, [this.value(a), this.value(b)], length, into);
      case 'upper':
      case 'lower': {
        // The machine gives the second where either is NaN.
        const first = this.value(b);
        return c.three(f === 'upper' ? `vmax${suffix}` : `vmin${suffix}`, first, this.source(a), length, into);
      }
      case 'fma':
        return this.fma(x, suffix, length, into);
    }
    return undefined;
  }

  private binary(
    name: Parameters<Context['three']>[0],
    f: Operation,
    a: Value,
    b: Value,
    length: Length,
    into?: Register,
  ): Register {
    const { c } = this;
    const isSwapped = commutes(f) && isFoldable(a) && !isFoldable(b);
    const [left, right] = isSwapped ? [b, a] : [a, b];
    const v = this.value(left);
    return c.three(name, v, this.source(right), length, into);
  }

  /** a · b + c, in the register of the operand that is needed no more. */
  private fma({ args }: Apply, suffix: 'ps' | 'pd', length: Length, into?: Register): Register {
    const { c } = this;
    let [a, b, sum] = args as [Value, Value, Value];
    if (isFoldable(a) && !isFoldable(b)) [a, b] = [b, a];
    const x = this.value(a);
    const isSum = into !== undefined && this.isAt(sum, into);
    if (isSum) {
      const m = this.source(b);
      c.word(`vfmadd231${suffix}`, { a: into, v: x, ...m, length });
      return into;
    }
    const finish = (result: Register): Register => {
      if (into) c.move(into, result);
      return into ?? result;
    };
    if (isOwn(sum)) {
      const total = this.value(sum);
      c.word(`vfmadd231${suffix}`, { a: total, v: x, ...this.source(b), length });
      return finish(total);
    }
    if (isFoldable(sum)) {
      // a = v · a + m.
      const y = this.value(b);
      const total = this.fresh(a, x, length);
      c.word(`vfmadd213${suffix}`, { a: total, v: y, ...this.source(sum), length });
      return finish(total);
    }
    const m = this.source(b);
    const total = this.value(sum);
    if (isOwn(a)) {
      // a = a · m + v.
      c.word(`vfmadd132${suffix}`, { a: x, v: total, ...m, length });
      return finish(x);
    }
    const copy = c.two('vmovups', { m: total }, length);
    c.word(`vfmadd231${suffix}`, { a: copy, v: x, ...m, length });
    return finish(copy);
  }

  /** The register itself where nobody else knows it, else a copy. */
  private fresh(x: Value, held: Register, length: Length): Register {
    return isOwn(x) ? held : this.c.two('vmovups', { m: held }, length);
  }

  private isAt(x: Value, held: Register): boolean {
    return x.op === 'register' && this.registers.get(x) === held;
  }

  /** A function of C on doubles. */
  private host({ f, args }: Apply, into?: Register): Register {
    const { c } = this;
    const held = args.map((y) => this.value(y));
    held.forEach((y, k) => c.two('vmovups', { m: y }, 128, doubles[k]));
    c.code.call(c.hostFunction(f as ScalarOp));
    return c.two('vmovups', { m: doubles[0] }, 128, into);
  }

  private vectorApply(x: Apply, into?: Register): Register {
    const { c } = this;
    const { f, from, args } = x;
    const type = x.type as ScalarType;
    const length = this.length(x);
    const [a, b] = args as [Value, Value];
    if (f === 'select') return this.select(x, into);
    if (f === 'reinterpret') return this.value(a, into);
    if (f === 'convert') return this.convertLanes(from, type, a, into);
    if (isComparison(f)) return compare(c, f, from, [this.value(a), this.source(b)], length, into);
    if (f === 'not') return c.three('vpxor', this.value(a), c.bits([0xffffffff], length), length, into);
    if (from === 'f32') {
      const plain = this.plainFloat(x, into);
      if (plain) return plain;
      const held = args.map((y) => this.value(y));
      const result = this.functionOf(f as ScalarOp, held);
      if (into) c.move(into, result);
      return into ?? result;
    }
    const isShift = f === 'shiftLeft' || f === 'shiftRight' || f === 'shiftRightLogical';
    if (isShift && b.op === 'const') {
      const isSigned = f === 'shiftRight' && from === 'i32';
      const name = f === 'shiftLeft' ? 'vpslld' : isSigned ? 'vpsrad' : 'vpsrld';
      return c.shift(name, this.value(a), b.value & 31, length, into);
    }
    const name = instructionOf(f, from);
    if (name) return this.binary(name, f, a, b, length, into);
    const exponent = b?.op === 'const' ? Math.log2(b.value) : Number.NaN;
    if (from === 'i32' && Number.isInteger(exponent) && exponent >= 0) {
      if (f === 'floorDiv') return c.shift('vpsrad', this.value(a), exponent, length, into);
      if (f === 'floorMod')
        return c.three('vpand', this.value(a), c.bits([(b as { value: number }).value - 1], length), length, into);
    }
    return this.laneByLane(x, into);
  }

  /** What no vector instruction does is done lane by lane. */
  private laneByLane({ f, from, args }: Apply, into?: Register): Register {
    const { c } = this;
    const length = c.length(c.lanes);
    const places = args.map((y) => (y.op === 'const' ? y.value : spread(c, this.value(y))));
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

  private select({ args, lanes }: Apply, into?: Register): Register {
    const { c } = this;
    const length = c.length(lanes);
    const [condition, a, b] = args as [Value, Value, Value];
    const isZero = (x: Value): boolean => x.op === 'const' && Object.is(x.value, 0);
    if (c.isLarge && condition.op === 'apply' && isComparison(condition.f)) {
      const [left, right] = condition.args as [Value, Value];
      const otherwise = this.value(b);
      const chosen = this.source(a);
      const x = this.value(left);
      const mask = compareToMask(c, condition.f, condition.from, x, this.source(right), length);
      return c.three('vblendmps', otherwise, chosen, length, into, { mask });
    }
    if (isZero(b)) return c.three('vpand', this.value(condition), this.source(a), length, into);
    if (isZero(a)) return c.three('vpandn', this.value(condition), this.source(b), length, into);
    const otherwise = this.value(b);
    const chosen = this.source(a);
    return choose(c, this.value(condition), chosen, otherwise, length, into);
  }

  private convertLanes(from: ScalarType, type: ScalarType, given: Value, into?: Register): Register {
    const { c } = this;
    const length = this.length(given);
    if (from === 'f32' && type !== 'f32') return toInteger(c, this.value(given), type as 'i32' | 'u32', length, into);
    if (from === 'i32' && type === 'f32') return c.two('vcvtdq2ps', this.source(given), length, into);
    if (from === 'u32' && type === 'f32') return fromUnsigned(c, this.value(given), length, into);
    if (from === 'bool' && type === 'f32')
      return c.three('vpand', this.value(given), c.bits([floatBits(1)], length), length, into);
    if (from === 'bool' && type !== 'bool') return c.shift('vpsrld', this.value(given), 31, length, into);
    return this.value(given, into);
  }

  /** A function of vectors of f32, in line. */
  private functionOf(f: ScalarOp, args: readonly Register[]): Register {
    if (f === 'rem') return this.remainders(args[0], args[1]);
    const double = doubleFunctions[f as keyof typeof doubleFunctions] as DoubleFunction | undefined;
    if (double) return double.emit(new NativeLanes(this.c, 'f32'), ...args);
    if (!elementaryFunction(f))
      return fail('native device', `${f} has neither an instruction nor a function`, 'report this with the program');
    const { params, body, result } = linearFunctionOf(f, this.c.lanes);
    const inner = new LinearWriter(
      this.c,
      params.map((p, k) => [p, args[k]]),
    );
    inner.list(body);
    return inner.value(result);
  }

  /** The exact remainders of f32 are those of doubles. */
  private remainders(a: Register, b: Register): Register {
    const { c } = this;
    const places = [spread(c, a), spread(c, b)];
    const result = c.code.place(4 * c.lanes);
    c.eachLane((lane) => {
      const wide = places.map((place) =>
        c.two('vcvtps2pd', { m: c.two('vmovss', { m: { ...place, index: lane, scale: 4 } }, 128) }, 128),
      );
      wide.forEach((x, k) => c.two('vmovups', { m: x }, 128, doubles[k]));
      c.code.call(c.hostFunction('rem'));
      const rest = c.two('vcvtpd2ps', { m: doubles[0] }, 128);
      c.write('vmovssStore', rest, { ...result, index: lane, scale: 4 }, 128);
    });
    return c.two('vmovups', { m: result }, c.length(c.lanes));
  }

  /** The lanes of a vector combined: halves first. */
  private across({ combine, type, x }: Value & { op: 'across' }, into?: Register): Register {
    const { c } = this;
    let rest = this.value(x);
    for (let lanes = c.lanes as number; lanes > 1; lanes /= 2) {
      const upper = c.vector();
      if (lanes === 16) c.write('vextractf64x4', rest, upper, 512, 1);
      else if (lanes === 8) c.write('vextractf128', rest, upper, 256, 1);
      else c.two('vpshufd', { m: rest }, 128, upper, { immediate: lanes === 4 ? 0x4e : 0xb1 });
      const width = Math.max(4, lanes / 2);
      const [a, b] = [register(type, width), register(type, width)];
      this.registers.set(a, rest).set(b, upper);
      rest = this.vectorApply(applied(combine, type, [a, b]));
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

  // Memory.

  /** An address and an offset as an operand. */
  private address(x: Value, offset: number): Memory {
    const { c } = this;
    if (!isShort(offset)) {
      const base = c.number(offset);
      c.word('add', { a: base, m: this.value(x), wide: true });
      return { base, displacement: 0 };
    }
    if (x.op !== 'move') return { base: this.value(x), displacement: offset };
    const { base, index, scale } = x;
    if (index.op === 'const') return this.address(base, offset + index.value * scale);
    const held = this.value(base);
    const wide = c.general();
    c.word('movsxd', { a: wide, m: this.value(index), wide: true });
    if (scales.has(scale)) return { base: held, index: wide, scale, displacement: offset };
    if (isShort(scale)) c.word('imulNumber', { a: wide, m: wide, immediate: scale, wide: true });
    else c.word('imul', { a: wide, m: c.number(scale), wide: true });
    return { base: held, index: wide, scale: 1, displacement: offset };
  }

  private place({ address, offset }: Pick<Strided, 'address' | 'offset'>): Memory {
    return this.address(address, offset);
  }

  /** The same as one register, to which an index can be added. */
  private base(at: Pick<Strided, 'address' | 'offset'>): Memory {
    const m = this.place(at);
    if (!m.index) return m;
    const base = this.c.general();
    this.c.word('lea', { a: base, m, wide: true });
    return { base, displacement: 0 };
  }

  private load(x: Value & { op: 'load' }, into?: Register): Register {
    const { c } = this;
    const { dtype, stride, lanes } = x;
    const { bytes } = dtypeInfo[dtype];
    if (lanes === 1) return loadElement(c, dtype, this.place(x), into);
    if (stride === bytes) return loadSideBySide(c, dtype, this.place(x), into);
    if (isWhole(dtype)) {
      if (stride === -4) {
        const m = this.place(x);
        const low = { ...m, displacement: m.displacement - 4 * (lanes - 1) };
        const backwards = c.two(
          'vmovups',
          { m: c.series(Array.from({ length: lanes }, (_, i) => lanes - 1 - i)) },
          c.length(lanes),
        );
        return c.three('vpermd', backwards, { m: low }, c.length(lanes), into);
      }
      const distances = this.value({ op: 'series', type: 'i32', lanes, first: 0, step: stride });
      return gatherWords(c, this.base(x), distances, 1, into);
    }
    const base = this.base(x);
    return collect(c, dtype, (lane) => this.strided(base, lane, stride), into);
  }

  private strided(base: Memory, lane: Register, stride: number): Memory {
    if (scales.has(stride)) return { ...base, index: lane, scale: stride };
    const index = this.c.general();
    this.c.word('imulNumber', { a: index, m: lane, immediate: stride, wide: true });
    return { ...base, index, scale: 1 };
  }

  /** The element that a lane of indices, put into memory, names. */
  private scattered(base: Memory, indices: Memory, lane: Register, bytes: number): Memory {
    const index = this.c.general();
    this.c.word('movsxd', { a: index, m: { ...indices, index: lane, scale: 4 }, wide: true });
    return { ...base, index, scale: bytes };
  }

  private gather(x: Value & { op: 'gather' }, into?: Register): Register {
    const { c } = this;
    const { dtype, indices } = x;
    const base = this.base(x);
    const held = this.value(indices);
    if (isWhole(dtype)) return gatherWords(c, base, held, 4, into);
    const places = spread(c, held);
    return collect(c, dtype, (lane) => this.scattered(base, places, lane, dtypeInfo[dtype].bytes), into);
  }

  private store(s: Statement & { op: 'store' }): void {
    const { c } = this;
    const { dtype, stride, combine, value } = s;
    if (value.lanes === 1) {
      const isNumber = value.op === 'const' && !isFloat(value.type as ScalarType) && isWhole(dtype);
      if (isNumber) {
        c.word('movNumber', { m: this.place(s), immediate: value.value | 0 });
        return;
      }
      const held = this.value(value);
      storeElement(c, dtype, held, this.place(s));
      return;
    }
    const held = this.value(value);
    if (stride === dtypeInfo[dtype].bytes && !combine) {
      storeSideBySide(c, dtype, held, this.place(s));
      return;
    }
    const base = this.base(s);
    if (c.isLarge && isWhole(dtype) && !combine) {
      const distances = this.value({ op: 'series', type: 'i32', lanes: value.lanes, first: 0, step: stride });
      scatterWords(c, base, distances, 1, held);
      return;
    }
    this.oneByOne(s, held, (lane) => this.strided(base, lane, stride));
  }

  private scatter(s: Statement & { op: 'scatter' } & Scattered): void {
    const { c } = this;
    const { dtype, combine, value, indices } = s;
    const held = this.value(value);
    const at = this.value(indices);
    const base = this.base(s);
    if (c.isLarge && isWhole(dtype) && !combine) {
      scatterWords(c, base, at, 4, held);
      return;
    }
    const places = spread(c, at);
    this.oneByOne(s, held, (lane) => this.scattered(base, places, lane, dtypeInfo[dtype].bytes));
  }

  /** Lanes may meet in one element: one after the other. */
  private oneByOne(
    { dtype, combine }: Pick<Statement & { op: 'scatter' }, 'dtype' | 'combine'>,
    vector: Register,
    element: (lane: Register) => Memory,
  ): void {
    const { c } = this;
    const type = scalarType(dtype);
    const lanes = spread(c, vector);
    c.eachLane((lane) => {
      const from = { ...lanes, index: lane, scale: 4 };
      let x = loadElement(c, type === 'f32' ? 'float32' : 'int32', from);
      if (type === 'bool') c.word('andNumber', { m: x, immediate: 1 });
      let m = element(lane);
      if (combine) {
        const address = c.general();
        c.word('lea', { a: address, m, wide: true });
        m = { base: address, displacement: 0 };
        const [old, more] = [register(type), register(type)];
        this.registers.set(old, loadElement(c, dtype, m)).set(more, x);
        x = this.value(applied(combine, type, [old, more]));
      }
      storeElement(c, dtype, x, m);
    });
  }
}

const signOf = (type: ScalarType): readonly number[] => (type === 'f64' ? [0, 0x80000000] : [0x80000000]);

/** Whether nobody else knows the register in which a value is given. */
function isOwn(x: Value): boolean {
  if (x.op === 'apply') return x.f !== 'reinterpret' && x.f !== 'convert';
  return x.op !== 'register';
}

/** Whether a value may be read where it stands. */
function isFoldable(x: Value): boolean {
  if (x.op === 'const' || x.op === 'series') return true;
  if (x.op === 'load') return x.lanes > 1 && isWhole(x.dtype) && x.stride === 4;
  return x.op === 'splat' && x.x.op === 'load' && isWhole(x.x.dtype) && x.lanes === 16;
}

const functions = new Map<string, LinearFunction>();
function linearFunctionOf(f: ScalarOp, lanes: 8 | 16): LinearFunction {
  const key = `${f} ${lanes}`;
  const known = functions.get(key) ?? linearFunction(elementaryFunction(f)!, machine(lanes));
  functions.set(key, known);
  return known;
}
