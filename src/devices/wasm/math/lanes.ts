import type { Lanes } from '../../../codegen/functions/double/index.ts';
import { type FunctionBuilder, type Local, type ModuleBuilder, type Operand, op, shuffle32 } from '../encoder/index.ts';
import { features } from '../features.ts';

/** A vector value: a local, an expression, or a number that fills every lane. */
export type Value = Operand;

/**
 * Arithmetic on vectors of 4 float32 (`f32x4`) or 2 float64 (`f64x2`), written as expressions. An expression used twice is
 * computed twice: `keep` gives a local.
 */
export class WasmLanes implements Lanes<Value> {
  readonly f: FunctionBuilder;
  readonly module: ModuleBuilder;
  readonly shape: 'f32x4' | 'f64x2';

  constructor(f: FunctionBuilder, module: ModuleBuilder, shape: 'f32x4' | 'f64x2' = 'f32x4') {
    this.f = f;
    this.module = module;
    this.shape = shape;
  }

  /** The same arithmetic on 2 float64 lanes, in the same function. */
  get double(): WasmLanes {
    return new WasmLanes(this.f, this.module, 'f64x2');
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
  floor = (a: Value): Value => op(`${this.shape}.floor`, a);
  nearest = (a: Value): Value => op(`${this.shape}.nearest`, a);
  /** The smaller of a and the bound; NaN where a is. One instruction. */
  atMost = (a: Value, bound: Value): Value => op(`${this.shape}.pmin`, a, this.value(bound));
  /** The larger of a and the bound; NaN where a is. */
  atLeast = (a: Value, bound: Value): Value => op(`${this.shape}.pmax`, a, this.value(bound));
  less = (a: Value, b: Value): Value => op(`${this.shape}.lt`, this.value(a), this.value(b));
  lessEqual = (a: Value, b: Value): Value => op(`${this.shape}.le`, this.value(a), this.value(b));
  equal = (a: Value, b: Value): Value => op(`${this.shape}.eq`, this.value(a), this.value(b));
  isNaN = (a: Value): Value => op(`${this.shape}.ne`, a, a);
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

  private get integers(): 'i32x4' | 'i64x2' {
    return this.shape === 'f32x4' ? 'i32x4' : 'i64x2';
  }
  addInt = (a: Value, b: Value): Value => op(`${this.integers}.add`, a, b);
  subInt = (a: Value, b: Value): Value => op(`${this.integers}.sub`, a, b);
  equalInt = (a: Value, b: Value): Value => op(`${this.integers}.eq`, a, b);
  shiftLeft = (a: Value, by: number): Value => op(`${this.integers}.shl`, a, by);
  shiftRight52 = (a: Value): Value => op('i64x2.shr_s', a, 52);

  /** a * b + c. */
  fma(a: Value, b: Value, c: Value): Value {
    const [x, y, z] = [this.value(a), this.value(b), this.value(c)];
    if (features().relaxedMadd) return op(`${this.shape}.relaxed_madd`, x, y, z);
    return this.add(this.mul(x, y), z);
  }

  /** The polynomial with these coefficients, highest power first, by Horner's rule. */
  polynomial(x: Value, coefficients: readonly number[]): Local {
    const sum = this.keep(coefficients[0]);
    for (const c of coefficients.slice(1)) this.f.set(sum, this.fma(sum, x, c));
    return sum;
  }

  update(kept: Value, value: Value): void {
    this.f.set(kept as Local, value);
  }

  widened(x: Value, half: 'low' | 'high'): Value {
    return op('f64x2.promote_low_f32x4', half === 'high' ? shuffle32(x, x, [2, 3, 2, 3]) : x);
  }
  narrowed(x: Value): Local {
    return this.keep(op('f32x4.demote_f64x2_zero', x));
  }
  joined(low: Value, high: Value): Value {
    return shuffle32(low, high, [0, 1, 4, 5]);
  }
  joinedWords(low: Value, high: Value): Value {
    return shuffle32(low, high, [0, 2, 4, 6]);
  }
}
