import { range, type Shape, sizeOf } from '../../base/shape.ts';
import { ComplexRefused, complex, onPairs, type Pair } from '../../ir/complex.ts';
import type { Primitive } from '../../ir/primitive.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { cumProd, cumSum } from '../cumulative/cumulative.ts';
import { dot } from '../dot.ts';
import * as p from '../elementwise.ts';
import { full } from '../generators.ts';
import { scatter } from '../indexing/indexed.ts';
import { concatenate, pad, reshape, slice, transpose } from '../movement.ts';
import { reduceProd, reduceSum } from '../reduce.ts';

// What primitives mean for complex numbers z = a + bi, as compositions of themselves on the parts a and b.

export { complex };
/** Real and imaginary part; that of a real tensor is 0. */
export const pairOf = (t: Tensor): Pair => t.parts ?? [t, like(t, 0)];

type Real = Tensor;
const like = (x: Real, value: number): Real => full({ shape: x.shape, dtype: x.dtype, value });
const scale = (x: Real, factor: number): Real => p.mul(x, like(x, factor));
const shift = (x: Real, by: number): Real => p.add(x, like(x, by));
const isZero = (x: Real): Real => p.eq(x, like(x, 0));
/** Whether the sign bit is set: -0 lies below the branch cut. */
const isBelow = (x: Real): Real => {
  const bits = p.bitcast(x, { dtype: 'int32' });
  return p.lt(bits, like(bits, 0));
};
const withSign = (size: Real, sign: Real): Real => p.select(isBelow(sign), p.neg(size), size);

/** `|z|`, without overflow on the way and with gradient 0 at 0. */
export function absolute([a, b]: Pair): Real {
  const [x, y] = [p.abs(a), p.abs(b)];
  const most = p.stopGradient(p.max(x, y));
  const isPlain = p.bitAnd(p.ne(most, like(most, 0)), p.lt(most, like(most, Infinity)));
  const unit = p.select(isPlain, most, like(most, 1));
  const side = (t: Real): Real => {
    const part = p.div(p.select(isPlain, t, like(t, 1)), unit);
    return p.mul(part, part);
  };
  return p.select(isPlain, p.mul(unit, p.sqrt(p.add(side(a), side(b)))), most);
}
/** The angle of z in (-π, π]. */
export const angleOf = ([a, b]: Pair): Real => p.atan2(b, a);

const times = ([a, b]: Pair, [c, d]: Pair): Pair => [p.sub(p.mul(a, c), p.mul(b, d)), p.add(p.mul(a, d), p.mul(b, c))];
const plus = ([a, b]: Pair, [c, d]: Pair): Pair => [p.add(a, c), p.add(b, d)];
const minus = ([a, b]: Pair, [c, d]: Pair): Pair => [p.sub(a, c), p.sub(b, d)];
const over = ([a, b]: Pair, [c, d]: Pair): Pair => {
  // Divided by its larger part, the divisor's square neither overflows nor vanishes.
  const most = p.stopGradient(p.max(p.abs(c), p.abs(d)));
  const unit = p.select(p.bitAnd(p.ne(most, like(most, 0)), p.lt(most, like(most, Infinity))), most, like(most, 1));
  const [x, y] = [p.div(c, unit), p.div(d, unit)];
  const square = p.add(p.mul(x, x), p.mul(y, y));
  return [
    p.div(p.div(p.add(p.mul(a, x), p.mul(b, y)), square), unit),
    p.div(p.div(p.sub(p.mul(b, x), p.mul(a, y)), square), unit),
  ];
};
const conjugated = ([a, b]: Pair): Pair => [a, p.neg(b)];
/** `i·z` and `-i·z`. */
const turned = ([a, b]: Pair): Pair => [p.neg(b), a];
const turnedBack = ([a, b]: Pair): Pair => [b, p.neg(a)];
const one = ([a]: Pair): Pair => [like(a, 1), like(a, 0)];

