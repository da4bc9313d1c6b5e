import type { Dependency } from '../../algebra/algebra.ts';
import { identityOf } from '../../algebra/fold.ts';
import type { Axis, Combine, Expr, Local } from '../../ir/expr.ts';
import type { Stmt } from '../../ir/loops.ts';
import { Frame, Lanes } from './frames.ts';
import { applied, constant, int, loaded, type Register, type Value } from './ir.ts';
import { type Summary, summarize } from './summary.ts';
import type { Values } from './values.ts';
import { bestCopies, canVectorize } from './vectorize.ts';

/** The part of an axis that a worker runs. */
export interface Span {
  readonly from: Value;
  readonly to: Value;
}

interface Turns {
  readonly to: Value;
  readonly step: number;
  /** There is at least one turn. */
  readonly certain: boolean;
}

type For = Stmt & { op: 'for' };

/** The value of a known number. */
const known = (x: Value): number | undefined => (x.op === 'const' ? x.value : undefined);
/** Whether the number of turns is already known. */
const isKnown = ({ from, to }: Span): boolean => from.op === 'const' && to.op === 'const';

/** Writes the statements of a kernel. */
export class Statements {
  private readonly values: Values;
  /** The loops of which this worker runs a part. */
  private readonly spans: ReadonlyMap<Stmt, Span>;

  constructor(values: Values, spans: ReadonlyMap<Stmt, Span> = new Map()) {
    this.values = values;
    this.spans = spans;
  }

  /** The statements of a body, in the current frame. */
  list(body: readonly Stmt[]): void {
    for (const stmt of body) this.statement(stmt);
  }

  private statement(stmt: Stmt): void {
    const { values } = this;
    const { builder } = values;
    const { algebra } = values.lowering;
    switch (stmt.op) {
      case 'for':
        this.loop(stmt, this.spans.get(stmt) ?? { from: int(0), to: int(stmt.axis.size) });
        break;
      case 'while':
        this.while(stmt);
        break;
      case 'if': {
        const condition = values.scalar(stmt.condition);
        const [then, otherwise] = [this.nested(stmt.then), this.nested(stmt.otherwise)];
        builder.add({ op: 'if', condition, then, otherwise });
        values.frame.forget(this.summary([stmt]).kills, algebra);
        break;
      }
      case 'set': {
        const vectors = values.frame.lanes?.variables.get(stmt.local);
        if (vectors) vectors.forEach((v, copy) => builder.set(v, values.vector(stmt.value, copy)));
        else builder.set(values.variable(stmt.local), values.scalar(stmt.value));
        values.frame.forget(new Set([stmt.local]), algebra);
        break;
      }
      case 'accumulate': {
        const { local, combine, value } = stmt;
        const vectors = values.frame.lanes?.variables.get(local);
        if (vectors) vectors.forEach((v, copy) => builder.set(v, this.accumulated(combine, local, v, value, copy)));
        else {
          const variable = values.variable(local);
          builder.set(variable, applied(combine, local.type, [variable, values.scalar(value)]));
        }
        values.frame.forget(new Set([local]), algebra);
        break;
      }
      case 'store':
        this.store(stmt);
        values.frame.forget(new Set([stmt.to]), algebra);
    }
  }

  private accumulated(combine: Combine, local: Local, into: Register, value: Expr, copy: number): Value {
    const { values } = this;
    const unordered = values.frame.lanes!.unordered.get(local)?.[copy];
    if (unordered) {
      const x = values.builder.hold(values.vector(value, copy));
      values.builder.set(unordered, applied('or', 'bool', [unordered, applied('ne', 'bool', [x, x])]));
      return applied(combine === 'max' ? 'upper' : 'lower', local.type, [into, x]);
    }
    const isProduct = combine === 'add' && value.op === 'apply' && value.f === 'mul' && value.type === 'f32';
    if (isProduct && values.target.fused && (values.frame.uses.get(value) ?? 0) === 1)
      return applied('fma', 'f32', [...value.args.map((x) => values.vector(x, copy)), into]);
    return applied(combine, local.type, [into, values.vector(value, copy)]);
  }

