import { fail } from '../../base/errors.ts';
import { type Axis, type Expr, type Local, type Region, scalarType } from '../../ir/expr.ts';
import type { ScalarOp } from '../../ir/scalar.ts';
import { type ElementaryFunction, elementaryFunction } from '../functions/index.ts';
import type { Lowering } from '../lowering.ts';
import { type Place, Places } from './addresses.ts';
import type { Builder } from './builder.ts';
import { Frame, Lanes } from './frames.ts';
import {
  applied,
  constant,
  int,
  type LinearTarget,
  loaded,
  moved,
  type Operation,
  type Register,
  type Scattered,
  type Strided,
  splat,
  type Value,
} from './ir.ts';

/** Functions short enough to be inlined in a loop. */
const inlined: ReadonlySet<ScalarOp> = new Set(['exp', 'expm1', 'log', 'log1p', 'logistic', 'tanh', 'erf']);

/** `b < a ? b : a` and `a < b ? b : a` are one instruction each. */
function boundOf(e: Expr & { op: 'apply' }): { name: Operation; operands: readonly [Expr, Expr] } | undefined {
  if (e.type !== 'f32') return undefined;
  const [condition, b, a] = e.args as [Expr, Expr, Expr];
  // So is a bound by a number.
  if ((e.f === 'max' || e.f === 'min') && b.op === 'const' && !Number.isNaN(b.value))
    return { name: e.f === 'max' ? 'upper' : 'lower', operands: [condition, b] };
  if (e.f !== 'select' || condition.op !== 'apply' || condition.f !== 'lt') return undefined;
  const [left, right] = condition.args;
  if (left === b && right === a) return { name: 'lower', operands: [a, b] };
  return left === a && right === b ? { name: 'upper', operands: [a, b] } : undefined;
}

/** The operation itself; adding a negated value becomes a subtraction. */
function plain({ f, type, args }: Expr & { op: 'apply' }, [a, b, ...others]: readonly Value[]): Value {
  const isNegative = b?.op === 'apply' && b.f === 'mul' && b.args[1].op === 'const' && b.args[1].value === -1;
  if (f === 'add' && type === 'i32' && isNegative) return applied('sub', 'i32', [a, b.args[0]]);
  return applied(f, type, b ? [a, b, ...others] : [a], args[0].type);
}

const notLowered = (e: Expr): never =>
  fail('codegen', `it met a "${e.op}" that should have become statements`, 'report this with the program');

/** The positions of a vector's elements. */
export type LanePlace =
  | ({ readonly kind: 'strided' } & Omit<Strided, 'dtype'>)
  | ({ readonly kind: 'scattered' } & Omit<Scattered, 'dtype'>);

/** Computes expressions inside a kernel: shared ones once, invariant ones in the outermost possible frame. */
export class Values {
  declare readonly target: LinearTarget;
  declare readonly builder: Builder;
  declare readonly lowering: Lowering;
  declare readonly places: Places;
  declare private readonly bases: ReadonlyMap<Region, Value>;
  /** Scalars of the loop nest, unless a vector loop keeps them as vectors. */
  private readonly variables = new Map<Local, Register>();
  frame: Frame;

  constructor(
    target: LinearTarget,
    builder: Builder,
    lowering: Lowering,
    bases: ReadonlyMap<Region, Value>,
    frame: Frame,
  ) {
    this.target = target;
    this.builder = builder;
    this.lowering = lowering;
    this.places = new Places(lowering.algebra);
    this.bases = bases;
    this.frame = frame;
  }

  /** Lanes of a vector. */
  get width(): number {
    return this.target.lanes;
  }

  /** The register of a scalar that changes. */
  variable(local: Local): Register {
    let variable = this.variables.get(local);
    if (!variable) this.variables.set(local, (variable = this.builder.declare(local.type)));
    return variable;
  }

  /** The register of the scalar. */
  bind(local: Local, register: Register): void {
    this.variables.set(local, register);
  }

  varies(e: Expr): boolean {
    return this.frame.lanes?.varies(e) ?? false;
  }

  private cached(e: Expr, copy: number | undefined): Value | undefined {
    return this.frame.find((frame) => (copy === undefined ? frame.scalars.get(e) : frame.vectors[copy]?.get(e)));
  }

  /** The expression's value, in a register that holds it for the rest of the frame. */
  keep(e: Expr, copy: number): void {
    const { builder } = this;
    if (this.varies(e)) {
      if (this.cached(e, copy) === undefined)
        this.frame.vectors[copy].set(e, builder.hold(this.computeVector(e, copy)));
    } else if (this.cached(e, undefined) === undefined) this.frame.scalars.set(e, builder.hold(this.computeScalar(e)));
  }

