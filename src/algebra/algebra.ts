import type { Axis, Expr, Local, Region, ScalarType } from '../ir/expr.ts';
import { type ScalarOp, type ScalarRule, scalarOps } from '../ir/scalar.ts';
import { fold, rounded } from './fold.ts';
import { identities } from './identities.ts';
import { addForms, constantForm, type Linear, onlyTerm, termForm } from './linear.ts';
import { anyInt, Ranges } from './ranges.ts';

const comparisons: Partial<Record<ScalarOp, (a: readonly number[], b: readonly number[]) => boolean | undefined>> = {
  lt: ([al, ah], [bl, bh]) => (ah < bl ? true : al >= bh ? false : undefined),
  le: ([al, ah], [bl, bh]) => (ah <= bl ? true : al > bh ? false : undefined),
  gt: ([al, ah], [bl, bh]) => (al > bh ? true : ah <= bl ? false : undefined),
  ge: ([al, ah], [bl, bh]) => (al >= bh ? true : ah < bl ? false : undefined),
  eq: ([al, ah], [bl, bh]) => (ah < bl || bh < al ? false : al === ah && bl === bh && al === bl ? true : undefined),
  ne: ([al, ah], [bl, bh]) => (ah < bl || bh < al ? true : al === ah && bl === bh && al === bl ? false : undefined),
};

/** Operations whose constant operand goes last. */
const commutative: ReadonlySet<string> = new Set(
  Object.entries<ScalarRule>(scalarOps).flatMap(([f, { commutes }]) => (commutes ? [f] : [])),
);

/** What the value of an expression depends on: axes, mutable locals, and the regions it loads from. */
export type Dependency = Axis | Local | Region;

/**
 * Expressions in canonical form: equal ones are the same object, constants are folded, and index arithmetic is a sum of
 * terms without quotients and remainders wherever the sizes of the axes allow it.
 */
export class Algebra {
  readonly ranges = new Ranges();
  /** By a text that tells them apart or, the many loads and operations, by a hash or the next number that is free. */
  private readonly known = new Map<string | number, Expr>();
  private readonly numbers = new Map<object, number>();
  private readonly done = new Map<Expr, Expr>();
  private readonly forms = new Map<Expr, Linear>();
  private readonly dependencies = new Map<Expr, ReadonlySet<Dependency>>();

  /** A number that identifies an object in keys. */
  id(object: object): number {
    let id = this.numbers.get(object);
    if (id === undefined) {
      id = this.numbers.size;
      this.numbers.set(object, id);
    }
    return id;
  }

  simplify(e: Expr): Expr {
    let result = this.done.get(e);
    if (result) return result;
    result = this.rewrite(e, (x) => this.simplify(x));
    this.done.set(e, result);
    this.done.set(result, result);
    return result;
  }

  /** The expression with axes, locals or whole nodes (of this algebra) replaced. */
  substitute(e: Expr, replaced: ReadonlyMap<Axis | Local | Expr, Expr>): Expr {
    const memo = new Map<Expr, Expr>();
    const walk = (x: Expr): Expr => {
      let result = memo.get(x);
      if (result) return result;
      const key = x.op === 'index' ? x.axis : x.op === 'local' ? x.local : x;
      result = replaced.get(x) ?? replaced.get(key) ?? this.rewrite(x, walk);
      memo.set(x, result);
      return result;
    };
    return walk(this.simplify(e));
  }

  private rewrite(e: Expr, part: (x: Expr) => Expr): Expr {
    switch (e.op) {
      case 'const':
        return this.constant(e.value, e.type);
      case 'index':
        return e.axis.size === 1 ? this.constant(0, 'i32') : this.node(`axis ${this.id(e.axis)}`, e);
      case 'local':
        return this.node(`local ${this.id(e.local)}`, e);
      case 'load': {
        const index = parts(e.index, part);
        if (index === e.index && this.isOwn(e)) return e;
        return this.node(this.hashed(this.id(e.from), index), { ...e, index });
      }
      case 'reduce': {
        const body = part(e.body);
        if (body === e.body && this.isOwn(e)) return e;
        const axes = e.axes.filter(({ size }) => size !== 1);
        if (axes.length === 0) return body;
        const key = `r${e.combine}:${axes.map((a) => this.id(a)).join()}:${this.id(body)}`;
        return this.node(key, { ...e, axes, body });
      }
      case 'apply': {
        const args = parts(e.args, part);
        return args === e.args && this.isOwn(e) ? e : this.apply(e.f, e.type, args);
      }
    }
  }

  private hashed(start: number, list: readonly Expr[]): number {
    let hash = start;
    for (const x of list) hash = Math.imul(hash ^ this.id(x), 0x9e3779b1);
    return hash;
  }

