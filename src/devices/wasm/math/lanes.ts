import { type FunctionBuilder, type Local, type ModuleBuilder, type Operand, op, shuffle32 } from '../encoder/index.ts';
import { features } from '../features.ts';

/** A vector value: a local, an expression, or a number that stands in every lane. */
export type Value = Operand;

/**
 * Arithmetic on vectors of 4 float32 (`f32x4`) or 2 float64 (`f64x2`), written as expressions. An expression used twice is
 * computed twice: `keep` gives a local.
 */
export class Lanes {
  readonly f: FunctionBuilder;
  readonly module: ModuleBuilder;
  readonly shape: 'f32x4' | 'f64x2';

  constructor(f: FunctionBuilder, module: ModuleBuilder, shape: 'f32x4' | 'f64x2' = 'f32x4') {
    this.f = f;
    this.module = module;
    this.shape = shape;
  }

  /** The same arithmetic on 2 float64 lanes, in the same function. */
  get double(): Lanes {
    return new Lanes(this.f, this.module, 'f64x2');
  }

  keep(value: Value): Local {
    return this.f.let('v128', this.value(value));
  }

  /** Numbers become vectors in immutable globals: V8 assembles a `v128.const` anew in each turn of a loop. */
  private value(value: Value): Operand {
    return typeof value === 'number' ? this.module.vector(this.shape, value) : value;
  }

  /** The same 32-bit (f32x4) or 64-bit (f64x2) pattern in each lane. */
  bits(pattern: number | bigint): Value {
    return this.module.vector(this.shape === 'f32x4' ? 'i32x4' : 'i64x2', pattern);
  }

  add = (a: Value, b: Value): Value => op(`${this.shape}.add`, this.value(a), this.value(b));
  sub = (a: Value, b: Value): Value => op(`${this.shape}.sub`, this.value(a), this.value(b));
  mul = (a: Value, b: Value): Value => op(`${this.shape}.mul`, this.value(a), this.value(b));
  div = (a: Value, b: Value): Value => op(`${this.shape}.div`, this.value(a), this.value(b));
  abs = (a: Value): Value => op(`${this.shape}.abs`, a);
  neg = (a: Value): Value => op(`${this.shape}.neg`, a);
  sqrt = (a: Value): Value => op(`${this.shape}.sqrt`, a);
  floor = (a: Value): Value => op(`${this.shape}.floor`, a);
  nearest = (a: Value): Value => op(`${this.shape}.nearest`, a);
  /** The smaller of a and the bound; NaN where a is. One instruction. */
  atMost = (a: Value, bound: Value): Value => op(`${this.shape}.pmin`, a, this.value(bound));
  /** The larger of a and the bound; NaN where a is. */
  atLeast = (a: Value, bound: Value): Value => op(`${this.shape}.pmax`, a, this.value(bound));
  less = (a: Value, b: Value): Value => op(`${this.shape}.lt`, this.value(a), this.value(b));
  lessEqual = (a: Value, b: Value): Value => op(`${this.shape}.le`, this.value(a), this.value(b));
  equal = (a: Value, b: Value): Value => op(`${this.shape}.eq`, this.value(a), this.value(b));
  isNaN = (a: Local): Value => op(`${this.shape}.ne`, a, a);
  select = (mask: Value, a: Value, b: Value): Value => op('v128.bitselect', this.value(a), this.value(b), mask);
  and = (a: Value, b: Value): Value => op('v128.and', a, b);
  or = (a: Value, b: Value): Value => op('v128.or', a, b);
  xor = (a: Value, b: Value): Value => op('v128.xor', a, b);
  /** a and not b. */
  without = (a: Value, b: Value): Value => op('v128.andnot', a, b);

  /** The sign bit of each lane. */
  sign = (a: Value): Value => op('v128.and', a, this.signBit);
  get signBit(): Value {
    return this.bits(this.shape === 'f32x4' ? -(2 ** 31) : -(2n ** 63n));
  }

  // 32-bit integers.
  addInt = (a: Value, b: Value): Value => op('i32x4.add', a, b);
  subInt = (a: Value, b: Value): Value => op('i32x4.sub', a, b);
  equalInt = (a: Value, b: Value): Value => op('i32x4.eq', a, b);
  shiftLeft = (a: Value, by: number): Value => op(this.shape === 'f32x4' ? 'i32x4.shl' : 'i64x2.shl', a, by);
  shiftRight = (a: Value, by: number): Value => op(this.shape === 'f32x4' ? 'i32x4.shr_u' : 'i64x2.shr_u', a, by);
  shiftRightSigned = (a: Value, by: number): Value => op('i32x4.shr_s', a, by);
  toFloat = (a: Value): Value => op('f32x4.convert_i32x4_s', a);

  /** a * b + c. */
  fma(a: Value, b: Value, c: Value): Value {
    const [x, y, z] = [this.value(a), this.value(b), this.value(c)];
    if (features().relaxedMadd) return op(`${this.shape}.relaxed_madd`, x, y, z);
    return this.add(this.mul(x, y), z);
  }

  /** The polynomial with these coefficients, highest power first, by Horner's rule. */
  polynomial(x: Local, coefficients: readonly number[]): Local {
    const sum = this.keep(coefficients[0]);
    for (const c of coefficients.slice(1)) this.f.set(sum, this.fma(sum, x, c));
    return sum;
  }

  /** Computes a float32 function in float64: applies `body` to both halves of the vectors. */
  inDouble(values: readonly Local[], body: (v: Lanes, halves: Local[]) => Value): Value {
    const v = this.double;
    const half = (high: boolean): Value => {
      const wide = values.map((x) => v.keep(op('f64x2.promote_low_f32x4', high ? shuffle32(x, x, [2, 3, 2, 3]) : x)));
      return this.keep(op('f32x4.demote_f64x2_zero', body(v, wide)));
    };
    const low = half(false);
    return shuffle32(low, half(true), [0, 1, 4, 5]);
  }
}
