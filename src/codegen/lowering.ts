import type { Algebra } from '../algebra/algebra.ts';
import { identityOf } from '../algebra/fold.ts';
import {
  type Combine,
  type Expr,
  type Local,
  load,
  type Region,
  readLocal,
  type Scalar,
  type ScalarType,
} from '../ir/expr.ts';
import { type Stmt, when } from '../ir/loops.ts';
import { type ScalarOp, scalarOps } from '../ir/scalar.ts';
import type { Builder } from './builder.ts';
import { expansions } from './expansions.ts';
import { halfFormats } from './half-floats.ts';
import { tiled } from './tiles.ts';

/**
 * Rewrites a kernel's statements so that only operations with instructions or functions remain: expands the others,
 * decodes and encodes 16-bit floats, turns reductions into loops, and drops comparisons decided by sizes.
 */
export class Lowering implements Builder {
  declare readonly algebra: Algebra;
  /** For regions of 16-bit floats, the view used to load and store their bits. */
  private readonly views = new Map<Region, Region>();
  private readonly lowered = new Map<Expr, Expr>();
  private readonly assignments = new Map<Local, number>();
  private readonly names = new Map<Local, Expr>();
  private pending: Stmt[] = [];

  constructor(algebra: Algebra) {
    this.algebra = algebra;
  }

  /** The region, or the view of it, used by the lowered statements. */
  view(region: Region): Region {
    if (!halfFormats[region.dtype]) return region;
    let view = this.views.get(region);
    if (!view) this.views.set(region, (view = { ...region, dtype: 'uint16' }));
    return view;
  }

  /** The plan's region for a lowered one. */
  original(region: Region): Region {
    for (const [original, view] of this.views) if (view === region) return original;
    return region;
  }

  /** The statements of a kernel, for vectors of the given number of lanes. */
  kernel(list: readonly Stmt[], lanes: number): Stmt[] {
    this.countAssignments(list);
    const lowered = this.statements(list);
    const inTiles = tiled(lowered, lanes, this.algebra);
    return inTiles ? this.statements(inTiles) : lowered;
  }

  private countAssignments(list: readonly Stmt[]): void {
    for (const stmt of list) {
      if (stmt.op === 'set' || stmt.op === 'accumulate')
        this.assignments.set(stmt.local, (this.assignments.get(stmt.local) ?? 0) + 1);
      else if (stmt.op === 'for' || stmt.op === 'while') this.countAssignments(stmt.body);
      else if (stmt.op === 'if') this.countAssignments([...stmt.then, ...stmt.otherwise]);
    }
  }

  /** Locals that name index arithmetic; addresses are derived from the arithmetic itself. */
  private isName(local: Local, value: Expr): boolean {
    if (local.type !== 'i32' || this.assignments.get(local) !== 1) return false;
    for (const d of this.algebra.dependsOn(value)) if (!('size' in d)) return false;
    return true;
  }

  private statements(list: readonly Stmt[]): Stmt[] {
    return list.flatMap((stmt) => {
      const lowered = this.statement(stmt);
      return [...this.pending.splice(0), ...lowered];
    });
  }

  private statement(stmt: Stmt): Stmt[] {
    switch (stmt.op) {
      case 'for': {
        if (stmt.axis.size === 0) return [];
        const body = this.inner(stmt.body);
        return body.length === 0 ? [] : [{ ...stmt, body }];
      }
      case 'while': {
        // A condition that contains a sum is recomputed after each turn.
        const condition = this.expr(stmt.condition);
        if (this.pending.length === 0) return [{ ...stmt, condition, body: this.inner(stmt.body) }];
        const before = this.pending.splice(0);
        return [...before, { ...stmt, condition, body: [...this.inner(stmt.body), ...before] }];
      }
      case 'if': {
        const condition = this.expr(stmt.condition);
        if (condition.op === 'const') return this.inner(condition.value ? stmt.then : stmt.otherwise);
        const before = this.pending.splice(0);
        return [...before, when(condition, this.inner(stmt.then), this.inner(stmt.otherwise))];
      }
      case 'set': {
        const value = this.expr(stmt.value);
        if (!this.isName(stmt.local, value)) return [{ ...stmt, value }];
        this.names.set(stmt.local, value);
        return [];
      }
      case 'accumulate':
        return [{ ...stmt, combine: this.merging(stmt.combine, stmt.local.type), value: this.expr(stmt.value) }];
      case 'store': {
        const index = stmt.index.map((x) => this.expr(x));
        return [this.stored(stmt, index)];
      }
    }
  }

