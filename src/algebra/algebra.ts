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
  private readonly constants = new Map<ScalarType, Map<number | '-0', Expr>>();
  /** Indices of axes and reads of locals. */
  private readonly leaves = new Map<Axis | Local, Expr>();
  /** All others, by a hash of what they are made of; of two with one hash, the second stands at the next free number. */
  private readonly known = new Map<number, Expr>();
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
        return e.axis.size === 1 ? this.constant(0, 'i32') : this.leaf(e.axis, e);
      case 'local':
        return this.leaf(e.local, e);
      case 'load': {
        const index = parts(e.index, part);
        if (index === e.index && this.isOwn(e)) return e;
        return this.node(this.hashed(index, this.id(e.from)), { op: 'load', type: e.type, from: e.from, index });
      }
      case 'reduce': {
        const body = part(e.body);
        if (body === e.body && this.isOwn(e)) return e;
        const axes = e.axes.filter(({ size }) => size !== 1);
        if (axes.length === 0) return body;
        let hash = 1;
        for (const a of axes) hash = mixed(hash, this.id(a));
        return this.node(mixed(hash, this.id(body)), { op: 'reduce', type: e.type, combine: e.combine, axes, body });
      }
      case 'apply': {
        const args = parts(e.args, part);
        return args === e.args && this.isOwn(e) ? e : this.apply(e.f, e.type, args);
      }
    }
  }

  private hashed(list: readonly Expr[], start: number): number {
    let hash = start;
    for (const x of list) hash = mixed(hash, this.id(x));
    return hash;
  }

  constant(value: number, type: ScalarType): Expr {
    const x = rounded(value, type);
    let constants = this.constants.get(type);
    if (!constants) this.constants.set(type, (constants = new Map()));
    const key = Object.is(x, -0) ? '-0' : x;
    const found = constants.get(key);
    if (found) return found;
    const made: Expr = { op: 'const', type, value: x };
    constants.set(key, made);
    return this.own(made);
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
    return this.node(this.hashed(args, operations.get(f)!), { op: 'apply', type, f, args });
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

  private leaf(of: Axis | Local, e: Expr): Expr {
    const found = this.leaves.get(of);
    if (found) return found;
    this.id(of);
    this.leaves.set(of, e);
    return this.own(e);
  }

  private node(hash: number, e: Expr): Expr {
    for (let place = hash; ; place = (place + 1) | 0) {
      const found = this.known.get(place);
      if (found === undefined) {
        this.known.set(place, e);
        return this.own(e);
      }
      if (isSame(found, e)) return found;
    }
  }

  private own(e: Expr): Expr {
    this.done.set(e, e);
    return e;
  }
}

const operations: ReadonlyMap<string, number> = new Map(Object.keys(scalarOps).map((f, k) => [f, -2 - k]));

const mixed = (hash: number, id: number): number => {
  const x = Math.imul(hash ^ id, 0x9e3779b1);
  return x ^ (x >>> 15);
};

const isSameList = (a: readonly unknown[], b: readonly unknown[]): boolean => {
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
};

/** Whether two expressions are made of the same parts. */
function isSame(a: Expr, b: Expr): boolean {
  if (a.op !== b.op) return false;
  if (a.op === 'apply') {
    const { f, type, args } = b as typeof a;
    return a.f === f && a.type === type && isSameList(a.args, args);
  }
  if (a.op === 'load') {
    const { from, index } = b as typeof a;
    return a.from === from && isSameList(a.index, index);
  }
  const { combine, axes, body } = b as Expr & { op: 'reduce' };
  return a.op === 'reduce' && a.combine === combine && a.body === body && isSameList(a.axes, axes);
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