const exp = ([a, b]: Pair): Pair => {
  const size = p.exp(a);
  // Without an imaginary part there is no 0 · ∞.
  const flat = isZero(b);
  return [p.mul(size, p.cos(b)), p.select(flat, b, p.mul(p.select(flat, like(a, 1), size), p.sin(b)))];
};
const log = (z: Pair): Pair => [p.log(absolute(z)), angleOf(z)];
const log1p = ([a, b]: Pair): Pair => [
  scale(p.log1p(p.add(p.mul(a, shift(a, 2)), p.mul(b, b))), 0.5),
  p.atan2(b, shift(a, 1)),
];
const expm1 = ([a, b]: Pair): Pair => {
  const half = p.sin(scale(b, 0.5));
  return [p.sub(p.mul(p.expm1(a), p.cos(b)), scale(p.mul(half, half), 2)), p.mul(p.exp(a), p.sin(b))];
};
/** The square root in the right half-plane. */
const sqrt = (z: Pair): Pair => {
  const [a, b] = z;
  const isOrigin = p.bitAnd(isZero(a), isZero(b));
  const safe = p.select(isOrigin, like(a, 1), a);
  const root = p.sqrt(scale(p.add(absolute([safe, b]), p.abs(safe)), 0.5));
  const rest = p.div(b, scale(root, 2));
  const isRight = p.ge(a, like(a, 0));
  const re = p.select(isRight, root, p.abs(rest));
  const im = p.select(isRight, rest, withSign(root, b));
  return [p.select(isOrigin, like(a, 0), re), p.select(isOrigin, b, im)];
};
const sinh = ([a, b]: Pair): Pair => [p.mul(p.sinh(a), p.cos(b)), p.mul(p.cosh(a), p.sin(b))];
const cosh = ([a, b]: Pair): Pair => [p.mul(p.cosh(a), p.cos(b)), p.mul(p.sinh(a), p.sin(b))];
const tanh = ([a, b]: Pair): Pair => {
  const [u, v] = [p.tanh(a), p.tan(b)];
  const bottom = shift(p.mul(p.mul(u, u), p.mul(v, v)), 1);
  const narrow = p.sub(like(u, 1), p.mul(u, u));
  return [p.div(p.mul(u, shift(p.mul(v, v), 1)), bottom), p.div(p.mul(v, narrow), bottom)];
};
// Kahan, "Branch cuts for complex elementary functions" (1987): right on both sides of the cuts, and near ±1.
const asin = (z: Pair): Pair => {
  const [low, high] = [sqrt(minus(one(z), z)), sqrt(plus(one(z), z))];
  return [p.atan2(z[0], times(low, high)[0]), p.asinh(times(conjugated(low), high)[1])];
};
const acos = (z: Pair): Pair => {
  const [low, high] = [sqrt(minus(one(z), z)), sqrt(plus(one(z), z))];
  return [scale(p.atan2(low[0], high[0]), 2), p.asinh(times(conjugated(high), low)[1])];
};
const acosh = (z: Pair): Pair => {
  const [low, high] = [sqrt(minus(z, one(z))), sqrt(plus(z, one(z)))];
  return [p.asinh(times(conjugated(low), high)[0]), scale(p.atan2(low[1], high[0]), 2)];
};
const atanh = (z: Pair): Pair => {
  const [x, y] = minus(log1p(z), log1p([p.neg(z[0]), p.neg(z[1])]));
  return [scale(x, 0.5), scale(y, 0.5)];
};
const power = (z: Pair, w: Pair): Pair => {
  const isOrigin = p.bitAnd(isZero(z[0]), isZero(z[1]));
  const isFlat = p.bitAnd(isZero(w[0]), isZero(w[1]));
  const [re, im] = exp(times(w, log([p.select(isOrigin, like(z[0], 1), z[0]), z[1]])));
  const zero = like(re, 0);
  return [p.select(isFlat, like(re, 1), p.select(isOrigin, zero, re)), p.select(p.bitOr(isFlat, isOrigin), zero, im)];
};
const sign = (z: Pair): Pair => {
  const size = absolute(z);
  const none = isZero(size);
  const safe = p.select(none, like(size, 1), size);
  return [p.div(z[0], safe), p.div(z[1], safe)];
};

const unary = (primitive: Primitive<[x: Tensor]>, f: (z: Pair) => Pair): void =>
  onPairs(primitive, ([x]) => complex(...f(pairOf(x))));
const binary = (primitive: Primitive<[x: Tensor, y: Tensor]>, f: (z: Pair, w: Pair) => Pair): void =>
  onPairs(primitive, ([x, y]) => complex(...f(pairOf(x), pairOf(y))));
const compared = (primitive: Primitive<[x: Tensor, y: Tensor]>, f: (z: Pair, w: Pair) => Real): void =>
  onPairs(primitive, ([x, y]) => f(pairOf(x), pairOf(y)));

binary(p.add, plus);
binary(p.sub, minus);
binary(p.mul, times);
binary(p.div, over);
binary(p.pow, power);
unary(p.neg, ([a, b]) => [p.neg(a), p.neg(b)]);
unary(p.sign, sign);
unary(p.round, ([a, b]) => [p.round(a), p.round(b)]);
unary(p.stopGradient, ([a, b]) => [p.stopGradient(a), p.stopGradient(b)]);
unary(p.exp, exp);
unary(p.expm1, expm1);
unary(p.log, log);
unary(p.log1p, log1p);
unary(p.logistic, (z) => over(one(z), plus(one(z), exp([p.neg(z[0]), p.neg(z[1])]))));
unary(p.sqrt, sqrt);
unary(p.rsqrt, (z) => over(one(z), sqrt(z)));
unary(p.sinh, sinh);
unary(p.cosh, cosh);
unary(p.tanh, tanh);
unary(p.sin, (z) => turnedBack(sinh(turned(z))));
unary(p.cos, (z) => cosh(turned(z)));
unary(p.tan, (z) => turnedBack(tanh(turned(z))));
unary(p.asin, asin);
unary(p.acos, acos);
unary(p.acosh, acosh);
unary(p.atanh, atanh);
unary(p.asinh, (z) => turnedBack(asin(turned(z))));
unary(p.atan, (z) => turnedBack(atanh(turned(z))));
const chosen = (condition: Real, z: Pair, w: Pair): Pair => [
  p.select(condition, z[0], w[0]),
  p.select(condition, z[1], w[1]),
];
onPairs(p.abs, ([z]) => absolute(z.parts!));