  private store({ to, index, value, combine }: Stmt & { op: 'store' }): void {
    const { values } = this;
    const { builder, width } = values;
    const { dtype } = to;
    const { lanes } = values.frame;
    const place = values.places.of(to, index);
    if (!lanes) {
      const { address: pointer, offset } = values.scalarPlace(place);
      const address = combine ? builder.let(pointer) : pointer;
      const operand = values.scalar(value);
      const at = { dtype, address, offset, stride: 0 };
      const result = combine ? applied(combine, value.type, [loaded(at, 1), operand]) : operand;
      builder.add({ op: 'store', ...at, value: result, combine: undefined });
      return;
    }
    // All copies are computed before the first is stored, since they share loads.
    const operands = Array.from({ length: lanes.copies }, (_, copy) => {
      const operand = values.vector(value, copy);
      return lanes.copies > 1 ? builder.let(operand) : operand;
    });
    operands.forEach((operand, copy) => {
      const at = values.lanePlace(place, copy);
      if (at.kind === 'scattered') {
        const { address, offset, indices } = at;
        builder.add({ op: 'scatter', dtype, address, offset, indices, value: operand, combine });
        return;
      }
      const { address, offset, stride } = at;
      if (combine && stride === place.bytes) {
        const held = { dtype, address: builder.let(address), offset, stride };
        const merged = applied(combine, value.type, [loaded(held, width), operand]);
        builder.add({ op: 'store', ...held, value: merged, combine: undefined });
      } else builder.add({ op: 'store', dtype, address, offset, stride, value: operand, combine });
    });
  }

  private summary(body: readonly Stmt[]): Summary {
    return summarize(body, this.values.places);
  }

  /** The statements that `write` adds in a frame of its own. */
  private within(frame: Frame, write: () => void) {
    const { values } = this;
    const outer = values.frame;
    values.frame = frame;
    const block = values.builder.block(write);
    values.frame = outer;
    return block;
  }

  private nested(body: readonly Stmt[]) {
    if (body.length === 0) return [];
    const summary = this.summary(body);
    const frame = new Frame(this.values.frame, summary.kills);
    frame.uses = summary.uses;
    return this.within(frame, () => this.list(body));
  }

  private while({ condition, body }: Stmt & { op: 'while' }): void {
    const { values } = this;
    const { algebra } = values.lowering;
    const whole = this.summary([{ op: 'while', condition, body }]);
    values.frame.forget(whole.kills, algebra);
    const frame = new Frame(values.frame, whole.kills);
    frame.uses = whole.uses;
    let again: Value | undefined;
    const test = this.within(frame, () => {
      again = values.scalar(condition);
    });
    const inner = this.within(frame, () => this.list(body));
    frame.forget(whole.kills, algebra);
    values.builder.add({ op: 'while', test, condition: again!, body: inner });
  }

  private loop(stmt: For, span: Span): void {
    const { values } = this;
    const { axis, mode } = stmt;
    const summary = this.summary(stmt.body);
    const kills = new Set<Dependency>([...summary.kills, axis]);
    values.frame.forget(kills, values.lowering.algebra);
    const wanted = mode === 'vector' || (mode === 'parallel' && summary.axes.size === 0);
    if (wanted && !values.frame.lanes && axis.size >= values.width && canVectorize(axis, summary, values))
      this.vectorLoop(stmt, span, summary, kills);
    else {
      const frame = new Frame(values.frame, kills);
      const moving = this.enter(stmt, span, summary, frame);
      this.turns(stmt, moving, { to: span.to, step: 1, certain: isKnown(span) }, frame);
    }
  }

  /** Computes loop invariants before the loop and sets up its counter and pointers. */
  private enter({ axis }: For, { from }: Span, summary: Summary, frame: Frame): Moving {
    const { values } = this;
    frame.uses = summary.uses;
    this.hoist(summary, frame);
    const counter = values.builder.let(from);
    frame.counters.set(axis, counter);
    const pointers: (readonly [Register, number])[] = [];
    for (const place of summary.places) {
      // An address that only some turns need must not cause a trap.
      if (!place.terms.every(([x]) => x.op === 'index' || x.op === 'local' || summary.certain.has(x))) continue;
      values.keepPointer(place, frame);
      const moving = values.movingPointer(place, frame, axis, from);
      if (moving) pointers.push(moving);
    }
    return { counter, pointers };
  }