  constant(value: number, type: ScalarType): Expr {
    const x = rounded(value, type);
    return this.node(`${type} ${Object.is(x, -0) ? '-0' : x}`, { op: 'const', type, value: x });
  }

  /** The operation on expressions that are already in this form. */
  apply(f: ScalarOp, type: ScalarType, operands: readonly Expr[]): Expr {
    const args = operands[0].op === 'const' && commutative.has(f) ? [...operands].reverse() : operands;
    const from = args[0].type;
    if (args.every((x) => x.op === 'const')) {
      const value = fold(
        f,
        from,
        type,
        args.map((x) => (x as Expr & { op: 'const' }).value),
      );
      if (value !== undefined) return this.constant(value, type);
    }
    if (from === 'i32' && args.length <= 2) {
      const arithmetic = type === 'i32' ? this.arithmetic(f, args) : undefined;
      if (arithmetic) return arithmetic;
      const compare = comparisons[f];
      if (compare) {
        const [a, b] = args as [Expr, Expr];
        const sure = a === b ? compare([0, 0], [0, 0]) : compare(this.ranges.of(a), this.ranges.of(b));
        if (sure !== undefined) return this.constant(+sure, 'bool');
      }
    }
    return identities(this, f, type, args) ?? this.raw(f, type, args);
  }

  /** The operation exactly as written, without simplification. */
  raw(f: ScalarOp, type: ScalarType, args: readonly Expr[]): Expr {
    return this.node(this.hashed(f.charCodeAt(0) + f.charCodeAt(1) * 128, args), { op: 'apply', type, f, args });
  }

  private arithmetic(f: ScalarOp, [a, b]: readonly Expr[]): Expr | undefined {
    switch (f) {
      case 'add':
        return this.expression(addForms(this.form(a), this.form(b)));
      case 'sub':
        return this.expression(addForms(this.form(a), this.form(b), -1));
      case 'neg':
        return this.expression(addForms(constantForm(0), this.form(a), -1));
      case 'mul': {
        const [x, c] = b.op === 'const' ? [a, b] : a.op === 'const' ? [b, a] : [];
        return x && this.expression(addForms(constantForm(0), this.form(x), c!.value));
      }
      case 'floorDiv':
      case 'floorMod':
        return b.op === 'const' && b.value > 0 ? this.divide(f, a, b.value) : undefined;
      case 'max':
      case 'min': {
        const [p, q] = [this.ranges.of(a), this.ranges.of(b)];
        if (p[0] >= q[1]) return f === 'max' ? a : b;
        return q[0] >= p[1] ? (f === 'max' ? b : a) : undefined;
      }
      default:
        return undefined;
    }
  }

  /** An i32 expression as a sum. */
  form(e: Expr): Linear {
    let form = this.forms.get(e);
    if (!form) {
      form = e.op === 'const' ? constantForm(e.value) : termForm(e);
      this.forms.set(e, form);
    }
    return form;
  }

  /** The sum as an expression. */
  expression(sum: Linear): Expr {
    const form = this.recombined(sum);
    const single = onlyTerm(form);
    if (single) return single;
    // In an order that is the same for all kernels of a shape, whatever their axes.
    const terms = [...form.terms].sort(([x, c], [y, d]) => Math.abs(d) - Math.abs(c) || this.id(x) - this.id(y));
    let e: Expr | undefined;
    // Each partial sum is an expression too; its form must be known in case it is met on its own.
    const sofar = new Map<Expr, number>();
    for (const [x, c] of terms) {
      const term = c === 1 ? x : this.raw('mul', 'i32', [x, this.constant(c, 'i32')]);
      if (c !== 1) this.forms.set(term, { constant: 0, terms: new Map([[x, c]]) });
      sofar.set(x, c);
      e = e ? this.raw('add', 'i32', [e, term]) : term;
      if (e !== term) this.forms.set(e, { constant: 0, terms: new Map(sofar) });
    }
    if (!e) return this.constant(form.constant, 'i32');
    if (form.constant !== 0) e = this.raw('add', 'i32', [e, this.constant(form.constant, 'i32')]);
    this.forms.set(e, form);
    return e;
  }

  /** n · ⌊x / n⌋ + x mod n is x again, as in a view of a view. */
  private recombined(sum: Linear): Linear {
    for (const [x, c] of sum.terms) {
      if (x.op !== 'apply' || x.f !== 'floorMod' || x.args[1].op !== 'const') continue;
      const n = x.args[1].value;
      const quotient = this.form(this.divide('floorDiv', x.args[0], n));
      const whole = quotient.terms.size === 0 ? undefined : [...quotient.terms];
      // The quotient is itself a sum: each of its terms must occur, multiplied by n.
      if (!whole?.every(([y, d]) => sum.terms.get(y) === Math.imul(Math.imul(c, n), d))) continue;
      const rest = addForms(sum, quotient, -Math.imul(c, n));
      return this.recombined(addForms(addForms(rest, termForm(x), -c), this.form(x.args[0]), c));
    }
    return sum;
  }