  keepSplat(e: Expr): void {
    if (e.op === 'const' || this.frame.find((frame) => frame.splats.get(e))) return;
    this.frame.splats.set(e, this.builder.hold(splat(this.scalar(e), this.width)));
  }

  private isShared(e: Expr): boolean {
    return (e.op === 'apply' || e.op === 'load') && (this.frame.uses.get(e) ?? 0) > 1;
  }

  /** The value of an expression that is the same in all lanes. */
  scalar(e: Expr): Value {
    const known = this.cached(e, undefined);
    if (known !== undefined) return known;
    if (this.isShared(e)) {
      this.keep(e, 0);
      return this.cached(e, undefined)!;
    }
    return this.computeScalar(e);
  }

  /** The values of as many iterations as there are lanes. */
  vector(e: Expr, copy: number): Value {
    if (!this.varies(e)) return this.splatOf(e);
    const known = this.cached(e, copy);
    if (known !== undefined) return known;
    if (this.isShared(e)) {
      this.keep(e, copy);
      return this.cached(e, copy)!;
    }
    return this.computeVector(e, copy);
  }

  /** The value of an expression that is the same in all lanes, as a vector. */
  splatOf(e: Expr): Value {
    if (e.op === 'const') return constant(e.value, e.type, this.width);
    const known = this.frame.find((frame) => frame.splats.get(e));
    if (known !== undefined) return known;
    const value = this.scalar(e);
    const vector = splat(value, this.width);
    // Machines can load an element into all lanes at once.
    if (value.op === 'load' && /32$/.test(value.dtype)) return vector;
    const held = this.builder.hold(vector);
    this.frame.splats.set(e, held);
    return held;
  }

  private computeScalar(e: Expr): Value {
    switch (e.op) {
      case 'const':
        return constant(e.value, e.type);
      case 'index':
        return this.counter(e);
      case 'local':
        return this.variable(e.local);
      case 'load': {
        const { address, offset } = this.scalarPlace(this.places.of(e.from, e.index));
        return loaded({ dtype: e.from.dtype, address, offset, stride: 0 }, 1);
      }
      case 'apply': {
        const args = e.args.map((x) => this.scalar(x));
        const division = this.divisionOf(e);
        return division ? applied(division, 'u32', args, 'u32') : plain(e, args);
      }
      default:
        return notLowered(e);
    }
  }

  /** Quotients and remainders of non-negative values by a constant can be computed unsigned. */
  private divisionOf({ f, type, args: [a, b] }: Expr & { op: 'apply' }): ScalarOp | undefined {
    if ((f !== 'floorDiv' && f !== 'floorMod') || type !== 'i32' || b?.op !== 'const' || b.value <= 0) return undefined;
    if (Number.isInteger(Math.log2(b.value)) || this.lowering.algebra.ranges.of(a)[0] < 0) return undefined;
    return f === 'floorDiv' ? 'div' : 'rem';
  }

  private counter(e: Expr & { op: 'index' }): Value {
    return this.frame.find((frame) => frame.counters.get(e.axis))!;
  }

  private computeVector(e: Expr, copy: number): Value {
    const { lanes } = this.frame;
    switch (e.op) {
      case 'index': {
        return applied('add', 'i32', [splat(this.counter(e), this.width), this.series(copy * this.width, 1)]);
      }
      case 'local':
        return lanes!.variables.get(e.local)![copy];
      case 'load':
        return this.loadLanes(e.from, this.lanePlace(this.places.of(e.from, e.index), copy));
      case 'apply': {
        const bound = boundOf(e);
        if (bound)
          return applied(
            bound.name,
            e.type,
            bound.operands.map((x) => this.vector(x, copy)),
          );
        const args = e.args.map((x) => this.vector(x, copy));
        const isInLine = e.type === 'f32' && inlined.has(e.f) && !this.target.instructions.has(e.f);
        const inLine = isInLine ? elementaryFunction(e.f) : undefined;
        return inLine ? this.inLine(inLine, args, copy) : plain(e, args);
      }
      default:
        return notLowered(e);
    }
  }

  private series(first: number, step: number): Value {
    return { op: 'series', type: 'i32', lanes: this.width, first, step };
  }

  /** The elements of a vector. */
  loadLanes({ dtype }: Region, place: LanePlace): Value {
    const { address, offset } = place;
    if (place.kind === 'strided') return loaded({ dtype, address, offset, stride: place.stride }, this.width);
    const [type, lanes, indices] = [scalarType(dtype), this.width, place.indices];
    return { op: 'gather', type, lanes, dtype, address, offset, indices };
  }