  private hoist(summary: Summary, frame: Frame): void {
    const { values } = this;
    const { algebra } = values.lowering;
    const copies = values.frame.lanes?.copies ?? 1;
    const changes = (e: Expr): boolean => {
      for (const d of algebra.dependsOn(e)) if (frame.kills.has(d)) return true;
      return frame.lanes !== values.frame.lanes && frame.lanes!.varies(e);
    };
    const done = new Set<Expr>();
    const keep = (e: Expr): void => {
      if (done.has(e) || e.op === 'const' || e.op === 'index' || e.op === 'local') return;
      done.add(e);
      for (let copy = 0; copy < copies; copy++) values.keep(e, copy);
    };
    for (const e of summary.certain) {
      if (e.op !== 'apply' || !changes(e)) continue;
      for (const x of e.args) if (!changes(x)) keep(x);
    }
    for (const e of summary.certain)
      if (e.op === 'load' && changes(e))
        for (const [x] of values.places.of(e.from, e.index).terms) if (!changes(x)) keep(x);
    for (const e of summary.roots) if (!changes(e)) keep(e);
    if (!frame.lanes) return;
    // Vectors of equal lanes are made outside too.
    const { lanes } = frame;
    for (const e of summary.certain)
      if (e.op === 'apply' && lanes.varies(e))
        for (const x of e.args) if (!lanes.varies(x) && !changes(x)) values.keepSplat(x);
    for (const e of summary.roots) if (!lanes.varies(e) && !changes(e)) values.keepSplat(e);
  }

  /** Runs the body until the counter reaches `to`. */
  private turns({ body }: For, { counter, pointers }: Moving, { to, step, certain }: Turns, frame: Frame): void {
    const { builder } = this.values;
    const moving = pointers.map(([pointer, bytes]) => [pointer, bytes * step] as const);
    const all = (): void =>
      builder.add({
        op: 'loop',
        counter,
        to,
        step,
        pointers: moving,
        body: this.within(frame, () => this.list(body)),
      });
    if (certain) all();
    else {
      const condition = applied('lt', 'bool', [counter, to]);
      const then = builder.block(all);
      builder.add({ op: 'if', condition, then, otherwise: [] });
    }
  }

  /** Several vectors at a time, then single vectors, then single elements. */
  private vectorLoop(stmt: For, span: Span, summary: Summary, kills: ReadonlySet<Dependency>): void {
    const { builder } = this.values;
    const copies = bestCopies(stmt.axis, summary, this.values);
    const to = builder.hold(span.to);
    const frame = this.lanesFrame(stmt.axis, copies, summary, kills);
    const moving = this.enter(stmt, span, summary, frame);
    const body = builder.block(() =>
      this.inVectors({ stmt, span: { from: span.from, to }, summary, kills, frame, moving }),
    );
    builder.add({ op: 'block', body });
  }