  /** Splits a into n · whole + rest; a rest within one multiple of n needs no division. */
  private divide(f: 'floorDiv' | 'floorMod', a: Expr, n: number): Expr {
    if (n === 1) return f === 'floorDiv' ? a : this.constant(0, 'i32');
    const form = this.form(a);
    if (this.ranges.of(a) === anyInt) return this.raw(f, 'i32', [a, this.constant(n, 'i32')]);
    const whole = new Map<Expr, number>();
    const rest = new Map<Expr, number>();
    for (const [x, c] of form.terms) {
      if (c % n === 0) whole.set(x, c / n);
      else rest.set(x, c);
    }
    const multiples = Math.floor(form.constant / n);
    const quotient: Linear = { constant: multiples, terms: whole };
    const remainder: Linear = { constant: form.constant - multiples * n, terms: rest };
    const inner = this.expression(remainder);
    const [low, high] = this.ranges.of(inner);
    const block = Math.floor(low / n);
    if (block === Math.floor(high / n))
      return f === 'floorDiv'
        ? this.expression({ ...quotient, constant: multiples + block })
        : this.expression({ ...remainder, constant: remainder.constant - block * n });
    const split = this.nested(f, inner, n) ?? this.raw(f, 'i32', [inner, this.constant(n, 'i32')]);
    return f === 'floorMod' ? split : this.expression(addForms(quotient, this.form(split)));
  }

  /** Quotients of quotients and of remainders. */
  private nested(f: 'floorDiv' | 'floorMod', x: Expr, n: number): Expr | undefined {
    if (x.op !== 'apply' || x.args[1]?.op !== 'const' || x.args[1].value <= 0) return undefined;
    const [inner, m] = [x.args[0], x.args[1].value];
    if (x.f === 'floorDiv' && f === 'floorDiv' && m * n < 2 ** 31) return this.divide('floorDiv', inner, m * n);
    if (x.f !== 'floorMod' || m % n !== 0) return undefined;
    return f === 'floorMod'
      ? this.divide('floorMod', inner, n)
      : this.divide('floorMod', this.divide('floorDiv', inner, n), m / n);
  }

  /** The axes of a reduction are its own. */
  dependsOn(e: Expr): ReadonlySet<Dependency> {
    const known = this.dependencies.get(e);
    if (known) return known;
    const found = new Set<Dependency>();
    if (e.op === 'index') found.add(e.axis);
    else if (e.op === 'local') found.add(e.local);
    else if (e.op === 'load') found.add(e.from);
    for (const x of partsOf(e)) for (const d of this.dependsOn(x)) found.add(d);
    if (e.op === 'reduce') for (const axis of e.axes) found.delete(axis);
    this.dependencies.set(e, found);
    return found;
  }

  /** Whether the expression belongs to this algebra; a copy of one that does, does not. */
  private isOwn(e: Expr): boolean {
    return this.done.get(e) === e;
  }

  private node(key: string | number, e: Expr): Expr {
    let found = this.known.get(key);
    while (found && typeof key === 'number' && !isSame(found, e)) found = this.known.get(++key);
    if (found) return found;
    this.known.set(key, e);
    this.done.set(e, e);
    return e;
  }
}

type Hashed = Partial<Expr & { op: 'load' }> & Partial<Expr & { op: 'apply' }>;
/** Whether two loads or operations are the same. */
function isSame(a: Expr, b: Expr): boolean {
  const x = a as Hashed;
  const y = b as Hashed;
  const parts = partsOf(b);
  return x.f === y.f && x.type === y.type && x.from === y.from && partsOf(a).every((part, k) => part === parts[k]);
}

/** The list with `part` applied to each; the same list if nothing changes. */
function parts(list: readonly Expr[], part: (x: Expr) => Expr): readonly Expr[] {
  let changed: Expr[] | undefined;
  for (let k = 0; k < list.length; k++) {
    const x = part(list[k]);
    if (x !== list[k] && !changed) changed = list.slice(0, k);
    changed?.push(x);
  }
  return changed ?? list;
}

const nothing: readonly Expr[] = [];
/** The operands of an expression. */
export const partsOf = (e: Expr): readonly Expr[] =>
  e.op === 'apply' ? e.args : e.op === 'load' ? e.index : e.op === 'reduce' ? [e.body] : nothing;
