import { apply, type Expr, int, plus, times } from '../ir/expr.ts';
import type { Interning } from './interning.ts';
import type { Ranges } from './ranges.ts';

/** `constant + Σ coefficient · term`; terms are axes' indices and expressions that are not affine. */
export interface Affine {
  readonly constant: number;
  readonly terms: ReadonlyMap<Expr, number>;
}

const none: ReadonlyMap<Expr, number> = new Map();

export function combine(a: Affine, b: Affine, factor: number): Affine {
  const terms = new Map(a.terms);
  for (const [x, c] of b.terms) {
    const sum = (terms.get(x) ?? 0) + c * factor;
    if (sum === 0) terms.delete(x);
    else terms.set(x, sum);
  }
  return { constant: a.constant + b.constant * factor, terms };
}

/** Index arithmetic as affine forms; quotients and remainders are split where the sizes of the axes allow it. */
export class AffineForms {
  private readonly interning: Interning;
  private readonly ranges: Ranges;
  private readonly known = new Map<Expr, Affine>();

  constructor(interning: Interning, ranges: Ranges) {
    this.interning = interning;
    this.ranges = ranges;
  }

  of(e: Expr): Affine {
    let form = this.known.get(e);
    if (!form) this.known.set(e, (form = this.find(e)));
    return form;
  }

  /** Bounds of Σ coefficient · term, without the constant. */
  spread({ terms }: Affine): readonly [low: number, high: number] {
    let [low, high] = [0, 0];
    for (const [x, c] of terms) {
      const [a, b] = this.ranges.of(x);
      low += Math.min(a * c, b * c);
      high += Math.max(a * c, b * c);
    }
    return [low, high];
  }

  private find(e: Expr): Affine {
    if (e.op === 'const') return { constant: e.value, terms: none };
    if (e.op === 'apply' && e.type === 'i32' && e.args.every((x) => x.type === 'i32')) {
      const [a, b] = e.args as [Expr, Expr];
      if (e.f === 'add') return this.rejoin(combine(this.of(a), this.of(b), 1));
      if (e.f === 'sub') return combine(this.of(a), this.of(b), -1);
      if (e.f === 'mul' && b.op === 'const') return combine({ constant: 0, terms: none }, this.of(a), b.value);
      if (e.f === 'mul' && a.op === 'const') return combine({ constant: 0, terms: none }, this.of(b), a.value);
      if ((e.f === 'floorDiv' || e.f === 'floorMod') && b.op === 'const' && b.value > 0)
        return this.divide(e.f, this.of(a), b.value);
    }
    return { constant: 0, terms: new Map([[e, 1]]) };
  }

  /** Puts quotients and remainders of one number back together: c·n·(x / n) + c·(x mod n) = c·x. */
  rejoin(form: Affine): Affine {
    for (const [x, c] of form.terms) {
      if (x.op !== 'apply' || x.f !== 'floorMod' || x.args[1]!.op !== 'const') continue;
      const [of, by] = x.args as [Expr, Expr & { op: 'const' }];
      for (const [y, d] of form.terms) {
        if (y.op !== 'apply' || y.f !== 'floorDiv' || y.args[0] !== of || y.args[1] !== by || d !== c * by.value)
          continue;
        const terms = new Map(form.terms);
        terms.delete(x);
        terms.delete(y);
        return this.rejoin(combine({ constant: form.constant, terms }, this.of(of), c));
      }
    }
    return form;
  }

  /** Splits a = n·whole + rest; a rest that stays within one multiple of n needs no division. */
  private divide(f: 'floorDiv' | 'floorMod', a: Affine, n: number): Affine {
    const whole = new Map<Expr, number>();
    const rest = new Map<Expr, number>();
    for (const [x, c] of a.terms) {
      if (c % n === 0) whole.set(x, c / n);
      else rest.set(x, c);
    }
    const multiples = Math.floor(a.constant / n);
    const remainder: Affine = { constant: a.constant - multiples * n, terms: rest };
    const quotient: Affine = { constant: multiples, terms: whole };
    const [low, high] = this.spread(remainder).map((x) => x + remainder.constant) as [number, number];
    const block = Math.floor(low / n);
    if (block === Math.floor(high / n))
      return f === 'floorDiv'
        ? { ...quotient, constant: multiples + block }
        : { ...remainder, constant: remainder.constant - block * n };
    const split = this.interning.node(apply(f, this.expression(remainder), this.interning.node(int(n))));
    const term: Affine = { constant: 0, terms: new Map([[split, 1]]) };
    return f === 'floorMod' ? term : combine(quotient, term, 1);
  }

  /** The form as an interned expression. */
  expression({ constant, terms }: Affine): Expr {
    const { interning } = this;
    const sorted = [...terms].sort(([x], [y]) => interning.id(x) - interning.id(y));
    const parts = sorted.map(([x, c]) => interning.node(times(x, interning.node(int(c)))));
    const sum = parts.reduce<Expr | undefined>((a, b) => (a ? interning.node(plus(a, b)) : b), undefined);
    if (!sum) return interning.node(int(constant));
    return constant === 0 ? sum : interning.node(plus(sum, interning.node(int(constant))));
  }
}
