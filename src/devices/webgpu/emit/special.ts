import { polynomial, type WgslFunction } from './wgsl-function.ts';

const erfinvNear = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4, -1.25372503e-3, -4.17768164e-3,
  2.46640727e-1, 1.50140941,
];
const erfinvFar = [
  -2.00214257e-4, 1.00950558e-4, 1.34934322e-3, -3.67342844e-3, 5.73950773e-3, -7.6224613e-3, 9.43887047e-3, 1.00167406,
  2.83297682,
];

/** Special functions: the error function and its inverse, the logarithm of gamma and its derivative. */
export const specialFunctions: Readonly<Record<string, WgslFunction>> = {
  erf_f32: {
    needs: ['exp_f32'],
    text: `fn erf_f32(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  let t = min(abs(x), 5f);
  let s = t * t;
  if (t < 0.921875f) {
    return fma(${polynomial('s', [-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1])}, x, x);
  }
  var p = fma(fma(t, -1.7285347e-5f, 3.83197126e-4f), s, fma(t, -3.88396438e-3f, 2.42546219e-2f));
  p = ${['-1.06777877e-1f', '-6.34846687e-1f', '-1.28717512e-1f'].reduce((sum, c) => `fma(${sum}, t, ${c})`, 'p')};
  return withSign(1f - exp_f32(fma(p, t, -t)), x);
}`,
  },
  erfinv_f32: {
    needs: ['log1p_f32'],
    text: `fn erfinv_f32(x: f32) -> f32 {
  if (abs(x) == 1f) { return withSign(infinity(), x); }
  if (!(abs(x) < 1f)) { return nan(); }
  let w = -log1p_f32(-(x * x));
  if (w < 5f) { let z = w - 2.5f; return x * ${polynomial('z', erfinvNear)}; }
  let z = sqrt(w) - 3f;
  return x * ${polynomial('z', erfinvFar)};
}`,
  },
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
};
