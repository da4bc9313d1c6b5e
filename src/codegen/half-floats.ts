import { constant, type Expr, type Scalar } from '../ir/expr.ts';
import type { Builder } from './builder.ts';

/** 16-bit floats through arithmetic on their bits (u32): loads are decoded, stores encoded. */
export interface HalfFormat {
  /** The f32 with the value of the given bits. */
  decode(bits: Expr, build: Builder): Expr;
  /** The bits of the nearest half, ties to even. */
  encode(x: Expr, build: Builder): Expr;
}

const u32 = (value: number): Expr => constant(value, 'u32');

export const float16: HalfFormat = {
  decode(bits, { op, reinterpret }) {
    const sign = op('shiftLeft', op('and', bits, 0x8000), 16);
    const magnitude = op('shiftLeft', op('and', bits, 0x7fff), 13);
    // Exponents differ in their bias; scaling also normalises subnormal halves.
    const scaled = reinterpret(op('mul', reinterpret(magnitude, 'f32'), 2 ** 112), 'u32');
    const special = op('or', magnitude, 0x7f800000);
    const isSpecial = op('ge', magnitude, u32(0x7c00 << 13));
    return reinterpret(op('or', sign, op('select', isSpecial, special, scaled)), 'f32');
  },
  encode(x, { op, reinterpret }) {
    const bits = reinterpret(x, 'u32');
    const sign = op('and', bits, 2 ** 31);
    const a = op('xor', bits, sign);
    // Adding a power of two whose last bit is a half's smallest step rounds as the machine does.
    const magic = 0.5;
    const small = op('sub', reinterpret(op('add', reinterpret(a, 'f32'), magic), 'u32'), u32(0x3f000000));
    const odd = op('and', op('shiftRightLogical', a, 13), 1);
    const bias: Scalar = u32((0x100000000 - (112 << 23) + 0xfff) % 2 ** 32);
    const normal = op('shiftRightLogical', op('add', op('add', a, bias), odd), 13);
    const large = op('select', op('gt', a, u32(0x7f800000)), u32(0x7e00), u32(0x7c00));
    const finite = op('select', op('lt', a, u32(113 << 23)), small, normal);
    const magnitude = op('select', op('ge', a, u32(143 << 23)), large, finite);
    return op('or', op('shiftRightLogical', sign, 16), magnitude);
  },
};

export const bfloat16: HalfFormat = {
  decode: (bits, { op, reinterpret }) => reinterpret(op('shiftLeft', bits, 16), 'f32'),
  encode(x, { op, reinterpret }) {
    const bits = reinterpret(x, 'u32');
    const odd = op('and', op('shiftRightLogical', bits, 16), 1);
    const nearest = op('shiftRightLogical', op('add', op('add', bits, 0x7fff), odd), 16);
    const quiet = op('or', op('shiftRightLogical', bits, 16), 0x40);
    return op('select', op('eq', x, x), nearest, quiet);
  },
};

export const halfFormats: Partial<Record<string, HalfFormat>> = { float16, bfloat16 };
