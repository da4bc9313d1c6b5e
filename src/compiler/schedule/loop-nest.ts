import { partsOf } from '../../algebra/algebra.ts';
import { costOf, reductionsOf } from '../../algebra/cost.ts';
import { identityOf } from '../../algebra/fold.ts';
import {
  type Axis,
  constant,
  type Expr,
  indexOf,
  type Local,
  load,
  type Region,
  readLocal,
  type ScalarType,
  scalarType,
} from '../../ir/expr.ts';
import { accumulate, loops, type Stmt, set, store } from '../../ir/loops.ts';
import type { Tensor } from '../../ir/tensor.ts';
import type { Kernel, Member } from '../group/kernel.ts';
import type { Places } from './places.ts';

/** Accumulators filled by the same loops, and stores done along the way. */
interface Pass {
  readonly axes: readonly Axis[];
  readonly reductions: {
    readonly local: Local;
    readonly combine: 'add' | 'mul' | 'max' | 'min' | 'and' | 'or';
    readonly body: Expr;
  }[];
  readonly stores: FullStore[];
}
interface FullStore {
  readonly to: Region;
  readonly position: Expr;
  readonly value: Expr;
}
/** Arithmetic from this cost on is kept in memory between passes rather than repeated. */
const worthKeeping = 8;

type Row = { readonly set: Local; readonly value: Expr } | (FullStore & { readonly set?: undefined });

/**
 * The statements of a `loops` kernel: for each row, passes over the columns. A pass fills the accumulators whose terms
 * need only the results of earlier passes; each column value is stored in the first pass in which it is known.
 */
export function loopNest(kernel: Kernel, stored: (t: Tensor) => boolean, places: Places): readonly Stmt[] {
  return new Nest(kernel, stored, places).statements();
}

class Nest {
  declare private readonly kernel: Kernel;
  declare private readonly places: Places;
  declare private readonly stored: (t: Tensor) => boolean;
  /** The pass in which a local gets its value; it is known from the next one on. */
  private readonly knownFrom = new Map<Local, number>();
  private readonly ready = new Map<Expr, number>();
  private readonly replaced = new Map<Expr, Expr>();
  private readonly passes: Map<string, Pass>[] = [];
  private readonly rows: Row[][] = [];

  constructor(kernel: Kernel, stored: (t: Tensor) => boolean, places: Places) {
    this.kernel = kernel;
    this.stored = stored;
    this.places = places;
    for (const member of kernel.members) this.enter(member);
  }

  private get algebra() {
    return this.places.formulas.algebra;
  }

  private enter(member: Member): void {
    const { tensor, index, combine } = member;
    const place = this.algebra.simplify(load(this.places.formulas.regionOf(tensor), index));
    let value = this.algebra.substitute(member.value, this.replaced);
    const isFull = !combine && this.kernel.columns.some((a) => index.some((i) => i.op === 'index' && i.axis === a));
    if (combine) value = this.reduction(combine, this.kernel.columns, value);
    else if (!isFull) value = this.withoutReductions(value);
    if (!isFull && this.kernel.columns.length > 0 && value.op === 'apply') {
      const local: Local = { name: 'row', type: value.type };
      const when = this.readyIn(value);
      this.row(when).push({ set: local, value });
      this.knownFrom.set(local, when);
      value = this.algebra.simplify(readLocal(local));
    }
    if (this.stored(tensor)) {
      const to = this.places.regionOf(tensor);
      const item: FullStore = { to, position: this.places.positionIn(tensor, index), value };
      if (isFull) this.pass(this.readyIn(value), this.kernel.columns).stores.push(item);
      else this.row(this.readyIn(value)).push(item);
      value = this.places.asStored(value, tensor);
    }
    this.replaced.set(place, value);
  }

  private withoutReductions(e: Expr): Expr {
    const found = reductionsOf(e);
    if (found.length === 0) return e;
    const locals = new Map<Expr, Expr>();
    for (const x of found) locals.set(x, this.reduction(x.combine, x.axes, x.body));
    return this.algebra.substitute(e, locals);
  }

  private reduction(combine: 'add' | 'mul' | 'max' | 'min' | 'and' | 'or', axes: readonly Axis[], body: Expr): Expr {
    const pass = this.pass(this.readyIn(body), axes);
    const moved = new Map(axes.map((a, d) => [a, this.algebra.simplify(indexOf(pass.axes[d]))]));
    const summand = pass.axes === axes ? body : this.algebra.substitute(body, moved);
    const same = pass.reductions.find((r) => r.combine === combine && r.body === summand);
    const local: Local = same?.local ?? { name: combine, type: body.type };
    if (!same) {
      pass.reductions.push({ local, combine, body: summand });
      this.knownFrom.set(local, this.readyIn(body) + 1);
    }
    return this.algebra.simplify(readLocal(local));
  }

  /** The first pass in which a value can be computed. */
  private readyIn(e: Expr): number {
    const known = this.ready.get(e);
    if (known !== undefined) return known;
    let when = e.op === 'local' ? this.knownFrom.get(e.local)! : 0;
    for (const x of partsOf(e)) when = Math.max(when, this.readyIn(x));
    this.ready.set(e, when);
    return when;
  }

