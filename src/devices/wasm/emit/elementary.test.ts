import { describe, expect, it } from 'vitest';
import type { ScalarOp } from '../../../ir/scalar.ts';
import { load, ModuleBuilder } from '../encoder/index.ts';
import { features } from '../features.ts';
import { vectorFunction } from './elementary.ts';

const { fround } = Math;

const hasFma = features().fused;
const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 });

/** Applies a function to lists of arguments of equal length. */
function apply(name: ScalarOp, ...args: Float32Array[]): Float32Array {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', { initial: 64, maximum: 64, shared: false });
  const f = module.func('map', ['i32']);
  const i = f.local('i32');
  const plane = 2 ** 20;
  const callee = vectorFunction(module, name);
  f.for(i, 0, f.params[0]!, 16, () => {
    f.store('v128.store', i, () => f.call(callee, ...args.map((_, a) => load('v128.load', i, (a + 1) * plane))), 0);
  });
  module.export('map', f);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { env: { memory } });
  args.forEach((values, a) => new Float32Array(memory.buffer, (a + 1) * plane).set(values));
  (exports['map'] as (bytes: number) => void)(4 * args[0]!.length);
  return new Float32Array(memory.buffer, 0, args[0]!.length).slice();
}

/** Distance in units of the last place of the float32 nearest to `expected`. */
function ulps(actual: number, expected: number): number {
  if (Object.is(actual, expected) || (Number.isNaN(actual) && Number.isNaN(expected))) return 0;
  const rounded = fround(expected);
  if (Object.is(actual, rounded)) return 0;
  if (!Number.isFinite(rounded) || !Number.isFinite(actual)) return Number.POSITIVE_INFINITY;
  if (actual === 0 && rounded === 0) return Number.POSITIVE_INFINITY;
  const unit = 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(rounded)))) - 23);
  return Math.abs(actual - expected) / unit;
}

/** Evenly spaced values, values spread over all exponents, and the edges. */
function samples(low: number, high: number): Float32Array {
  const values: number[] = [];
  for (let i = 0; i <= 40_000; i++) values.push(low + ((high - low) * i) / 40_000);
  for (let e = -149; e < 128; e += 0.01) values.push(2 ** e, -(2 ** e));
  const inside = values.filter((x) => x >= low && x <= high);
  inside.push(0, -0, Infinity, -Infinity, NaN, 1, -1, 0.5, -0.5);
  while (inside.length % 4) inside.push(low);
  return Float32Array.from(inside);
}

/** Lanczos in float64, for arguments where it has no cancellation, shifted by the recurrence. */
function lgammaReference(x: number): number {
  if (x <= 0 && Math.floor(x) === x) return Infinity;
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * (x - Math.round(x))))) - lgammaReference(1 - x);
  let shift = 0;
  let product = 1;
  while (x < 15) {
    product *= x++;
    if (product > 1e200) {
      shift += Math.log(product);
      product = 1;
    }
  }
  const w = 1 / (x * x);
  const series = (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w / 1188)))) / x;
  if (x === Infinity) return Infinity;
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series - shift - Math.log(product);
}

function digammaReference(x: number): number {
  if (x === Infinity) return Infinity;
  if (x === 0) return Object.is(x, 0) ? -Infinity : Infinity;
  if (x < 0 && Math.floor(x) === x) return NaN;
  if (x < 0.5) {
    const r = x - Math.round(x);
    return digammaReference(1 - x) - Math.PI / Math.tan(Math.PI * r);
  }
  let sum = 0;
  while (x < 20) sum -= 1 / x++;
  const w = 1 / (x * x);
  return sum + Math.log(x) - 0.5 / x - w * (1 / 12 - w * (1 / 120 - w * (1 / 252 - w / 240)));
}

/** erf in float64: its Maclaurin series, or for large arguments 1 - erfc by continued fraction. */
function erfReference(x: number): number {
  const a = Math.abs(x);
  if (Number.isNaN(x) || x === 0) return x;
  if (a > 6) return Math.sign(x);
  if (a < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 100; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (sum * 2) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction));
}

const sigmoid = (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));

