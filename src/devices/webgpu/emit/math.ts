import { polynomial, type WgslFunction } from './wgsl-function.ts';

const log1pUpper = [
  4.52700008624452e-5, 0.49854102823193375, 6.578732594206104, 29.911919328553076, 60.94966798098778, 57.11296359058554,
  20.03955349920128,
];
const log1pLower = [
  1, 15.062909083469192, 83.04756596796722, 221.76239823732857, 309.09872225312057, 216.42788614495947,
  60.11866049760384,
];

/** Elementary functions: what WGSL's own compute loosely (its sine, logarithm and arc tangent may be wrong in the fourth digit) or lack. */
export const mathFunctions: Readonly<Record<string, WgslFunction>> = {
  exp_f32: {
    needs: ['bits'],
    text: `// e^x * 2^shift, without overflow on the way.
fn expScaled(x: f32, shift: i32) -> f32 {
  let bounded = min(max(x, -105f), 90f);
  let n = round(bounded * 1.44269504f);
  let r = fma(n, 2.12194440e-4f, fma(n, -0.693359375f, bounded));
  let tail = ${polynomial('r', [1.987569150012e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1])};
  let y = fma(r * r, tail, r + 1f);
  let power = i32(n) + shift;
  let half = power >> 1u;
  let scaled = y * bitcast<f32>((half + 127) << 23u) * bitcast<f32>((power - half + 127) << 23u);
  return select(scaled, x, isNan(x));
}
fn exp_f32(x: f32) -> f32 { return expScaled(x, 0); }`,
  },
  expm1_f32: {
    needs: ['exp_f32'],
    text: `fn expm1_f32(x: f32) -> f32 {
  if (abs(x) < 0.35f) {
    return fma(x * x, ${polynomial('x', [1.987569150012e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1])}, x);
  }
  return exp_f32(x) - 1f;
}`,
  },
  log_f32: {
    needs: ['bits'],
    text: `fn log_f32(x: f32) -> f32 {
  let isSmall = (bitcast<u32>(x) & 0x7f800000u) == 0u;
  let bits = bitcast<u32>(select(x, x * 8388608f, isSmall));
  var m = bitcast<f32>((bits & 0x7fffffu) | 0x3f000000u);
  var e = f32(i32((bits >> 23u) & 255u) - 126) - select(0f, 23f, isSmall);
  if (m < 0.70710678f) { m = m + m; e = e - 1f; }
  let t = m - 1f;
  let t2 = t * t;
  var y = ${polynomial('t', [7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1])} * t2 * t;
  y = fma(e, -2.12194440e-4f, y);
  let result = fma(e, 0.693359375f, t + fma(t2, -0.5f, y));
  if ((bitcast<u32>(x) & 0x7fffffffu) == 0u || (isSmall && x == 0f)) { return -infinity(); }
  if (isNan(x) || x == infinity()) { return x; }
  return select(result, nan(), isNegative(x));
}`,
  },
  log1p_f32: {
    needs: ['log_f32'],
    text: `fn log1p_f32(x: f32) -> f32 {
  if (abs(x) < 1e-9f) { return x; }
  if (abs(x) < 0.41421356f) {
    let x2 = x * x;
    let t = x * x2 * (${polynomial('x', log1pUpper)} / ${polynomial('x', log1pLower)});
    return x + fma(x2, -0.5f, t);
  }
  return log_f32(x + 1f);
}`,
  },
  logistic_f32: {
    needs: ['exp_f32'],
    text: `fn logistic_f32(x: f32) -> f32 {
  let e = exp_f32(-abs(x));
  return select(e / (1f + e), 1f / (1f + e), x >= 0f);
}`,
  },
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
  asin_f32: {
    needs: ['bits'],
    text: `fn asin_f32(x: f32) -> f32 {
  let a = abs(x);
  if (!(a <= 1f)) { return nan(); }
  let isFar = a > 0.5f;
  let z = select(a * a, 0.5f * (1f - a), isFar);
  let s = select(a, sqrt(z), isFar);
  let y = fma(${polynomial('z', [4.2163199048e-2, 2.4181311049e-2, 4.5470025998e-2, 7.4953002686e-2, 1.6666752422e-1])} * z, s, s);
  return withSign(select(y, 1.57079633f - 2f * y, isFar), x);
}`,
  },
  acos_f32: {
    needs: ['asin_f32'],
    text: `fn acos_f32(x: f32) -> f32 {
  if (x > 0.5f) { return 2f * asin_f32(sqrt(0.5f * (1f - x))) + select(0f, nan(), x > 1f); }
  if (x < -0.5f) { return 3.14159265f - 2f * asin_f32(sqrt(0.5f * (1f + x))) + select(0f, nan(), x < -1f); }
  return 1.57079633f - asin_f32(x);
}`,
  },
  atan_f32: {
    needs: ['bits'],
    text: `fn atan_f32(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  let a = abs(x);
  var base = 0f;
  var t = a;
  if (a > 2.41421356f) { base = 1.57079633f; t = -1f / a; }
  else if (a > 0.41421356f) { base = 0.785398163f; t = (a - 1f) / (a + 1f); }
  if (isInfinite(x)) { t = 0f; }
  let z = t * t;
  let y = fma(${polynomial('z', [8.05374449538e-2, -1.38776856032e-1, 1.99777106478e-1, -3.33329491539e-1])} * z, t, t);
  return withSign(base + y, x);
}`,
  },
  atan2_f32: {
    needs: ['atan_f32'],
    text: `fn atan2_f32(y: f32, x: f32) -> f32 {
  if (isNan(x) || isNan(y)) { return nan(); }
  let a = abs(x);
  let b = abs(y);
  var t = select(0.785398163f, 0f, a == 0f);
  if (b < a) { t = select(atan_f32(b / a), 0f, isInfinite(x)); }
  else if (a < b) { t = 1.57079633f - select(atan_f32(a / b), 0f, isInfinite(y)); }
  return withSign(select(t, 3.14159265f - t, isNegative(x)), y);
}`,
  },
  sinh_f32: {
    needs: ['exp_f32'],
    text: `fn sinh_f32(x: f32) -> f32 {
  let a = abs(x);
  if (a < 1f) {
    let z = x * x;
    return fma(${polynomial('z', [2.03721912945e-4, 8.33028376239e-3, 1.66667160211e-1])} * z, x, x);
  }
  let h = expScaled(a, -1);
  return withSign(h - 0.25f / h, x);
}`,
  },
  cosh_f32: {
    needs: ['exp_f32'],
    text: `fn cosh_f32(x: f32) -> f32 {
  let h = expScaled(abs(x), -1);
  return h + 0.25f / h;
}`,
  },
  tanh_f32: {
    needs: ['exp_f32'],
    text: `fn tanh_f32(x: f32) -> f32 {
  let a = abs(x);
  if (a < 0.625f) {
    let z = x * x;
    return fma(${polynomial('z', [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1])} * z, x, x);
  }
  return withSign(1f - 2f / (exp_f32(2f * min(a, 20f)) + 1f), x) + select(0f, x, isNan(x));
}`,
  },
  asinh_f32: {
    needs: ['log1p_f32'],
    text: `fn asinh_f32(x: f32) -> f32 {
  let a = abs(x);
  if (a > 1e9f || isNan(x)) { return withSign(log_f32(a) + 0.693147181f, x); }
  let z = a * a;
  return withSign(log1p_f32(a + z / (1f + sqrt(z + 1f))), x);
}`,
  },
  acosh_f32: {
    needs: ['log1p_f32'],
    text: `fn acosh_f32(x: f32) -> f32 {
  if (x < 1f) { return nan(); }
  if (x > 1e9f || isNan(x)) { return log_f32(x) + 0.693147181f; }
  let t = x - 1f;
  return log1p_f32(t + sqrt(t * (t + 2f)));
}`,
  },
  atanh_f32: {
    needs: ['log1p_f32'],
    text: `fn atanh_f32(x: f32) -> f32 {
  let a = abs(x);
  if (a == 1f) { return withSign(infinity(), x); }
  if (!(a < 1f)) { return nan(); }
  return withSign(0.5f * log1p_f32(2f * a / (1f - a)), x);
}`,
  },
  pow_f32: {
    needs: ['exp_f32'],
    text: `// The product of two floats as a sum of two: halves of 12 bits multiply without rounding.
fn product(a: f32, b: f32) -> vec2<f32> {
  let a1 = bitcast<f32>(bitcast<u32>(a) & 0xfffff000u);
  let b1 = bitcast<f32>(bitcast<u32>(b) & 0xfffff000u);
  let p = a * b;
  return vec2<f32>(p, ((a1 * b1 - p) + a1 * (b - b1) + (a - a1) * b1) + (a - a1) * (b - b1));
}
// |x|^y for finite x > 0: log x is found as a sum of two floats.
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
};
