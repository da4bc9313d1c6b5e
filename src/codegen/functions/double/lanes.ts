/**
 * Arithmetic on a vector of f32, or on one of f64 that has half as many lanes, as devices write it. V is what a device calls a
 * value; a bare number stands in every lane. A value that is used twice is computed twice, unless it is kept.
 */
export interface Lanes<V> {
  /** The same arithmetic on f64. */
  readonly double: Lanes<V>;
  keep(value: V | number): V;
  /** Gives a kept value another content. */
  update(kept: V, value: V): void;
  /** The same pattern of 32 bits (of f64: 64, as a bigint) in each lane. */
  bits(pattern: number | bigint): V;

  add(a: V | number, b: V | number): V;
  sub(a: V | number, b: V | number): V;
  mul(a: V | number, b: V | number): V;
  div(a: V | number, b: V | number): V;
  abs(a: V): V;
  floor(a: V): V;
  nearest(a: V): V;
  /** The smaller of a and the bound; NaN where a is. */
  atMost(a: V, bound: V | number): V;
  /** The larger of a and the bound; NaN where a is. */
  atLeast(a: V, bound: V | number): V;
  less(a: V | number, b: V | number): V;
  lessEqual(a: V | number, b: V | number): V;
  equal(a: V | number, b: V | number): V;
  isNaN(a: V): V;
  select(mask: V, a: V | number, b: V | number): V;
  and(a: V, b: V): V;
  or(a: V, b: V): V;
  xor(a: V, b: V): V;
  /** a and not b. */
  without(a: V, b: V): V;
  /** The sign bit of each lane. */
  sign(a: V): V;
  readonly signBit: V;

  // Integers as wide as the lanes.
  addInt(a: V, b: V): V;
  subInt(a: V, b: V): V;
  equalInt(a: V, b: V): V;
  shiftLeft(a: V, by: number): V;
  /** With the sign, of what has 12 bits left. */
  shiftRight52(a: V): V;

  /** a · b + c. */
  fma(a: V | number, b: V | number, c: V | number): V;
  /** The polynomial with these coefficients, highest power first, by Horner's rule. */
  polynomial(x: V, coefficients: readonly number[]): V;

  // Between the two kinds.
  /** The lower or the upper half of the lanes in f64. */
  widened(x: V, half: 'low' | 'high'): V;
  /** A half in f32 again, kept. */
  narrowed(x: V): V;
  /** Both halves. */
  joined(low: V, high: V): V;
  /** The lower words of the f64 of both halves. */
  joinedWords(low: V, high: V): V;
}

/** A function of vectors of f32 that takes f64 on the way, as code: given the arguments it returns the result. */
export interface DoubleFunction {
  readonly name: string;
  readonly arity: number;
  emit<V>(v: Lanes<V>, ...args: V[]): V;
}

export function doubleFunction(
  name: string,
  arity: number,
  emit: <V>(v: Lanes<V>, ...args: [V, V, V]) => V,
): DoubleFunction {
  return { name, arity, emit: emit as DoubleFunction['emit'] };
}

/** Computes a function of f32 in f64: applies `body` to both halves of the vectors. */
export function inDouble<V>(v: Lanes<V>, values: readonly V[], body: (d: Lanes<V>, halves: V[]) => V): V {
  const d = v.double;
  const half = (which: 'low' | 'high'): V =>
    v.narrowed(
      body(
        d,
        values.map((x) => d.keep(v.widened(x, which))),
      ),
    );
  const low = half('low');
  return v.joined(low, half('high'));
}