describe('vector functions', () => {
  it.each<[ScalarOp, (x: number) => number, number, number, number, number?]>([
    ['exp', Math.exp, -110, 95, 1.5],
    ['expm1', Math.expm1, -30, 90, 2],
    ['log', Math.log, -1, 1e4, 1.5],
    ['log1p', Math.log1p, -2, 100, 2.5],
    ['tanh', Math.tanh, -12, 12, 2.5],
    ['logistic', sigmoid, -110, 110, 2.5],
    ['erf', erfReference, -7, 7, 2],
    ['sin', Math.sin, -1000, 1000, 1.5],
    ['cos', Math.cos, -1000, 1000, 1.5],
    ['tan', Math.tan, -100, 100, 3],
    ['asin', Math.asin, -1.1, 1.1, 2.5],
    ['acos', Math.acos, -1.1, 1.1, 2.5],
    ['atan', Math.atan, -1e6, 1e6, 2.5],
    ['sinh', Math.sinh, -95, 95, 2.5],
    ['cosh', Math.cosh, -95, 95, 2],
    ['asinh', Math.asinh, -1e5, 1e5, 2.5],
    ['acosh', Math.acosh, 0, 1e5, 3],
    ['atanh', Math.atanh, -1.1, 1.1, 2.5],
    ['lgamma', lgammaReference, -30, 200, 1, 2e-14],
    ['digamma', digammaReference, -30, 200, 1],
  ])('%s is right to the last places', (name, reference, low, high, tolerance, absolute = 0) => {
    const x = samples(low, high);
    const y = apply(name, x);
    let worst = 0;
    let at = 0;
    x.forEach((value, i) => {
      const distance = ulps(y[i]!, reference(value));
      if (distance > worst && !(Math.abs(y[i]! - reference(value)) < absolute)) [worst, at] = [distance, i];
    });
    expect(worst, `${name}(${x[at]}) = ${y[at]}, not ${reference(x[at]!)}`).toBeLessThanOrEqual(tolerance);
  });

  it('pow is right to the last places, with every special case of IEEE 754', () => {
    const special = [
      0,
      -0,
      1,
      -1,
      2,
      -2,
      3,
      0.5,
      -0.5,
      2.5,
      1e-40,
      -1e-40,
      3e38,
      -3e38,
      Infinity,
      -Infinity,
      NaN,
      16777217,
    ];
    const pairs: [number, number][] = [];
    for (const a of special) for (const b of special) pairs.push([a, b]);
    for (let i = 0; i < 20_000; i++) pairs.push([2 ** ((i % 141) - 70) * (1 + (i % 97) / 97), ((i % 89) - 44) / 7]);
    while (pairs.length % 4) pairs.push([1, 1]);
    const x = Float32Array.from(pairs, (p) => p[0]);
    const y = Float32Array.from(pairs, (p) => p[1]);
    const z = apply('pow', x, y);
    x.forEach((a, i) => {
      // JavaScript says NaN to 1^infinity and (-1)^infinity, IEEE 754 says 1.
      const expected = a === 1 || (a === -1 && Math.abs(y[i]!) === Infinity) ? 1 : a ** y[i]!;
      expect(ulps(z[i]!, expected), `${a} ^ ${y[i]} = ${z[i]}, not ${expected}`).toBeLessThanOrEqual(0.6);
    });
  });

  it('atan2 finds every quadrant and every special case', () => {
    const special = [0, -0, 1, -1, 2, 1e-40, -1e-40, 3e38, -3e38, Infinity, -Infinity, NaN];
    const pairs: [number, number][] = [];
    for (const a of special) for (const b of special) pairs.push([a, b]);
    for (let i = 0; i < 20_000; i++) pairs.push([Math.sin(i) * (i % 71), Math.cos(i) * (i % 31)]);
    while (pairs.length % 4) pairs.push([1, 1]);
    const y = Float32Array.from(pairs, (p) => p[0]);
    const x = Float32Array.from(pairs, (p) => p[1]);
    const z = apply('atan2', y, x);
    y.forEach((a, i) => {
      const expected = Math.atan2(a, x[i]!);
      expect(ulps(z[i]!, expected), `atan2(${a}, ${x[i]}) = ${z[i]}, not ${expected}`).toBeLessThanOrEqual(2.5);
    });
  });

  it('erfinv undoes erf', () => {
    const y = Float32Array.from({ length: 20_000 }, (_, i) => (i - 9999.5) / 10_000);
    apply('erfinv', y).forEach((x, i) => {
      expect(Math.abs(erfReference(x) - y[i]!)).toBeLessThan(2.5e-7 * Math.abs(y[i]!) + 1e-9);
    });
  });

  it.runIf(hasFma)('log and erfinv have the bits of Keras on JAX where multiply and add round once', () => {
    const fma = (a: number, b: number, c: number) => fround(a * b + c);
    const f = fround;
    const horner = (x: number, c: number[]) => c.map(f).reduce((s, v) => fma(s, x, v));
    const log = (x: number) => {
      let e = Math.floor(Math.log2(x)) + 1;
      let m = x / 2 ** e;
      if (m >= 1) [m, e] = [m / 2, e + 1];
      if (m < f(Math.SQRT1_2)) [m, e] = [m * 2, e - 1];
      const t = f(m - 1);
      const t2 = f(t * t);
      const t3 = f(t2 * t);
      const p = horner(t, [7.0376836292e-2, -1.151461031e-1, 1.167699874e-1]);
      const q = horner(t, [-1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1]);
      const s = horner(t, [2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1]);
      const y = fma(fma(fma(p, t3, q), t3, s), t3, f(f(-2.1219444e-4) * e));
      return fma(0.693359375, e, f(fma(-0.5, t2, t) + y));
    };
    const N = [
      4.52700008624452e-5, 0.49854102823193375, 6.578732594206104, 29.911919328553072, 60.94966798098779,
      57.11296359058554, 20.03955349920128,
    ];
    const D = [
      1, 15.062909083469192, 83.04756596796722, 221.76239823732857, 309.09872225312057, 216.42788614495947,
      60.118660497603841,
    ];
    const log1p = (x: number) => {
      if (Math.abs(x) >= f(0.41421356)) return log(f(1 + x));
      const x2 = f(x * x);
      return f(x + fma(-0.5, x2, f(f(x * x2) * f(horner(x, N) / horner(x, D)))));
    };
    const A = [
      2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
      0.246640727, 1.50140941,
    ];
    const B = [
      -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
      1.00167406, 2.83297682,
    ];
    const erfinv = (u: number) => {
      const w = -log1p(f(-f(u * u)));
      return f(u * (w < 5 ? horner(f(w - 2.5), A) : horner(f(f(Math.sqrt(w)) - 3), B)));
    };
    const u = Float32Array.from({ length: 100_000 }, (_, i) => (i - 49_999.5) / 50_000);
    const positive = u.map((x) => Math.abs(x) * 3);
    for (const [name, reference, x] of [
      ['log', log, positive],
      ['erfinv', erfinv, u],
    ] as const) {
      const y = apply(name, x);
      const differing = x.filter((value, i) => y[i] !== reference(value));
      expect(differing.length, `${name}(${differing[0]})`).toBe(0);
    }
    expect([...apply('erfinv', Float32Array.of(1, -1, 0, NaN))]).toEqual([Infinity, -Infinity, 0, NaN]);
  });
});
