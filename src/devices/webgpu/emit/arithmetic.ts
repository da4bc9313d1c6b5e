import type { WgslFunction } from './wgsl-function.ts';

/** Arithmetic that WGSL leaves open: NaN and infinities, signs of zero, division by zero, long shifts, conversions, roundings. */
export const arithmeticFunctions = {
  // Compilers may fold infinities and NaNs in the source, or refuse them; these are hidden from them.
  bits: {
    text: `var<private> nanBits: u32 = 0x7fc00000u;
var<private> infinityBits: u32 = 0x7f800000u;
fn isNan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }
fn isInfinite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) == 0x7f800000u; }
fn isNegative(x: f32) -> bool { return (bitcast<u32>(x) >> 31u) != 0u; }
fn withSign(x: f32, s: f32) -> f32 { return bitcast<f32>((bitcast<u32>(x) & 0x7fffffffu) | (bitcast<u32>(s) & 0x80000000u)); }
fn nan() -> f32 { return bitcast<f32>(nanBits); }
fn infinity() -> f32 { return bitcast<f32>(infinityBits); }`,
  },
  max_f32: {
    needs: ['bits'],
    text: 'fn max_f32(a: f32, b: f32) -> f32 { return select(b, a, a >= b || isNan(a)); }',
  },
  min_f32: {
    needs: ['bits'],
    text: 'fn min_f32(a: f32, b: f32) -> f32 { return select(b, a, a <= b || isNan(a)); }',
  },
  sign_f32: {
    text: 'fn sign_f32(x: f32) -> f32 { return select(select(x, -1f, x < 0f), 1f, x > 0f); }',
  },
  rem_f32: {
    needs: ['bits'],
    text: `// The exact remainder, by long division of the significands.
fn rem_f32(a: f32, b: f32) -> f32 {
  let x = bitcast<u32>(a) & 0x7fffffffu;
  let y = bitcast<u32>(b) & 0x7fffffffu;
  if (x >= 0x7f800000u || y > 0x7f800000u || y == 0u) { return nan(); }
  if (x < y) { return a; }
  var ex = max(x >> 23u, 1u);
  let ey = max(y >> 23u, 1u);
  let my = (y & 0x7fffffu) | select(0u, 0x800000u, y >= 0x800000u);
  var rest = ((x & 0x7fffffu) | select(0u, 0x800000u, x >= 0x800000u)) % my;
  for (; ex > ey; ex = ex - 1u) { rest = (rest << 1u) % my; }
  if (rest == 0u) { return withSign(0f, a); }
  let shift = min(countLeadingZeros(rest) - 8u, ey - 1u);
  rest = rest << shift;
  let exponent = select(0u, ey - shift, rest >= 0x800000u);
  return withSign(bitcast<f32>((rest & 0x7fffffu) | (exponent << 23u)), a);
}`,
  },
  floorMod_f32: {
    needs: ['rem_f32'],
    text: `fn floorMod_f32(a: f32, b: f32) -> f32 {
  let rest = rem_f32(a, b);
  return select(rest, rest + b, rest != 0f && (rest < 0f) != (b < 0f));
}`,
  },
  floorDiv_f32: {
    needs: ['floorMod_f32'],
    text: `fn floorDiv_f32(a: f32, b: f32) -> f32 {
  if (b == 0f) { return a / b; }
  let quotient = (a - floorMod_f32(a, b)) / b;
  let down = floor(quotient);
  return select(down, down + 1f, quotient - down > 0.5f);
}`,
  },
  nextAfter_f32: {
    needs: ['bits'],
    text: `fn nextAfter_f32(x: f32, y: f32) -> f32 {
  if (isNan(x) || isNan(y)) { return nan(); }
  let a = bitcast<i32>(x);
  let b = bitcast<i32>(y);
  let p = select(a, -(a & 0x7fffffff), a < 0);
  let q = select(b, -(b & 0x7fffffff), b < 0);
  if (p == q) { return y; }
  let next = select(p - 1, p + 1, q > p);
  return bitcast<f32>(select(bitcast<u32>(next), bitcast<u32>(-next) | 0x80000000u, next < 0));
}`,
  },
  div_i32: {
    text: 'fn div_i32(a: i32, b: i32) -> i32 { if (b == 0) { return -1; } if (b == -1) { return -a; } return a / b; }',
  },
  rem_i32: {
    text: 'fn rem_i32(a: i32, b: i32) -> i32 { if (b == 0) { return a; } if (b == -1) { return 0; } return a % b; }',
  },
  floorDiv_i32: {
    needs: ['rem_i32', 'div_i32'],
    text: `fn floorDiv_i32(a: i32, b: i32) -> i32 {
  return div_i32(a, b) - select(0, 1, b != 0 && rem_i32(a, b) != 0 && (a < 0) != (b < 0));
}`,
  },
  floorMod_i32: {
    needs: ['rem_i32'],
    text: `fn floorMod_i32(a: i32, b: i32) -> i32 {
  let rest = rem_i32(a, b);
  return select(rest, rest + b, b != 0 && rest != 0 && (rest < 0) != (b < 0));
}`,
  },
  div_u32: { text: 'fn div_u32(a: u32, b: u32) -> u32 { if (b == 0u) { return 0xffffffffu; } return a / b; }' },
  rem_u32: { text: 'fn rem_u32(a: u32, b: u32) -> u32 { if (b == 0u) { return a; } return a % b; }' },
  pow_u32: {
    text: `fn pow_u32(a: u32, b: u32) -> u32 {
  var result = 1u;
  var base = a;
  for (var e = b; e != 0u; e = e >> 1u) {
    if ((e & 1u) == 1u) { result = result * base; }
    base = base * base;
  }
  return result;
}`,
  },
  pow_i32: {
    needs: ['pow_u32'],
    text: `fn pow_i32(a: i32, b: i32) -> i32 {
  if (b >= 0) { return bitcast<i32>(pow_u32(bitcast<u32>(a), bitcast<u32>(b))); }
  return select(select(0, select(1, -1, (b & 1) == 1), a == -1), 1, a == 1);
}`,
  },
  shifts: {
    text: `fn shiftLeft(a: u32, n: u32) -> u32 { return select(a << (n & 31u), 0u, n > 31u); }
fn shiftRightLogical(a: u32, n: u32) -> u32 { return select(a >> (n & 31u), 0u, n > 31u); }
fn shiftRight(a: i32, n: u32) -> i32 { return a >> min(n, 31u); }`,
  },
  // WGSL saturates too, but leaves NaN undefined, and its bounds are the nearest floats below the integers'.
  f32_to_i32: {
    needs: ['bits'],
    text: `fn f32_to_i32(x: f32) -> i32 {
  if (isNan(x)) { return 0; }
  if (x >= 2147483648f) { return 2147483647; }
  if (x < -2147483648f) { return -2147483647 - 1; }
  return i32(x);
}`,
  },
  f32_to_u32: {
    needs: ['bits'],
    text: `fn f32_to_u32(x: f32) -> u32 {
  if (!(x > 0f)) { return 0u; }
  return select(u32(min(x, 4294967040f)), 0xffffffffu, x >= 4294967296f);
}`,
  },
  // Rounds halves to even and keeps NaN.
  bfloat16_f32: {
    needs: ['bits'],
    text: `fn bfloat16_f32(x: f32) -> f32 {
  let u = bitcast<u32>(x);
  return bitcast<f32>(select((u + 0x7fffu + ((u >> 16u) & 1u)) & 0xffff0000u, u | 0x400000u, isNan(x)));
}`,
  },
  float16_f32: {
    needs: ['bits'],
    text: `fn float16_f32(x: f32) -> f32 {
  let u = bitcast<u32>(x) & 0x7fffffffu;
  if (u >= 0x477ff000u) { return select(withSign(infinity(), x), x, isNan(x)); }
  if (u < 0x38800000u) { return withSign(round(abs(x) * 16777216f) * 5.9604645e-8f, x); }
  return withSign(bitcast<f32>((u + 0xfffu + ((u >> 13u) & 1u)) & 0xffffe000u), x);
}`,
  },
} satisfies Readonly<Record<string, WgslFunction>>;