  private pass(n: number, axes: readonly Axis[]): Pass {
    while (this.passes.length <= n) this.passes.push(new Map());
    const key = axes.map(({ size }) => size).join();
    const at = this.passes[n];
    let pass = at.get(key);
    if (!pass) {
      // The columns' own axes serve when a reduction of the same sizes came first.
      pass = {
        axes: key === this.kernel.columns.map(({ size }) => size).join() ? this.kernel.columns : axes,
        reductions: [],
        stores: [],
      };
      at.set(key, pass);
    }
    return pass;
  }

  /** All values are computed before the first store, which may overwrite an operand of another value. */
  private allStores(stores: readonly FullStore[], reductions: Pass['reductions'], final: (e: Expr) => Expr): Stmt[] {
    const values: Stmt[] = [];
    const named = new Map<Expr, Expr>();
    const short = (e: Expr): Expr => (named.size > 0 ? this.algebra.substitute(e, named) : e);
    const last = stores.length + reductions.length === 1;
    const results = stores.map(({ to, position, value }) => {
      const result = short(final(value));
      if (last || result.op === 'const' || result.op === 'local') return store(to, [final(position)], result);
      const local: Local = { name: 'value', type: result.type };
      values.push(set(local, result));
      const read = this.algebra.simplify(readLocal(local));
      named.set(final(value), read);
      return store(to, [final(position)], read);
    });
    const sums = reductions.map((r) => accumulate(r.local, r.combine, short(final(r.body))));
    return [...values, ...sums, ...results];
  }

  private row(n: number): Row[] {
    while (this.rows.length <= n) this.rows.push([]);
    return this.rows[n];
  }

  /**
   * An expensive subexpression of a value stored in a later pass is kept where that value will go: the exponentials of
   * a softmax are computed once, summed, and scaled in place.
   */
  private keepUntilStored(): { readonly value: Expr; readonly until: number }[] {
    const kept: { value: Expr; until: number }[] = [];
    const { columns } = this.kernel;
    for (let until = 1; until < this.passes.length; until++)
      for (const pass of this.passes[until].values()) {
        if (pass.axes !== columns) continue;
        for (const { to, position, value } of pass.stores) {
          const found = this.dearest(value, until, scalarType(to.dtype));
          if (!found || to.dtype.endsWith('16') || kept.some((k) => k.value === found.value)) continue;
          const earlier = [...this.passes[found.pass].values()].find((p) => p.axes === columns)!;
          if (earlier.stores.some((x) => x.value === found.value)) continue;
          earlier.stores.push({ to, position, value: found.value });
          kept.push({ value: found.value, until });
        }
      }
    return kept;
  }

  /** The most expensive part of a value among those computed along the columns in an earlier pass. */
  private dearest(e: Expr, until: number, type: ScalarType): { value: Expr; pass: number } | undefined {
    let best: { value: Expr; pass: number } | undefined;
    let cost = worthKeeping;
    const seen = new Set<Expr>();
    const visit = (x: Expr): void => {
      if (seen.has(x) || x.op !== 'apply') return;
      seen.add(x);
      const own = costOf(x);
      if (own < cost) return;
      const pass = x.type === type ? this.firstUse(x, until) : undefined;
      if (pass !== undefined) [best, cost] = [{ value: x, pass }, own + 1];
      else for (const part of x.args) visit(part);
    };
    visit(e);
    return best;
  }

  /** The first pass over the columns before `until` that computes an expression. */
  private firstUse(e: Expr, until: number): number | undefined {
    for (let n = this.readyIn(e); n < until; n++)
      for (const { axes, reductions, stores } of this.passes[n].values())
        if (
          axes === this.kernel.columns &&
          [...reductions.map((r) => r.body), ...stores.map((s) => s.value)].some((x) => contains(x, e))
        )
          return n;
    return undefined;
  }

  statements(): readonly Stmt[] {
    const body: Stmt[] = [];
    const count = Math.max(this.passes.length, this.rows.length);
    const inMemory = new Map<Expr, Expr>();
    const kept = this.keepUntilStored();
    const final = (e: Expr): Expr => this.places.flat(inMemory.size > 0 ? this.algebra.substitute(e, inMemory) : e);
    for (let n = 0; n < count; n++) {
      const here = this.rows[n] ?? [];
      for (const row of here) if (row.set) body.push(set(row.set, final(row.value)));
      body.push(...this.allStores(here.filter((row) => !row.set) as FullStore[], [], final));
      for (const { axes, reductions, stores } of this.passes[n]?.values() ?? []) {
        for (const { local, combine } of reductions)
          body.push(set(local, constant(identityOf(combine, local.type), local.type)));
        body.push(...loops(axes, this.allStores(stores, reductions, final)));
      }
      // Later passes need not recompute what this one has stored.
      for (const { stores } of this.passes[n]?.values() ?? [])
        for (const { to, position, value } of stores)
          if (costOf(value) >= 2) inMemory.set(value, this.algebra.simplify(load(to, [position])));
      // The final value has now replaced what was kept there.
      for (const { value, until } of kept) if (until === n) inMemory.delete(value);
    }
    return loops(this.kernel.rows, body);
  }
}

function contains(e: Expr, part: Expr): boolean {
  const seen = new Set<Expr>();
  const visit = (x: Expr): boolean => {
    if (x === part) return true;
    if (seen.has(x)) return false;
    seen.add(x);
    return partsOf(x).some(visit);
  };
  return visit(e);
}
