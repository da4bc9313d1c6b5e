import type { Algebra, Dependency } from '../../algebra/algebra.ts';
import type { Axis, Expr, Local } from '../../ir/expr.ts';
import type { Register, Value } from './ir.ts';

/** A vector loop on the way: a vector of iterations a copy, and so many copies side by side. */
export class Lanes {
  readonly axis: Axis;
  readonly copies: number;
  /** Mutable scalars that each iteration has for itself, or of which each lane holds a part: a vector a copy. */
  readonly variables = new Map<Local, readonly Register[]>();
  /** Of largest and smallest floats: where a NaN came by. They are looked for with an instruction that passes over NaN. */
  readonly unordered = new Map<Local, readonly Register[]>();
  private readonly algebra: Algebra;
  private readonly known = new Map<Expr, boolean>();

  constructor(axis: Axis, copies: number, algebra: Algebra) {
    this.axis = axis;
    this.copies = copies;
    this.algebra = algebra;
  }

  /** Whether an expression's value differs from iteration to iteration. */
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

/** An address that some terms of a place have been added to. */
export interface Pointer {
  readonly address: Value;
  readonly terms: readonly Expr[];
}

/** The code between the braces of a loop: what it changes, and the values computed so far, which hold until its end. */
export class Frame {
  readonly parent: Frame | undefined;
  readonly depth: number;
  /** Axes that the loop binds, locals that it sets, regions that it stores to. */
  readonly kills: ReadonlySet<Dependency>;
  readonly lanes: Lanes | undefined;
  readonly counters = new Map<Axis, Value>();
  /** Values equal in all iterations of the vector loop, as scalars and as vectors. */
  readonly scalars = new Map<Expr, Value>();
  readonly splats = new Map<Expr, Value>();
  /** Vectors of values that differ, by copy. */
  readonly vectors: Map<Expr, Value>[];
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

  /** The innermost answer on the way out to the kernel's own frame. */
  find<T>(look: (frame: Frame) => T | undefined): T | undefined {
    for (let frame: Frame | undefined = this; frame; frame = frame.parent) {
      const found = look(frame);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Forgets values that hang on what is about to change. */
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
