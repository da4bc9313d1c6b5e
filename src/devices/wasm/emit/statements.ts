import type { Dependency } from '../../../algebra/algebra.ts';
import { identityOf } from '../../../algebra/fold.ts';
import { type Summary, summarize } from '../../../codegen/summary.ts';
import type { Axis, Combine, Expr, Local, Region, ScalarType } from '../../../ir/expr.ts';
import { readLocal } from '../../../ir/expr.ts';
import type { Stmt } from '../../../ir/loops.ts';
import { type Operand, op, shuffle32, type Local as Variable } from '../encoder/index.ts';
import { features } from '../features.ts';
import { Frame, Lanes } from './frames.ts';
import { extract, laneOperation } from './lane-operations.ts';
import { addressOf, type LanePlace, loadLanes, loadScalar, storeLanes, storeScalar } from './memory.ts';
import { scalarOperation } from './scalar-operations.ts';
import { hold } from './target.ts';
import type { Values } from './values.ts';
import { bestCopies, canVectorize } from './vectorize.ts';

/** The part of an axis that a thread runs. */
export interface Span {
  readonly from: Operand;
  readonly to: Operand;
}

/** Whether the turns of a loop are counted already. */
const isKnown = ({ from, to }: Span): boolean => typeof from === 'number' && typeof to === 'number';

interface Turns {
  readonly to: Operand;
  readonly step: number;
  readonly certain: boolean;
}

type For = Stmt & { op: 'for' };

