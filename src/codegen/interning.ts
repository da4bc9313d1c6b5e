import type { Axis, Expr, Local, Region } from '../ir/expr.ts';

/** What an expression's value hangs on besides constants: axes, mutable locals, and regions that it loads from. */
export type Dependency = Axis | Local | Region;

/**
 * Expressions of one kernel with equal ones made identical, so that a `Map` finds common subexpressions. Every expression
 * that the emitter sees has gone through `node`.
 */
export class Interning {
  private readonly known = new Map<string, Expr>();
  private readonly numbers = new Map<object, number>();
  private readonly dependencies = new Map<Expr, ReadonlySet<Dependency>>();

  /** A number that stands for an object in keys. */
  id(object: object): number {
    let id = this.numbers.get(object);
    if (id === undefined) this.numbers.set(object, (id = this.numbers.size));
    return id;
  }

  /** The one expression equal to `e`, whose operands are interned already. */
  node<E extends Expr>(e: E): E {
    const key = this.key(e);
    const found = this.known.get(key);
    if (found) return found as E;
    this.known.set(key, e);
    return e;
  }

  private key(e: Expr): string {
    switch (e.op) {
      case 'const':
        return `= ${e.type} ${Object.is(e.value, -0) ? '-0' : e.value}`;
      case 'index':
        return `index ${this.id(e.axis)}`;
      case 'local':
        return `local ${this.id(e.local)}`;
      case 'load':
        return `load ${this.id(e.from)}[${e.index.map((x) => this.id(x)).join()}]`;
      case 'apply':
        return `${e.f}:${e.type}(${e.args.map((x) => this.id(x)).join()})`;
      case 'reduce':
        return `reduce ${this.id(e)}`;
    }
  }

  dependsOn(e: Expr): ReadonlySet<Dependency> {
    const known = this.dependencies.get(e);
    if (known) return known;
    const set = new Set<Dependency>();
    if (e.op === 'index') set.add(e.axis);
    else if (e.op === 'local') set.add(e.local);
    else if (e.op !== 'const') {
      if (e.op === 'load') set.add(e.from);
      for (const x of e.op === 'load' ? e.index : e.op === 'apply' ? e.args : [e.body])
        for (const d of this.dependsOn(x)) set.add(d);
    }
    this.dependencies.set(e, set);
    return set;
  }
}
