import { polynomial, type WgslFunction } from './wgsl-function.ts';

/** Functions whose expressions need f64, which WGSL lacks (its own sine may be wrong in the fourth digit). */
export const mathFunctions = {
  // Three parts of pi/2 whose products with a small integer are exact.
  trigonometry: {
    needs: ['bits'],
    text: `fn quadrant(x: f32) -> vec2<f32> {
  let n = round(x * 0.63661977f);
  let r = fma(n, -1.5703125f, x);
  return vec2<f32>(fma(n, -7.5497894e-8f, fma(n, -4.8375129e-4f, r)), n);
}
fn sinNear(r: f32) -> f32 {
  let z = r * r;
  return fma(${polynomial('z', [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1])} * z, r, r);
}
fn cosNear(r: f32) -> f32 {
  let z = r * r;
  return fma(${polynomial('z', [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2])} * z, z, fma(z, -0.5f, 1f));
}
fn circle(x: f32, turn: i32) -> f32 {
  if (isNan(x) || isInfinite(x)) { return nan(); }
  let part = quadrant(x);
  let q = i32(part.y) + turn;
  let y = select(sinNear(part.x), cosNear(part.x), (q & 1) == 1);
  return select(y, -y, (q & 2) == 2);
}`,
  },
  sin_f32: { needs: ['trigonometry'], text: 'fn sin_f32(x: f32) -> f32 { return circle(x, 0); }' },
  cos_f32: { needs: ['trigonometry'], text: 'fn cos_f32(x: f32) -> f32 { return circle(x, 1); }' },
  tan_f32: { needs: ['trigonometry'], text: 'fn tan_f32(x: f32) -> f32 { return circle(x, 0) / circle(x, 1); }' },
  pow_f32: {
    needs: ['bits', 'exp_f32'],
    text: `// The product of two floats as a sum of two: halves of 12 bits multiply without rounding.
fn product(a: f32, b: f32) -> vec2<f32> {
  let a1 = bitcast<f32>(bitcast<u32>(a) & 0xfffff000u);
  let b1 = bitcast<f32>(bitcast<u32>(b) & 0xfffff000u);
  let p = a * b;
  return vec2<f32>(p, ((a1 * b1 - p) + a1 * (b - b1) + (a - a1) * b1) + (a - a1) * (b - b1));
}
// |x|^y for finite x > 0: log x is computed as a sum of two floats.
fn powPositive(x: f32, y: f32) -> f32 {
  let isSmall = x < 1.17549435e-38f;
  let bits = bitcast<u32>(select(x, x * 16777216f, isSmall));
  var m = bitcast<f32>((bits & 0x7fffffu) | 0x3f000000u);
  var e = f32(i32(bits >> 23u) - 126) - select(0f, 24f, isSmall);
  if (m < 0.70710678f) { m = m + m; e = e - 1f; }
  let f = m - 1f;
  let d = m + 1f;
  let s = f / d;
  let sd = product(s, d);
  let rest = ((f - sd.x) - sd.y - s * (m - (d - 1f))) / d;
  let z = s * s;
  let tail = s * z * ${polynomial('z', [2 / 11, 2 / 9, 2 / 7, 2 / 5, 2 / 3])} + 2f * rest;
  let a = e * 0.693359375f;
  let b = 2f * s;
  let sum = a + b;
  let bb = sum - a;
  let low = (a - (sum - bb)) + (b - bb) + fma(e, -2.12194440e-4f, tail);
  let bounded = min(max(y, -1e30f), 1e30f);
  let whole = product(sum, bounded);
  let exponent = whole.x + (whole.y + low * bounded);
  if (exponent > 89f) { return infinity(); }
  if (exponent < -104f) { return 0f; }
  let lost = (whole.x - exponent) + (whole.y + low * bounded);
  let power = exp_f32(exponent);
  return fma(power, lost, power);
}
fn pow_f32(x: f32, y: f32) -> f32 {
  if (y == 0f || x == 1f) { return 1f; }
  if (isNan(x) || isNan(y)) { return nan(); }
  let a = abs(x);
  let isWhole = floor(y) == y;
  let isOdd = isWhole && !isInfinite(y) && floor(y * 0.5f) != y * 0.5f;
  var size = 0f;
  if (a == 0f || isInfinite(x)) { size = select(0f, infinity(), (y > 0f) != (a == 0f)); }
  else if (a == 1f) { size = 1f; }
  else if (x < 0f && !isWhole) { return nan(); }
  else { size = powPositive(a, y); }
  return select(size, -size, isOdd && isNegative(x));
}`,
  },
} satisfies Readonly<Record<string, WgslFunction>>;
