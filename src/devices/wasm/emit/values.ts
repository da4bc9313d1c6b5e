import { fail } from '../../../base/errors.ts';
import { type Place, Places } from '../../../codegen/addresses.ts';
import { type ElementaryFunction, elementaryFunction } from '../../../codegen/functions/index.ts';
import type { Lowering } from '../../../codegen/lowering.ts';
import type { Axis, Expr, Region } from '../../../ir/expr.ts';
import type { ScalarOp } from '../../../ir/scalar.ts';
import {
  Expression,
  type FunctionBuilder,
  Local,
  load,
  type ModuleBuilder,
  type Operand,
  op,
  type Plain,
} from '../encoder/index.ts';
import { Frame, Lanes } from './frames.ts';
import { laneOperation, splat } from './lane-operations.ts';
import { type LanePlace, loadLanes, loadScalar } from './memory.ts';
import { scalarOperation, valueType } from './scalar-operations.ts';
import { hold, type Target } from './target.ts';

/** Functions short enough to stand in line in a loop. */
const inlined: ReadonlySet<ScalarOp> = new Set(['exp', 'expm1', 'log', 'log1p', 'logistic', 'tanh', 'erf']);

/** `b < a ? b : a` and `a < b ? b : a` are one instruction each. */
function boundOf(e: Expr & { op: 'apply' }): { name: Plain; operands: readonly [Expr, Expr] } | undefined {
  const [condition, b, a] = e.args as [Expr, Expr, Expr];
  if (e.f !== 'select' || e.type !== 'f32' || condition.op !== 'apply' || condition.f !== 'lt') return undefined;
  const [left, right] = condition.args;
  if (left === b && right === a) return { name: 'f32x4.pmin', operands: [a, b] };
  return left === a && right === b ? { name: 'f32x4.pmax', operands: [a, b] } : undefined;
}

const notLowered = (e: Expr): never =>
  fail('wasm device', `it met a "${e.op}" that should have become statements`, 'report this with the program');

/** Computes expressions inside a kernel: shared ones once, unchanging ones in the outermost frame possible. */
export class Values {
  readonly target: Target;
  readonly f: FunctionBuilder;
  readonly module: ModuleBuilder;
  readonly lowering: Lowering;
  readonly places: Places;
  private readonly bases: ReadonlyMap<Region, Operand>;
  /** Scalars of the loop nest, where no vector loop has them as vectors. */
  readonly variables = new Map<object, Local>();
  frame: Frame;

  constructor(target: Target, lowering: Lowering, bases: ReadonlyMap<Region, Operand>, frame: Frame) {
    this.target = target;
    this.f = target.f;
    this.module = target.module;
    this.lowering = lowering;
    this.places = new Places(lowering.algebra);
    this.bases = bases;
    this.frame = frame;
  }

  variable(local: object & { readonly type: Expr['type'] }): Local {
    let variable = this.variables.get(local);
    if (!variable) this.variables.set(local, (variable = this.f.local(valueType(local.type))));
    return variable;
  }

  varies(e: Expr): boolean {
    return this.frame.lanes?.varies(e) ?? false;
  }

  private cached(e: Expr, copy: number | undefined): Operand | undefined {
    return this.frame.find((frame) => (copy === undefined ? frame.scalars.get(e) : frame.vectors[copy]?.get(e)));
  }

  /** The expression's value, in a local that holds it for the rest of the frame. */
  keep(e: Expr, copy: number): void {
    if (this.varies(e)) {
      if (this.cached(e, copy) === undefined)
        this.frame.vectors[copy]!.set(e, hold(this.f, this.computeVector(e, copy), 'v128'));
    } else if (this.cached(e, undefined) === undefined)
      this.frame.scalars.set(e, hold(this.f, this.computeScalar(e), valueType(e.type)));
  }

  keepSplat(e: Expr): void {
    if (e.op === 'const' || this.frame.find((frame) => frame.splats.get(e))) return;
    this.frame.splats.set(e, hold(this.f, splat(this.module, this.scalar(e), e.type), 'v128'));
  }

  private isShared(e: Expr): boolean {
    return (e.op === 'apply' || e.op === 'load') && (this.frame.uses.get(e) ?? 0) > 1;
  }

