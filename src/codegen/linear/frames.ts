import type { Algebra, Dependency } from '../../algebra/algebra.ts';
import type { Axis, Expr, Local } from '../../ir/expr.ts';
import type { Register, Value } from './ir.ts';

/** A vector loop being generated: each copy is a vector of iterations, with several copies side by side. */
export class Lanes {
  declare readonly axis: Axis;
  declare readonly copies: number;
  /** Mutable scalars private to each iteration, or with a part in each lane: one vector per copy. */
  readonly variables = new Map<Local, readonly Register[]>();
  /** For maxima and minima of floats, where a NaN occurred: they are computed with an instruction that ignores NaN. */
  readonly unordered = new Map<Local, readonly Register[]>();
  declare private readonly algebra: Algebra;
  private readonly known = new Map<Expr, boolean>();

  constructor(axis: Axis, copies: number, algebra: Algebra) {
    this.axis = axis;
    this.copies = copies;
    this.algebra = algebra;
  }

  /** Whether the value of an expression varies between iterations. */
  varies(e: Expr): boolean {
    let result = this.known.get(e);
    if (result === undefined) {
      result = false;
      for (const d of this.algebra.dependsOn(e))
        if (d === this.axis || this.variables.has(d as Local)) {
          result = true;
          break;
        }
      this.known.set(e, result);
    }
    return result;
  }
}

/** An address to which some terms of a position have been added. */
export interface Pointer {
  readonly address: Value;
  readonly terms: readonly Expr[];
}

/** The body of a loop: what it changes, and the values computed so far, which remain valid until its end. */
export class Frame {
  declare readonly parent: Frame | undefined;
  declare readonly depth: number;
  /** The axes bound by the loop, the locals it sets and the regions it stores to. */
  declare readonly kills: ReadonlySet<Dependency>;
  declare readonly lanes: Lanes | undefined;
  readonly counters = new Map<Axis, Value>();
  /** Values equal in all iterations of the vector loop, as scalars and as vectors. */
  readonly scalars = new Map<Expr, Value>();
  readonly splats = new Map<Expr, Value>();
  /** Vectors of values that differ, by copy. */
  declare readonly vectors: Map<Expr, Value>[];
  /** Addresses: a region's base plus the terms named in the key. */
  readonly pointers = new Map<string, Pointer>();
  uses: ReadonlyMap<Expr, number> = new Map();

  constructor(parent: Frame | undefined, kills: ReadonlySet<Dependency>, lanes = parent?.lanes) {
    this.parent = parent;
    this.depth = parent ? parent.depth + 1 : 0;
    this.kills = kills;
    this.lanes = lanes;
    this.vectors = Array.from({ length: lanes?.copies ?? 0 }, () => new Map<Expr, Value>());
  }

  /** The innermost result, searching outwards to the kernel's own frame. */
  find<T>(look: (frame: Frame) => T | undefined): T | undefined {
    for (let frame: Frame | undefined = this; frame; frame = frame.parent) {
      const found = look(frame);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Forgets values that depend on something about to change. */
  forget(changed: ReadonlySet<Dependency>, algebra: Algebra): void {
    const stale = (e: Expr): boolean => {
      for (const d of algebra.dependsOn(e)) if (changed.has(d)) return true;
      return false;
    };
    for (let frame: Frame | undefined = this; frame; frame = frame.parent) {
      for (const map of [frame.scalars, frame.splats, ...frame.vectors])
        for (const e of map.keys()) if (stale(e)) map.delete(e);
      for (const [key, { terms }] of frame.pointers) if (terms.some(stale)) frame.pointers.delete(key);
    }
  }
}
