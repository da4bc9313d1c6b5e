import type { Algebra } from '../../algebra/algebra.ts';
import type { Linear } from '../../algebra/linear.ts';
import { anyInt, type Range } from '../../algebra/ranges.ts';
import type { Expr } from '../../ir/expr.ts';

/** A term in the difference of two positions: its coefficient, its bounds, and the side it belongs to (0: both alike). */
interface Term {
  readonly by: number;
  readonly low: number;
  readonly high: number;
  readonly value: Expr;
  readonly side: 0 | 1 | 2;
}

/** Bounds of terms that are known from elsewhere than the terms themselves. */
export type Bounds = ReadonlyMap<Expr, Range>;
const none: Bounds = new Map();

/**
 * What must be equal in two turns of a loop for position p in one and q in the other to coincide; 'never' if they
 * cannot. `isShared` identifies terms with the same value in both turns. Positions are decomposed like numbers into
 * digits: two values of `100 i + 10 j + k`, with j and k below 10, are equal only if i, j and k are.
 */
export function equalWhere(
  p: Linear,
  q: Linear,
  isShared: (x: Expr) => boolean,
  algebra: Algebra,
  bounds: readonly [Bounds, Bounds] = [none, none],
): ReadonlySet<Expr> | 'never' {
  const equal = new Set<Expr>();
  const differ = (a: Linear, b: Linear): boolean =>
    solve(a.constant - b.constant, termsOf(a, b, isShared, algebra, bounds), equal);
  if (differ(p, q)) return 'never';
  // Equal quotients and remainders make the number itself equal, and then its parts.
  for (let before = -1; before < equal.size; ) {
    before = equal.size;
    for (const x of equal) {
      if (x.op !== 'apply' || x.f !== 'floorMod') continue;
      const [whole, divisor] = x.args as [Expr, Expr];
      if (equal.has(whole)) continue;
      const quotient = algebra.apply('floorDiv', 'i32', [whole, divisor]);
      if (quotient.op !== 'const' && !equal.has(quotient)) continue;
      equal.add(whole);
      const form = algebra.form(whole);
      if (differ(form, form)) return 'never';
    }
  }
  return equal;
}

function termsOf(
  p: Linear,
  q: Linear,
  isShared: (x: Expr) => boolean,
  algebra: Algebra,
  [ofP, ofQ]: readonly [Bounds, Bounds],
): Term[] {
  const terms: Term[] = [];
  const both = new Map<Expr, number>();
  const add = (value: Expr, by: number, side: 0 | 1 | 2): void => {
    const [low, high] = (side === 2 ? ofQ : ofP).get(value) ?? algebra.ranges.of(value);
    // Places along an axis of one element say nothing about where one is.
    if (low === 0 && high === 0) return;
    const isKnown = low !== anyInt[0] && high !== anyInt[1];
    const bounds = (isKnown ? [low, high] : [-Infinity, Infinity]) as [number, number];
    if (by !== 0) terms.push({ by, low: bounds[0], high: bounds[1], value, side });
  };
  for (const [{ terms: list }, factor, side] of [
    [p, 1, 1],
    [q, -1, 2],
  ] as const)
    for (const [x, c] of list)
      if (isShared(x)) both.set(x, (both.get(x) ?? 0) + factor * c);
      else add(x, factor * c, side);
  for (const [x, c] of both) add(x, c, 0);
  return terms.sort((a, b) => Math.abs(b.by) - Math.abs(a.by));
}

/**
 * Whether `constant + Σ terms` is never 0; otherwise adds to `equal` what a zero requires to be equal on both sides.
 */
function solve(constant: number, terms: readonly Term[], equal: Set<Expr>): boolean {
  if (terms.length === 0) return constant !== 0;
  const [low, high] = boundsOf(terms);
  if (constant + low > 0 || constant + high < 0) return true;
  const step = terms.reduce((g, { by }) => divisor(g, Math.abs(by)), 0);
  if (constant % step !== 0) return true;
  for (let k = 1; k < terms.length; k++) {
    if (Math.abs(terms[k - 1].by) === Math.abs(terms[k].by)) continue;
    // The large terms together are a multiple of `unit`; the small ones must then be one too.
    const [large, small] = [terms.slice(0, k), terms.slice(k)];
    const unit = large.reduce((g, { by }) => divisor(g, Math.abs(by)), 0);
    const rest = ((constant % unit) + unit) % unit;
    const [least, most] = boundsOf(small);
    const [first, last] = [Math.ceil((rest + least) / unit), Math.floor((rest + most) / unit)];
    if (first > last) return true;
    if (first !== last) continue;
    const isApart = solve(constant - rest + first * unit, large, equal);
    return solve(rest - first * unit, small, equal) || isApart;
  }
  const [a, b, ...others] = terms;
  if (others.length === 0 && b && a.value === b.value && a.by === -b.by && constant === 0) equal.add(a.value);
  return false;
}

function boundsOf(terms: readonly Term[]): readonly [number, number] {
  let [low, high] = [0, 0];
  for (const t of terms) {
    low += t.by > 0 ? t.by * t.low : t.by * t.high;
    high += t.by > 0 ? t.by * t.high : t.by * t.low;
  }
  return [low, high];
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
