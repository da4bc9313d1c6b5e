/** `2/√π · ∫₀ˣ exp(-t²) dt` by the series `2/√π · exp(-x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1))`, whose terms are all of one sign. */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** The x with `erf(x) = y`: Winitzki's approximation, then Halley's iteration. */
export function erfinv(y: number): number {
  if (Math.abs(y) === 1) return y * Number.POSITIVE_INFINITY;
  if (!(Math.abs(y) < 1)) return Number.NaN;
  if (y === 0) return y;
  const l = Math.log1p(-y * y);
  const b = 2 / (Math.PI * 0.147) + l / 2;
  let x = Math.sign(y) * Math.sqrt(Math.max(0, Math.sqrt(b * b - l / 0.147) - b));
  for (let k = 0; k < 4; k++) {
    const step = ((erf(x) - y) * Math.sqrt(Math.PI) * Math.exp(x * x)) / 2;
    x -= step / (1 + x * step);
  }
  return x;
}

/** `log |Γ(x)|`: Stirling's series at x + n, n steps of the recurrence back, and the reflection for negative x. */
export function lgamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (!Number.isFinite(x)) return Number.POSITIVE_INFINITY;
  if (x < 0.5) {
    if (x <= 0 && Number.isInteger(x)) return Number.POSITIVE_INFINITY;
    return Math.log(Math.PI / Math.abs(sinPi(x))) - lgamma(1 - x);
  }
  let product = 1;
  let z = x;
  for (; z < 12; z++) product *= z;
  const r = 1 / (z * z);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - (r * 691) / 360360))))) / z;
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series - Math.log(product);
}

/** `Γ'(x) / Γ(x)`, in the same way; NaN at the poles 0, -1, -2, … */
export function digamma(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return x;
  if (x <= 0) return Number.isInteger(x) ? Number.NaN : digamma(1 - x) - Math.PI / tanPi(x);
  let steps = 0;
  let z = x;
  for (; z < 12; z++) steps += 1 / z;
  const r = 1 / (z * z);
  const series = r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r * (1 / 132 - (r * 691) / 32760)))));
  return Math.log(z) - 1 / (2 * z) - series - steps;
}

// The argument is reduced first, since π·x loses the fraction of a large x.
const sinPi = (x: number): number => Math.sin(Math.PI * (x - 2 * Math.round(x / 2)));
const tanPi = (x: number): number => Math.tan(Math.PI * (x - Math.round(x)));