const isEqual = ([a, b]: Pair, [c, d]: Pair): Real => p.bitAnd(p.eq(a, c), p.eq(b, d));
/** By real part, then by imaginary part, as numpy orders them. */
const inOrder =
  (f: (x: Real, y: Real) => Real, strictly: (x: Real, y: Real) => Real) =>
  ([a, b]: Pair, [c, d]: Pair): Real =>
    p.bitOr(strictly(a, c), p.bitAnd(p.eq(a, c), f(b, d)));
compared(p.eq, isEqual);
compared(p.ne, ([a, b], [c, d]) => p.bitOr(p.ne(a, c), p.ne(b, d)));
compared(p.lt, inOrder(p.lt, p.lt));
compared(p.le, inOrder(p.le, p.lt));
compared(p.gt, inOrder(p.gt, p.gt));
compared(p.ge, inOrder(p.ge, p.gt));

// Of two, the later or the earlier in order; if neither, the first.
binary(p.max, (z, w) => chosen(inOrder(p.lt, p.lt)(z, w), w, z));
binary(p.min, (z, w) => chosen(inOrder(p.gt, p.gt)(z, w), w, z));

onPairs(p.select, ([condition, x, y]) => {
  const [z, w] = [pairOf(x), pairOf(y)];
  return complex(...chosen(condition, z, w));
});
onPairs(full, (_, { shape, value }) => {
  const part = (n: number): Real => full({ shape, dtype: 'float32', value: n });
  return complex(part(value), part(0));
});
onPairs(p.convert, ([x], { dtype }) => {
  if (dtype === 'complex64') {
    if (x.parts) return x;
    const re = p.convert(x, { dtype: 'float32' });
    return complex(re, like(re, 0));
  }
  // Real numbers come only from ops that say so: `real`, `abs`, `cast`.
  if (dtype !== 'bool') throw new ComplexRefused('convert');
  const [a, b] = x.parts!;
  return p.bitOr(p.convert(a, { dtype }), p.convert(b, { dtype }));
});
onPairs(concatenate, (inputs, attrs) => {
  const sides = inputs.map(pairOf);
  const side = (k: 0 | 1): Real =>
    concatenate(
      sides.map((s) => s[k]),
      attrs,
    );
  return complex(side(0), side(1));
});
onPairs(dot, ([x, y], { batch, contract }) => {
  const product = (a: Real, b: Real): Real => dot(a, b, { batch, contract });
  const [[a, b], [c, d]] = [pairOf(x), pairOf(y)];
  return complex(p.sub(product(a, c), product(b, d)), p.add(product(a, d), product(b, c)));
});
onPairs(scatter, ([x, updates, ...indices], attrs) => {
  if (attrs.combine !== 'set' && attrs.combine !== 'add') throw new ComplexRefused('scatter');
  const [z, w] = [pairOf(x), pairOf(updates)];
  return complex(scatter(z[0], w[0], indices, attrs), scatter(z[1], w[1], indices, attrs));
});

const linear = <A>(primitive: ((x: Tensor, attrs: A) => Tensor) & { readonly rule: Primitive<[Tensor], A>['rule'] }) =>
  onPairs<A>(primitive, ([x], attrs) => complex(primitive(x.parts![0], attrs), primitive(x.parts![1], attrs)));
linear(reduceSum);
linear(cumSum);

/** The factors in one row, padded with ones, then multiplied in pairs until one is left. */
onPairs(reduceProd, ([x], { axes }) => {
  const kept = range(x.shape.length).filter((d) => !axes.includes(d));
  const shape: Shape = kept.map((d) => x.shape[d]);
  const count = sizeOf(axes.map((d) => x.shape[d]));
  const only = (n: number): number[] => [...shape.map(() => 0), n];
  const row = reshape(transpose(x, { perm: [...kept, ...axes] }), { shape: [...shape, count] });
  const power = 2 ** Math.ceil(Math.log2(Math.max(1, count)));
  let z = pad(row, { low: only(0), high: only(power - count), inner: only(0), value: 1 });
  for (let n = power / 2; n >= 1; n /= 2) {
    const half = (k: number): Tensor =>
      slice(z, { starts: only(k * n), stops: [...shape, (k + 1) * n], strides: z.shape.map(() => 1) });
    z = p.mul(half(0), half(1));
  }
  return reshape(z, { shape });
});
/** Each element times the one before, then the one two before, then four. */
onPairs(cumProd, ([x], { axis, reverse }) => {
  const n = x.shape[axis];
  const only = (k: number): number[] => x.shape.map((_, d) => (d === axis ? k : 0));
  let z = x;
  for (let step = 1; step < n; step *= 2) {
    const [low, high] = reverse ? [-step, step] : [step, -step];
    z = p.mul(z, pad(z, { low: only(low), high: only(high), inner: only(0), value: 1 }));
  }
  return z;
});
