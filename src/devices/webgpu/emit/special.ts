import { polynomial, type WgslFunction } from './wgsl-function.ts';

/** The logarithm of gamma and its derivative. */
export const specialFunctions = {
  lgamma_f32: {
    needs: ['log_f32', 'trigonometry'],
    text: `fn lgammaPositive(x: f32) -> f32 {
  var product = 1f;
  var z = x;
  for (; z < 5f; z = z + 1f) { product = product * z; }
  let r = 1f / (z * z);
  let series = ${polynomial('r', [-1 / 1680, 1 / 1260, -1 / 360, 1 / 12])} / z;
  return fma(z - 0.5f, log_f32(z) - 1f, 0.418938533f) + series - log_f32(product);
}
fn lgamma_f32(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  if (isInfinite(x) || (x <= 0f && floor(x) == x) || x > 4.08e36f) { return infinity(); }
  if (x >= 0.5f) { return lgammaPositive(x); }
  let s = sinNear(3.14159265f * 0.5f * (x - round(x)));
  let sine = abs(2f * s * sqrt(1f - s * s));
  return 1.14472989f - log_f32(sine) - lgammaPositive(1f - x);
}`,
  },
  digamma_f32: {
    needs: ['log_f32', 'trigonometry'],
    text: `fn digammaPositive(x: f32) -> f32 {
  var steps = 0f;
  var z = x;
  for (; z < 6f; z = z + 1f) { steps = steps + 1f / z; }
  let r = 1f / (z * z);
  return log_f32(z) - 0.5f / z - r * ${polynomial(
    'r',
    [1 / 240, -1 / 252, 1 / 120, -1 / 12].map((c) => -c),
  )} - steps;
}
fn digamma_f32(x: f32) -> f32 {
  if (isNan(x) || x == infinity()) { return x; }
  if (isInfinite(x) || (x <= 0f && floor(x) == x)) { return nan(); }
  if (x > 0f) { return digammaPositive(x); }
  let r = 3.14159265f * (x - round(x));
  return digammaPositive(1f - x) - 3.14159265f * circle(r, 1) / circle(r, 0);
}`,
  },
} satisfies Readonly<Record<string, WgslFunction>>;