  /** The value of an expression that is the same in all lanes. */
  scalar(e: Expr): Operand {
    const known = this.cached(e, undefined);
    if (known !== undefined) return known;
    if (this.isShared(e)) {
      this.keep(e, 0);
      return this.cached(e, undefined)!;
    }
    return this.computeScalar(e);
  }

  /** The values of four iterations. */
  vector(e: Expr, copy: number): Operand {
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
  splatOf(e: Expr): Operand {
    if (e.op === 'const') {
      if (e.type === 'f32') return this.module.vector('f32x4', e.value);
      return this.module.vector('i32x4', e.type === 'bool' ? -e.value : e.value);
    }
    const known = this.frame.find((frame) => frame.splats.get(e));
    if (known !== undefined) return known;
    const value = this.scalar(e);
    if (value instanceof Expression && (value.name === 'f32.load' || value.name === 'i32.load') && e.type !== 'bool')
      return load('v128.load32_splat', value.operands[0]!, value.offset);
    const vector = hold(this.f, splat(this.module, value, e.type), 'v128');
    this.frame.splats.set(e, vector);
    return vector;
  }

  private computeScalar(e: Expr): Operand {
    switch (e.op) {
      case 'const': {
        const type = valueType(e.type);
        return type === 'i32' ? e.value : () => this.f.push(e.value, type);
      }
      case 'index':
        return this.counter(e);
      case 'local':
        return this.variable(e.local);
      case 'load': {
        const { pointer, offset } = this.scalarPlace(this.places.of(e.from, e.index));
        return loadScalar(e.from.dtype, pointer, offset);
      }
      case 'apply': {
        const args = e.args.map((x) => this.scalar(x));
        const division = this.divisionOf(e);
        return division ? op(division, ...args) : scalarOperation(this.target, e, args);
      }
      default:
        return notLowered(e);
    }
  }

  /** Quotients and remainders of what is not negative, by a number, are one instruction. */
  private divisionOf({ f, type, args: [a, b] }: Expr & { op: 'apply' }): Plain | undefined {
    if ((f !== 'floorDiv' && f !== 'floorMod') || type !== 'i32' || b?.op !== 'const' || b.value <= 0) return undefined;
    if (Number.isInteger(Math.log2(b.value)) || this.lowering.algebra.ranges.of(a!)[0] < 0) return undefined;
    return f === 'floorDiv' ? 'i32.div_u' : 'i32.rem_u';
  }

  private counter(e: Expr & { op: 'index' }): Operand {
    return this.frame.find((frame) => frame.counters.get(e.axis))!;
  }

  private computeVector(e: Expr, copy: number): Operand {
    const { lanes } = this.frame;
    switch (e.op) {
      case 'index': {
        const first = copy * 4;
        const offsets = this.module.vector('i32x4', [first, first + 1, first + 2, first + 3]);
        return op('i32x4.add', op('i32x4.splat', this.counter(e)), offsets);
      }
      case 'local':
        return lanes!.variables.get(e.local)![copy]!;
      case 'load':
        return loadLanes(this.f, e.from.dtype, this.lanePlace(this.places.of(e.from, e.index), copy));
      case 'apply': {
        const bound = boundOf(e);
        if (bound) return op(bound.name, ...bound.operands.map((x) => this.vector(x, copy)));
        const args = e.args.map((x) => this.vector(x, copy));
        const inLine = inlined.has(e.f) && e.type === 'f32' ? elementaryFunction(e.f) : undefined;
        return inLine ? this.inLine(inLine, args, copy) : laneOperation(this.target, e, args);
      }
      default:
        return notLowered(e);
    }
  }

  /** A function's body with these arguments, in the code of the loop itself. */
  private inLine({ parameters, body, uses }: ElementaryFunction, args: readonly Operand[], copy: number): Operand {
    const outer = this.frame;
    const { axis, copies } = outer.lanes!;
    const lanes = new Lanes(axis, copies, this.lowering.algebra);
    parameters.forEach((p, k) => {
      const value = this.f.let('v128', args[k]!);
      lanes.variables.set(p, Array(copies).fill(value));
    });
    const frame = new Frame(outer, new Set(parameters), lanes);
    frame.uses = uses;
    this.frame = frame;
    const result = this.f.let('v128', this.vector(body, copy));
    this.frame = outer;
    return result;
  }

  // Addresses.

  /**
   * Order in which the terms of a place become known to code in a frame: axes when their loop begins, other terms inside
   * of it, what varies between lanes never.
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

  /** The pointer of a place, with the given terms added. */
  private pointer(place: Place, terms: Place['terms']): Operand {
    const orders = terms.map(([x]) => this.order(x, this.frame));
    const missing: Place['terms'][number][] = [];
    let base: Operand | undefined;
    for (const order of [...new Set(orders)].sort((a, b) => b - a)) {
      const key = this.key(
        place,
        terms.filter((_, i) => orders[i]! <= order),
      );
      base = this.frame.find((frame) => frame.pointers.get(key)?.address);
      if (base !== undefined) break;
      missing.push(...terms.filter((_, i) => orders[i] === order));
    }
    base ??= this.regionBase(place);
    return missing.reduce<Operand>((sum, [x, c]) => op('i32.add', sum, this.scaled(x, c)), base);
  }

  private regionBase(place: Place): Operand {
    const base = this.bases.get(place.region)!;
    return place.start === 0 ? base : op('i32.add', base, place.start);
  }

  private scaled(term: Expr, coefficient: number): Operand {
    const value = this.scalar(term);
    if (typeof value === 'number') return value * coefficient;
    if (coefficient === 1) return value;
    const shift = Math.log2(coefficient);
    return Number.isInteger(shift) ? op('i32.shl', value, shift) : op('i32.mul', value, coefficient);
  }

  /** Keeps, for a loop about to begin, the pointer of a place with what the loop does not change. */
  keepPointer(place: Place, loop: Frame): void {
    const terms = place.terms.filter(([x]) => this.order(x, loop) < 2 * loop.depth);
    if (terms.length === 0 && place.start === 0) return;
    const key = this.key(place, terms);
    if (this.frame.find((frame) => frame.pointers.get(key))) return;
    const address = hold(this.f, this.pointer(place, terms), 'i32');
    this.frame.pointers.set(key, { address, terms: terms.map(([x]) => x) });
  }

  /** Gives a loop about to begin a pointer that moves with its axis, and returns it with the bytes that an iteration moves it. */
  movingPointer(place: Place, loop: Frame, axis: Axis, from: Operand): readonly [Local, number] | undefined {
    const moving = place.terms.find(([x]) => x.op === 'index' && x.axis === axis);
    if (!moving) return undefined;
    const terms = place.terms.filter(([x]) => this.order(x, loop) < 2 * loop.depth);
    const key = this.key(place, [...terms, moving]);
    if (loop.pointers.has(key)) return undefined;
    const start = this.pointer(place, terms);
    const [term, step] = moving;
    const offset = typeof from === 'number' ? from * step : op('i32.mul', from, step);
    const address = this.f.let('i32', offset === 0 ? start : op('i32.add', start, offset));
    loop.pointers.set(key, { address, terms: [...terms.map(([x]) => x), term] });
    return [address, step];
  }

  /** Where a scalar access goes. */
  scalarPlace(place: Place): { pointer: Operand; offset: number } {
    return { pointer: this.pointer(place, place.terms), offset: place.offset };
  }

  lanePlace(place: Place, copy: number): LanePlace {
    const { axis } = this.frame.lanes!;
    const step = place.terms.find(([x]) => x.op === 'index' && x.axis === axis)?.[1] ?? 0;
    const shift = 4 * copy * step;
    const isVarying = ([x]: Place['terms'][number]): boolean => this.order(x, this.frame) === Infinity;
    const varying = place.terms.filter(isVarying);
    const common = place.terms.filter((term) => !isVarying(term));
    let [pointer, offset] = [this.pointer(place, common), place.offset + shift];
    // An instruction's offset is not negative.
    if (offset < 0) [pointer, offset] = [op('i32.add', pointer, offset), 0];
    if (varying.length === 0) return { kind: 'strided', pointer, offset, step };
    const own = this.module.vector('i32x4', [0, step, 2 * step, 3 * step]);
    const distances = varying.reduce<Operand>((sum, [x, c]) => {
      const term =
        c === 1 ? this.vector(x, copy) : op('i32x4.mul', this.vector(x, copy), this.module.vector('i32x4', c));
      return step === 0 && sum === own ? term : op('i32x4.add', sum, term);
    }, own);
    return {
      kind: 'scattered',
      pointer: hold(this.f, pointer, 'i32'),
      offset,
      distances: this.f.let('v128', distances),
    };
  }
}