  /** A function's body with these arguments, inlined in the loop. */
  private inLine({ parameters, body, uses }: ElementaryFunction, args: readonly Value[], copy: number): Value {
    const outer = this.frame;
    const { axis, copies } = outer.lanes!;
    const lanes = new Lanes(axis, copies, this.lowering.algebra);
    parameters.forEach((p, k) => {
      lanes.variables.set(p, Array(copies).fill(this.builder.let(args[k])));
    });
    const frame = new Frame(outer, new Set(parameters), lanes);
    frame.uses = uses;
    this.frame = frame;
    const result = this.builder.let(this.vector(body, copy));
    this.frame = outer;
    return result;
  }

  // Addresses.

  /**
   * The order in which the terms of a position become known in a frame: axes when their loop begins, other terms inside
   * it, values that vary between lanes never.
   */
  private order(term: Expr, inside: Frame): number {
    const { lanes } = inside;
    const isAxis = term.op === 'index';
    if (lanes?.varies(term) && !(isAxis && term.axis === lanes.axis)) return Infinity;
    const dependencies = this.lowering.algebra.dependsOn(term);
    const level = inside.find((frame) => {
      for (const d of dependencies) if (frame.kills.has(d)) return frame.depth;
      return undefined;
    });
    return 2 * (level ?? 0) + (isAxis ? 0 : 1);
  }

  private key(place: Place, terms: Place['terms']): string {
    const parts = terms.map(([x, c]) => `${this.lowering.algebra.id(x)}*${c}`).sort();
    return [place.base, ...parts].join(' ');
  }

  /** The pointer for a position, with the given terms added. */
  private pointer(place: Place, terms: Place['terms']): Value {
    const orders = terms.map(([x]) => this.order(x, this.frame));
    const missing: Place['terms'][number][] = [];
    let base: Value | undefined;
    for (const order of [...new Set(orders)].sort((a, b) => b - a)) {
      const key = this.key(
        place,
        terms.filter((_, i) => orders[i] <= order),
      );
      base = this.frame.find((frame) => frame.pointers.get(key)?.address);
      if (base !== undefined) break;
      missing.push(...terms.filter((_, i) => orders[i] === order));
    }
    base ??= moved(this.bases.get(place.region)!, int(place.start), 1);
    return missing.reduce<Value>((sum, [x, c]) => moved(sum, this.scalar(x), c), base);
  }

  /** Before a loop begins, keeps the pointer for a position with its invariant terms. */
  keepPointer(place: Place, loop: Frame): void {
    const terms = place.terms.filter(([x]) => this.order(x, loop) < 2 * loop.depth);
    if (terms.length === 0 && place.start === 0) return;
    const key = this.key(place, terms);
    if (this.frame.find((frame) => frame.pointers.get(key))) return;
    const address = this.builder.hold(this.pointer(place, terms));
    this.frame.pointers.set(key, { address, terms: terms.map(([x]) => x) });
  }

  /** Before a loop begins, sets up a pointer that advances with its axis; returns it with the bytes per iteration. */
  movingPointer(place: Place, loop: Frame, axis: Axis, from: Value): readonly [Register, number] | undefined {
    const moving = place.terms.find(([x]) => x.op === 'index' && x.axis === axis);
    if (!moving) return undefined;
    const terms = place.terms.filter(([x]) => this.order(x, loop) < 2 * loop.depth);
    const key = this.key(place, [...terms, moving]);
    if (loop.pointers.has(key)) return undefined;
    const [term, step] = moving;
    const address = this.builder.let(moved(this.pointer(place, terms), from, step));
    loop.pointers.set(key, { address, terms: [...terms.map(([x]) => x), term] });
    return [address, step];
  }

  /** The address of a scalar access. */
  scalarPlace(place: Place): { address: Value; offset: number } {
    return { address: this.pointer(place, place.terms), offset: place.offset };
  }

  lanePlace(place: Place, copy: number): LanePlace {
    const { axis } = this.frame.lanes!;
    const { builder, width } = this;
    const stride = place.terms.find(([x]) => x.op === 'index' && x.axis === axis)?.[1] ?? 0;
    const shift = width * copy * stride;
    const isVarying = ([x]: Place['terms'][number]): boolean => this.order(x, this.frame) === Infinity;
    const varying = place.terms.filter(isVarying);
    const common = place.terms.filter((term) => !isVarying(term));
    let [address, offset] = [this.pointer(place, common), place.offset + shift];
    // An instruction's offset is not negative.
    if (offset < 0) [address, offset] = [moved(address, int(offset), 1), 0];
    if (varying.length === 0) return { kind: 'strided', address, offset, stride };
    const times = (x: Value, by: number): Value =>
      by === 1 ? x : applied('mul', 'i32', [x, constant(by, 'i32', width)]);
    const parts = varying.map(([x, c]) => times(this.vector(x, copy), c / place.bytes));
    if (stride !== 0) parts.unshift(this.series(0, stride / place.bytes));
    const indices = parts.reduce((a, b) => applied('add', 'i32', [a, b]));
    return { kind: 'scattered', address: builder.hold(address), offset, indices };
  }
}