  private inVectors({ stmt, span, summary, kills, frame, moving }: VectorLoop): void {
    const { values } = this;
    const { builder, width } = values;
    const { axis } = stmt;
    const { copies, variables, unordered } = frame.lanes!;
    const certain = isKnown(span);
    const sums = [...variables].flatMap(([local, vectors]) =>
      summary.assigned.has(local) ? [] : [{ local, vectors, combine: summary.accumulated.get(local) as Combine }],
    );
    for (const { local, vectors, combine } of sums) {
      const start = constant(identityOf(combine, local.type), local.type, width);
      for (const v of vectors) builder.set(v, start);
      for (const v of unordered.get(local) ?? []) builder.set(v, constant(0, 'bool', width));
    }
    const [from, to] = [known(span.from), known(span.to)];
    const count = from === undefined || to === undefined ? undefined : to - from;
    /** Where the last turn of so many iterations ends. */
    const end = (by: number): Value => {
      if (count !== undefined) return int(to! - (count % by));
      const left = applied('and', 'i32', [applied('sub', 'i32', [span.to, span.from]), int(by - 1)]);
      return builder.let(applied('sub', 'i32', [span.to, left]));
    };
    const hasTurns = (by: number, before: number): boolean =>
      count === undefined || (before ? count % before : count) >= by;
    if (copies > 1) {
      const by = width * copies;
      if (hasTurns(by, 0)) this.turns(stmt, moving, { to: end(by), step: by, certain }, frame);
      for (const [first, ...others] of unordered.values())
        for (const mask of others) builder.set(first, applied('or', 'bool', [first, mask]));
      for (const { local, vectors, combine } of sums)
        for (const v of vectors.slice(1)) builder.set(vectors[0], applied(combine, local.type, [vectors[0], v]));
    }
    if (hasTurns(width, copies > 1 ? width * copies : 0)) {
      const single = copies === 1 ? frame : this.narrower(axis, frame, kills);
      this.turns(stmt, moving, { to: end(width), step: width, certain }, single);
    }
    for (const [local, [mask]] of unordered) {
      const [vector] = variables.get(local)!;
      builder.set(vector, applied('select', 'f32', [mask, constant(NaN, 'f32', width), vector], 'bool'));
    }
    // The lanes of an accumulator, and the scalar it represents.
    for (const { local, vectors, combine } of sums) {
      const variable = values.variable(local);
      const whole: Value = { op: 'across', type: local.type, lanes: 1, combine, x: vectors[0] };
      builder.set(variable, applied(combine, local.type, [variable, whole]));
    }
    if (hasTurns(1, width)) {
      const scalar = new Frame(values.frame, kills);
      scalar.uses = summary.uses;
      for (const [key, pointer] of frame.pointers) scalar.pointers.set(key, pointer);
      scalar.counters.set(axis, moving.counter);
      this.turns(stmt, moving, { to: span.to, step: 1, certain }, scalar);
    }
  }

  private lanesFrame(axis: Axis, copies: number, summary: Summary, kills: ReadonlySet<Dependency>): Frame {
    const { builder, lowering, width, frame } = this.values;
    const lanes = new Lanes(axis, copies, lowering.algebra);
    const vectors = (type: Local['type']) => Array.from({ length: copies }, () => builder.declare(type, width));
    for (const local of new Set([...summary.assigned, ...summary.accumulated.keys()]))
      lanes.variables.set(local, vectors(local.type));
    for (const [local, combine] of summary.accumulated)
      if (!summary.assigned.has(local) && local.type === 'f32' && (combine === 'max' || combine === 'min'))
        lanes.unordered.set(local, vectors('bool'));
    return new Frame(frame, kills, lanes);
  }

  /** The same loop with one copy: it goes on with the counter, the pointers and the first copy's variables. */
  private narrower(axis: Axis, wide: Frame, kills: ReadonlySet<Dependency>): Frame {
    const lanes = new Lanes(axis, 1, this.values.lowering.algebra);
    for (const [local, vectors] of wide.lanes!.variables) lanes.variables.set(local, vectors.slice(0, 1));
    for (const [local, masks] of wide.lanes!.unordered) lanes.unordered.set(local, masks.slice(0, 1));
    const frame = new Frame(this.values.frame, kills, lanes);
    frame.uses = wide.uses;
    for (const [key, pointer] of wide.pointers) frame.pointers.set(key, pointer);
    for (const [key, counter] of wide.counters) frame.counters.set(key, counter);
    return frame;
  }
}

/** The counter of a loop and the pointers that move with it, by bytes an iteration. */
interface Moving {
  readonly counter: Register;
  readonly pointers: readonly (readonly [Register, number])[];
}

interface VectorLoop {
  readonly stmt: For;
  readonly span: Span;
  readonly summary: Summary;
  readonly kills: ReadonlySet<Dependency>;
  readonly frame: Frame;
  readonly moving: Moving;
}
