import type { Lanes } from '../../../codegen/functions/double/index.ts';
import type { Length } from '../encoder/assembler.ts';
import type { Register } from '../encoder/operands.ts';
import { type Context, doubleBits, floatBits, type Name, type Source } from './context.ts';
import { choose, compare } from './vector-operations.ts';

type Operand = Register | number;

/** Arithmetic on vectors of f32, or of half as many f64. */
export class NativeLanes implements Lanes<Register> {
  private readonly c: Context;
  private readonly type: 'f32' | 'f64';
  private readonly length: Length;

  constructor(c: Context, type: 'f32' | 'f64') {
    this.c = c;
    this.type = type;
    this.length = c.length(c.lanes);
  }

  get double(): NativeLanes {
    return new NativeLanes(this.c, 'f64');
  }

  private words(value: number): readonly number[] {
    return this.type === 'f32' ? [floatBits(value)] : doubleBits(value);
  }
  keep(value: Operand): Register {
    return typeof value === 'number' ? this.c.held(this.words(value), this.length) : value;
  }
  update(kept: Register, value: Register): void {
    this.c.move(kept, value);
  }
  bits(pattern: number | bigint): Register {
    const words =
      typeof pattern === 'number'
        ? [pattern >>> 0]
        : [Number(pattern & 0xffffffffn), Number((pattern >> 32n) & 0xffffffffn)];
    return this.c.held(words, this.length);
  }

  private source(x: Operand): Source {
    return typeof x === 'number' ? this.c.bits(this.words(x), this.length) : { m: x };
  }
  private floats(name: string, a: Operand, b: Operand): Register {
    const full = `${name}${this.type === 'f32' ? 'ps' : 'pd'}` as Name;
    return this.c.three(full, this.keep(a), this.source(b), this.length);
  }
  private plain(name: Name, a: Register, b: Register): Register {
    return this.c.three(name, a, { m: b }, this.length);
  }
  private compared(f: 'lt' | 'le' | 'eq' | 'ne', a: Operand, b: Operand): Register {
    return compare(this.c, f, this.type, [this.keep(a), this.source(b)], this.length);
  }
  private rounded(a: Register, immediate: number): Register {
    const name = this.type === 'f32' ? 'vroundps' : 'vroundpd';
    return this.c.two(name, { m: a }, this.length, undefined, { immediate });
  }

  add = (a: Operand, b: Operand): Register => this.floats('vadd', a, b);
  sub = (a: Operand, b: Operand): Register => this.floats('vsub', a, b);
  mul = (a: Operand, b: Operand): Register => this.floats('vmul', a, b);
  div = (a: Operand, b: Operand): Register => this.floats('vdiv', a, b);
  abs = (a: Register): Register => this.plain('vpandn', this.signBit, a);
  floor = (a: Register): Register => this.rounded(a, 9);
  nearest = (a: Register): Register => this.rounded(a, 8);
  // The instruction returns its second operand if either is NaN.
  atMost = (a: Register, bound: Operand): Register => this.floats('vmin', bound, a);
  atLeast = (a: Register, bound: Operand): Register => this.floats('vmax', bound, a);
  less = (a: Operand, b: Operand): Register => this.compared('lt', a, b);
  lessEqual = (a: Operand, b: Operand): Register => this.compared('le', a, b);
  equal = (a: Operand, b: Operand): Register => this.compared('eq', a, b);
  isNaN = (a: Register): Register => this.compared('ne', a, a);
  /** In masks of doubles both words of a lane are set. */
  select = (mask: Register, a: Operand, b: Operand): Register =>
    choose(this.c, mask, { m: this.keep(a) }, this.keep(b), this.length);
  and = (a: Register, b: Register): Register => this.plain('vpand', a, b);
  or = (a: Register, b: Register): Register => this.plain('vpor', a, b);
  xor = (a: Register, b: Register): Register => this.plain('vpxor', a, b);
  without = (a: Register, b: Register): Register => this.plain('vpandn', b, a);
  sign = (a: Register): Register => this.plain('vpand', a, this.signBit);
  get signBit(): Register {
    return this.type === 'f32' ? this.bits(0x80000000) : this.bits(1n << 63n);
  }

  addInt = (a: Register, b: Register): Register => this.plain(this.type === 'f32' ? 'vpaddd' : 'vpaddq', a, b);
  subInt = (a: Register, b: Register): Register => this.plain(this.type === 'f32' ? 'vpsubd' : 'vpsubq', a, b);
  equalInt = (a: Register, b: Register): Register => compare(this.c, 'eq', 'i32', [a, { m: b }], this.length);
  shiftLeft = (a: Register, by: number): Register =>
    this.c.shift(this.type === 'f32' ? 'vpslld' : 'vpsllq', a, by, this.length);
  shiftRight52(a: Register): Register {
    // Twelve bits remain; AVX2 has no arithmetic shift of 64-bit lanes.
    const bits = this.c.shift('vpsrlq', a, 52, this.length);
    const sign = this.bits(0x800n);
    return this.plain('vpsubq', this.plain('vpxor', bits, sign), sign);
  }

  fma(a: Operand, b: Operand, c: Operand): Register {
    const sum = typeof c === 'number' ? this.keep(c) : this.c.two('vmovups', { m: c }, this.length);
    const name = this.type === 'f32' ? 'vfmadd231ps' : 'vfmadd231pd';
    this.c.word(name, { a: sum, v: this.keep(a), ...this.source(b), length: this.length });
    return sum;
  }
  polynomial(x: Register, coefficients: readonly number[]): Register {
    const sum = this.keep(coefficients[0]);
    // sum = x · sum + c.
    const name = this.type === 'f32' ? 'vfmadd213ps' : 'vfmadd213pd';
    for (const c of coefficients.slice(1)) this.c.word(name, { a: sum, v: x, ...this.source(c), length: this.length });
    return sum;
  }

  private upper(x: Register): Register {
    const half = this.c.vector();
    this.c.write(this.c.isLarge ? 'vextractf64x4' : 'vextractf128', x, half, this.length, 1);
    return half;
  }
  widened(x: Register, half: 'low' | 'high'): Register {
    return this.c.two('vcvtps2pd', { m: half === 'low' ? x : this.upper(x) }, this.length);
  }
  narrowed(x: Register): Register {
    return this.c.two('vcvtpd2ps', { m: x }, this.length);
  }
  joined(low: Register, high: Register): Register {
    const name = this.c.isLarge ? 'vinsertf64x4' : 'vinsertf128';
    return this.c.three(name, low, { m: high }, this.length, undefined, { immediate: 1 });
  }
  joinedWords(low: Register, high: Register): Register {
    const { c } = this;
    if (!c.isLarge) {
      const pairs = c.three('vshufps', low, { m: high }, 256, undefined, { immediate: 0x88 });
      return c.two('vpermq', { m: pairs }, 256, undefined, { immediate: 0xd8 });
    }
    const [a, b] = [low, high].map((x) => {
      const words = c.vector();
      c.write('vpmovqd', x, words, 512);
      return words;
    }) as [Register, Register];
    return this.joined(a, b);
  }
}