  private stored({ to, value: given, combine }: Stmt & { op: 'store' }, index: readonly Expr[]): Stmt {
    const value = this.expr(given);
    const half = halfFormats[to.dtype];
    if (!half) return { op: 'store', to, index, value, ...(combine && { combine: this.merging(combine, value.type) }) };
    const whole = combine ? this.op(combine, this.expr(load(to, index)), value) : value;
    return { op: 'store', to: this.view(to), index, value: half.encode(whole, this) };
  }

  /** Booleans only have `and` and `or`. */
  private merging(combine: Combine, type: ScalarType): Combine {
    if (type !== 'bool') return combine;
    return combine === 'mul' || combine === 'min' || combine === 'and' ? 'and' : 'or';
  }

  private inner(list: readonly Stmt[]): Stmt[] {
    const outer = this.pending;
    this.pending = [];
    const result = this.statements(list);
    this.pending = outer;
    return result;
  }

  expr(e: Expr): Expr {
    let result = this.lowered.get(e);
    if (result) return result;
    result = this.rewrite(e);
    // The result of a reduction is only valid where its loops are.
    if (this.pending.length === 0) this.lowered.set(e, result).set(result, result);
    return result;
  }

  private rewrite(e: Expr): Expr {
    switch (e.op) {
      case 'load': {
        const index = e.index.map((x) => this.expr(x));
        const bits = this.algebra.simplify(load(this.view(e.from), index));
        return halfFormats[e.from.dtype]?.decode(bits, this) ?? bits;
      }
      case 'apply': {
        const args = e.args.map((x) => this.expr(x));
        if (e.f === 'convert') return this.convert(args[0], e.type);
        if (e.f === 'reinterpret') return this.reinterpret(args[0], e.type);
        if (args.every((x, k) => x === e.args[k])) return this.expanded(this.algebra.simplify(e));
        return this.op(e.f, ...args);
      }
      case 'reduce': {
        const local: Local = { name: e.combine, type: e.type };
        const start = this.algebra.constant(identityOf(e.combine, e.type), e.type);
        const innermost = this.inner([{ op: 'accumulate', local, combine: e.combine, value: e.body }]);
        const body = e.axes.reduceRight<readonly Stmt[]>(
          (s, axis) => [{ op: 'for', axis, mode: 'serial', body: s }],
          innermost,
        );
        this.pending.push({ op: 'set', local, value: start }, ...(e.axes.some((a) => a.size === 0) ? [] : body));
        return this.algebra.simplify(readLocal(local));
      }
      case 'local':
        return this.names.get(e.local) ?? this.algebra.simplify(e);
      default:
        return this.algebra.simplify(e);
    }
  }

  readonly op = (f: ScalarOp, ...operands: Scalar[]): Expr => {
    const typed = operands.filter((x) => typeof x !== 'number');
    const type = (f === 'select' ? typed.find((x) => x !== operands[0]) : typed[0])?.type ?? 'i32';
    const args = operands.map((x) => (typeof x === 'number' ? this.algebra.constant(x, type) : x));
    const result = scalarOps[f].result === 'bool' ? 'bool' : f === 'select' ? args[1].type : args[0].type;
    return this.expanded(this.algebra.apply(f, result, args));
  };

  readonly convert = (x: Expr, type: ScalarType): Expr =>
    type === 'bool' && x.type !== 'bool' ? this.op('ne', x, 0) : this.algebra.apply('convert', type, [x]);

  readonly reinterpret = (x: Expr, type: ScalarType): Expr => this.algebra.apply('reinterpret', type, [x]);

  /** An operation on lowered operands, written with operations that have an instruction or a function. */
  private expanded(e: Expr): Expr {
    if (e.op !== 'apply') return e;
    const [a, b] = e.args as [Expr, Expr];
    return expansions[e.f]?.([a, b], this, e.type) ?? e;
  }
}