/** Writes the statements of a kernel. */
export class Statements {
  private readonly values: Values;
  /** Loops of which this thread runs a part. */
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
    const { f } = values;
    switch (stmt.op) {
      case 'for':
        this.loop(stmt, this.spans.get(stmt) ?? { from: 0, to: stmt.axis.size });
        break;
      case 'while':
        this.while(stmt);
        break;
      case 'if': {
        const condition = values.scalar(stmt.condition);
        const arm = (body: readonly Stmt[]) => () => {
          if (body.length > 0) this.nested(body);
        };
        f.if(condition, arm(stmt.then), stmt.otherwise.length > 0 ? arm(stmt.otherwise) : undefined);
        values.frame.forget(new Set<Dependency>(this.summary([stmt]).kills), values.lowering.algebra);
        break;
      }
      case 'set': {
        const vectors = values.frame.lanes?.variables.get(stmt.local);
        if (vectors) vectors.forEach((v, copy) => f.set(v, values.vector(stmt.value, copy)));
        else f.set(values.variable(stmt.local), values.scalar(stmt.value));
        values.frame.forget(new Set([stmt.local]), values.lowering.algebra);
        break;
      }
      case 'accumulate': {
        const vectors = values.frame.lanes?.variables.get(stmt.local);
        if (vectors)
          vectors.forEach((v, copy) => f.set(v, this.accumulated(stmt.combine, stmt.local, v, stmt.value, copy)));
        else {
          const variable = values.variable(stmt.local);
          const merge = this.merge(stmt.combine, stmt.local.type);
          f.set(variable, scalarOperation(values.target, merge, [variable, values.scalar(stmt.value)]));
        }
        values.frame.forget(new Set([stmt.local]), values.lowering.algebra);
        break;
      }
      case 'store':
        this.store(stmt);
        values.frame.forget(new Set([stmt.to]), values.lowering.algebra);
    }
  }

  private merge(combine: Combine, type: ScalarType): Expr & { op: 'apply' } {
    const operand = readLocal({ name: combine, type });
    return { op: 'apply', type, f: combine, args: [operand, operand] };
  }

  private accumulated(combine: Combine, local: Local, into: Variable, value: Expr, copy: number): Operand {
    const { values } = this;
    const unordered = values.frame.lanes!.unordered.get(local)?.[copy];
    if (unordered) {
      const x = hold(values.f, values.vector(value, copy), 'v128');
      values.f.set(unordered, op('v128.or', unordered, op('f32x4.ne', x, x)));
      return op(combine === 'max' ? 'f32x4.pmax' : 'f32x4.pmin', into, x);
    }
    const isProduct = combine === 'add' && value.op === 'apply' && value.f === 'mul' && value.type === 'f32';
    if (isProduct && features().fused && (values.frame.uses.get(value) ?? 0) === 1) {
      const [a, b] = value.args.map((x) => values.vector(x, copy)) as [Operand, Operand];
      return op('f32x4.relaxed_madd', a, b, into);
    }
    return laneOperation(values.target, this.merge(combine, local.type), [into, values.vector(value, copy)]);
  }

  private store({ to, index, value, combine }: Stmt & { op: 'store' }): void {
    const { values } = this;
    const { f, target } = values;
    const { lanes } = values.frame;
    const place = values.places.of(to, index);
    const merge = combine && this.merge(combine, value.type);
    if (!lanes) {
      const { pointer, offset } = values.scalarPlace(place);
      const address = merge ? f.let('i32', pointer) : pointer;
      const operand = values.scalar(value);
      const result = merge ? scalarOperation(target, merge, [loadScalar(to.dtype, address, offset), operand]) : operand;
      storeScalar(f, to.dtype, address, result, offset);
      return;
    }
    // All copies are computed before the first is stored: they have loads in common.
    const operands = Array.from({ length: lanes.copies }, (_, copy) => {
      const operand = values.vector(value, copy);
      return lanes.copies > 1 ? f.let('v128', operand) : operand;
    });
    operands.forEach((operand, copy) => {
      const at = values.lanePlace(place, copy);
      if (!merge) storeLanes(f, to.dtype, at, operand);
      else if (at.kind === 'strided' && at.step === place.bytes) {
        const held = { ...at, pointer: f.let('i32', at.pointer) };
        storeLanes(f, to.dtype, held, laneOperation(target, merge, [loadLanes(f, to.dtype, held), operand]));
      } else this.mergeOneByOne(merge, to, at, f.let('v128', operand));
    });
  }

  /** Lanes may meet in one element: one after the other. */
  private mergeOneByOne(merge: Expr & { op: 'apply' }, to: Region, at: LanePlace, vector: Variable): void {
    const { f, target } = this.values;
    const pointer = f.let('i32', at.pointer);
    for (let i = 0; i < 4; i++) {
      const address = f.let('i32', addressOf(at, pointer, i));
      const old = loadScalar(to.dtype, address, at.offset);
      storeScalar(
        f,
        to.dtype,
        address,
        scalarOperation(target, merge, [old, extract(vector, merge.type, i)]),
        at.offset,
      );
    }
  }

  private summary(body: readonly Stmt[]): Summary {
    return summarize(body, this.values.places);
  }

  /** A body in a frame of its own. */
  private within(frame: Frame, body: () => void): void {
    const { values } = this;
    const outer = values.frame;
    values.frame = frame;
    values.f.scope(body);
    values.frame = outer;
  }

  private nested(body: readonly Stmt[]): void {
    const summary = this.summary(body);
    const frame = new Frame(this.values.frame, summary.kills);
    frame.uses = summary.uses;
    this.within(frame, () => this.list(body));
  }

  private while({ condition, body }: Stmt & { op: 'while' }): void {
    const { values } = this;
    const { f } = values;
    const whole = this.summary([{ op: 'while', condition, body }]);
    values.frame.forget(whole.kills, values.lowering.algebra);
    const frame = new Frame(values.frame, whole.kills);
    frame.uses = whole.uses;
    f.block((done) => {
      f.loop((again) => {
        this.within(frame, () => {
          f.brIf(done, op('i32.eqz', values.scalar(condition)));
          this.list(body);
        });
        frame.forget(whole.kills, values.lowering.algebra);
        f.br(again);
      });
    });
  }

  private loop(stmt: For, span: Span): void {
    const { values } = this;
    const summary = this.summary(stmt.body);
    const kills = new Set<Dependency>([...summary.kills, stmt.axis]);
    values.frame.forget(kills, values.lowering.algebra);
    const wanted = stmt.mode === 'vector' || (stmt.mode === 'parallel' && summary.axes.size === 0);
    if (wanted && !values.frame.lanes && stmt.axis.size >= 4 && canVectorize(stmt.axis, summary, values))
      this.vectorLoop(stmt, span, summary, kills);
    else {
      const frame = new Frame(values.frame, kills);
      // What is kept before the loop belongs to the frame around it, and so must its locals.
      const moving = this.enter(stmt, span, summary, frame);
      const turns = { to: span.to, step: 1, certain: isKnown(span) };
      values.f.scope(() => this.turns(stmt, moving, turns, frame));
    }
  }

  /** Computes, before a loop begins, what does not change in it, and sets up its counter and its pointers. */
  private enter({ axis }: For, { from }: Span, summary: Summary, frame: Frame): Moving {
    const { values } = this;
    const { f } = values;
    frame.uses = summary.uses;
    this.hoist(summary, frame);
    const counter = f.let('i32', from);
    frame.counters.set(axis, counter);
    const pointers: (readonly [Variable, number])[] = [];
    for (const place of summary.places) {
      // An address that only some turns need is not worth a trap.
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

  /** Runs the body until the counter reaches `to`; `certain`: there is a turn at least. */
  private turns({ body }: For, { counter, pointers }: Moving, { to, step, certain }: Turns, frame: Frame): void {
    const { f } = this.values;
    const all = (): void =>
      f.loop((again) => {
        this.within(frame, () => this.list(body));
        for (const [pointer, bytes] of pointers) f.increment(pointer, bytes * step);
        f.tee(counter, op('i32.add', counter, step));
        f.push(to);
        f.op('i32.lt_s');
        f.brIf(again);
      });
    if (certain) all();
    else f.if(op('i32.lt_s', counter, to), all);
  }

  /** Four lanes times a few copies at a time, then four, then one by one. */
  private vectorLoop(stmt: For, span: Span, summary: Summary, kills: ReadonlySet<Dependency>): void {
    const { values } = this;
    const { f } = values;
    const { axis } = stmt;
    const copies = bestCopies(axis, summary, values);
    const to = typeof span.to === 'number' ? span.to : f.let('i32', span.to);
    const widest = this.lanesFrame(axis, copies, summary, kills);
    const moving = this.enter(stmt, span, summary, widest);
    f.scope(() => {
      const variables = widest.lanes!.variables;
      const sums = [...variables].filter(([local]) => !summary.assigned.has(local));
      for (const [local, vectors] of sums) {
        const start = values.lowering.algebra.constant(
          identityOf(summary.accumulated.get(local) as Combine, local.type),
          local.type,
        );
        for (const v of vectors) f.set(v, values.splatOf(start));
        for (const v of widest.lanes!.unordered.get(local) ?? []) f.set(v, 0, 'i32x4');
      }
      const end = (width: number): Operand => {
        if (typeof to === 'number' && typeof span.from === 'number') return to - ((to - span.from) % width);
        return op('i32.sub', to, op('i32.and', op('i32.sub', to, span.from), width - 1));
      };
      const hasTurns = (width: number, before: number): boolean => {
        if (typeof to !== 'number' || typeof span.from !== 'number') return true;
        const count = to - span.from;
        return (before ? count % before : count) >= width;
      };
      if (copies > 1) {
        if (hasTurns(4 * copies, 0)) {
          const limit = end(4 * copies);
          const bound = typeof limit === 'number' ? limit : f.let('i32', limit);
          this.turns(stmt, moving, { to: bound, step: 4 * copies, certain: isKnown(span) }, widest);
        }
        for (const masks of widest.lanes!.unordered.values())
          for (const mask of masks.slice(1)) f.set(masks[0]!, op('v128.or', masks[0]!, mask));
        for (const [local, vectors] of sums)
          for (const v of vectors.slice(1)) {
            const merge = this.merge(summary.accumulated.get(local) as Combine, local.type);
            f.set(vectors[0]!, laneOperation(values.target, merge, [vectors[0]!, v]));
          }
      }
      if (hasTurns(4, copies > 1 ? 4 * copies : 0)) {
        const single = copies === 1 ? widest : this.narrower(axis, widest, kills);
        const limit = end(4);
        const bound = typeof limit === 'number' ? limit : f.let('i32', limit);
        this.turns(stmt, moving, { to: bound, step: 4, certain: isKnown(span) }, single);
      }
      // A mask of all ones is a NaN.
      for (const [local, [mask]] of widest.lanes!.unordered) {
        const [vector] = variables.get(local)!;
        f.set(vector!, op('v128.or', vector!, mask!));
      }
      for (const [local, vectors] of sums) this.finish(local, summary.accumulated.get(local) as Combine, vectors[0]!);
      if (hasTurns(1, 4)) {
        const scalar = new Frame(values.frame, kills);
        scalar.uses = summary.uses;
        for (const [key, pointer] of widest.pointers) scalar.pointers.set(key, pointer);
        scalar.counters.set(axis, moving.counter);
        this.turns(stmt, moving, { to, step: 1, certain: isKnown(span) }, scalar);
      }
    });
  }

  private lanesFrame(axis: Axis, copies: number, summary: Summary, kills: ReadonlySet<Dependency>): Frame {
    const { f, lowering } = this.values;
    const lanes = new Lanes(axis, copies, lowering.algebra);
    for (const local of new Set([...summary.assigned, ...summary.accumulated.keys()]))
      lanes.variables.set(
        local,
        Array.from({ length: copies }, () => f.local('v128')),
      );
    for (const [local, combine] of summary.accumulated)
      if (!summary.assigned.has(local) && local.type === 'f32' && (combine === 'max' || combine === 'min'))
        lanes.unordered.set(
          local,
          Array.from({ length: copies }, () => f.local('v128')),
        );
    return new Frame(this.values.frame, kills, lanes);
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

  /** Combines the lanes of an accumulator, and the result with the scalar that it stands for. */
  private finish(local: Local, combine: Combine, vector: Variable): void {
    const { values } = this;
    const { f } = values;
    const merge = this.merge(combine, local.type);
    for (const order of [
      [2, 3, 0, 1],
      [1, 0, 3, 2],
    ] as const)
      f.set(
        vector,
        laneOperation(values.target, merge, [
          vector,
          shuffle32(vector, vector, order as [number, number, number, number]),
        ]),
      );
    const variable = values.variable(local);
    f.set(variable, scalarOperation(values.target, merge, [variable, extract(vector, local.type, 0)]));
  }
}

/** The counter of a loop and the pointers that move with it, by bytes an iteration. */
interface Moving {
  readonly counter: Variable;
  readonly pointers: readonly (readonly [Variable, number])[];
}
