import { Algebra } from '../../algebra/algebra.ts';
import { fail } from '../../base/errors.ts';
import { dealtLoop, unitsOf } from '../../compiler/schedule/deal.ts';
import { type Axis, axis, type Local, type Region } from '../../ir/expr.ts';
import type { Stmt } from '../../ir/loops.ts';
import { type ElementaryFunction } from '../functions/index.ts';
import { Lowering } from '../lowering.ts';
import { Builder } from './builder.ts';
import { Frame, Lanes } from './frames.ts';
import {
  applied,
  int,
  type LinearCode,
  type LinearFunction,
  type LinearTarget,
  type Register,
  register,
  type Value,
} from './ir.ts';
import { type Span, Statements } from './statements.ts';
import { summarize } from './summary.ts';
import { tidied } from './tidy.ts';
import { Values } from './values.ts';

/**
 * Generates register code from lowered statements for the target's vectors. The parameters are the addresses of the
 * regions. With `isDealt`, each worker runs its part of the dealt loops; otherwise one worker runs everything.
 */
export function linearKernel(
  statements: readonly Stmt[],
  regions: readonly Region[],
  {
    lowering,
    target,
    isDealt,
  }: { readonly lowering: Lowering; readonly target: LinearTarget; readonly isDealt: boolean },
): LinearCode {
  const params = regions.map(() => register('address'));
  const builder = new Builder();
  const body = builder.block(() => {
    const bases = new Map(regions.map((region, i) => [region, params[i]]));
    const values = new Values(target, builder, lowering, bases, new Frame(undefined, new Set()));
    const summary = summarize(statements, values.places);
    values.frame.uses = summary.uses;
    for (const local of [...summary.assigned, ...summary.accumulated.keys()]) values.variable(local);
    const spans = isDealt ? dealt(statements, builder) : new Map<Stmt, Span>();
    new Statements(values, spans).list(statements);
  });
  return { params, ...tidied(body) };
}

/** This worker's part of each dealt loop. */
function dealt(body: readonly Stmt[], builder: Builder): Map<Stmt, Span> {
  const spans = new Map<Stmt, Span>();
  for (const stmt of body) {
    const loop = dealtLoop(stmt);
    if (!loop)
      return fail('codegen', 'a kernel for all threads has a statement that none has a part of', 'mark it serial');
    const { axis, share = 1 } = loop;
    const [from, to] = [register('i32'), register('i32')];
    builder.add({ op: 'part', units: unitsOf(loop), from, to });
    const turns = (unit: Value): Value => (share === 1 ? unit : builder.let(applied('mul', 'i32', [unit, int(share)])));
    const [first, last] = [turns(from), turns(to)];
    // The last unit may be cut short.
    const isWhole = axis.size % share === 0;
    const end = isWhole ? last : builder.let(applied('min', 'i32', [last, int(axis.size)]));
    spans.set(loop, { from: first, to: end });
  }
  return spans;
}

/** What the enclosing code provides to a piece of a kernel. */
export interface Surroundings {
  /** Axes of enclosing loops, with their counters. */
  readonly counters: ReadonlyMap<Axis, Value>;
  /** Addresses of the regions. */
  readonly bases: ReadonlyMap<Region, Register>;
  /** A local set outside, to a scalar or, along the vector axis, to a vector. */
  readonly local: Local;
  readonly value: Register;
  /** The vector axis: its counter is that of the first lane. */
  readonly lanes: Axis | undefined;
}

/** Lowered statements in the middle of other code. */
export function linearPiece(
  statements: readonly Stmt[],
  { counters, bases, local, value, lanes: along }: Surroundings,
  lowering: Lowering,
  target: LinearTarget,
): LinearCode['body'] {
  const builder = new Builder();
  const body = builder.block(() => {
    const lanes = along && new Lanes(along, 1, lowering.algebra);
    lanes?.variables.set(local, [value]);
    const frame = new Frame(undefined, new Set(along ? [along, local] : [local]), lanes);
    for (const [axis, counter] of counters) frame.counters.set(axis, counter);
    const values = new Values(target, builder, lowering, bases, frame);
    if (!lanes) values.bind(local, value);
    frame.uses = summarize(statements, values.places).uses;
    new Statements(values).list(statements);
  });
  return tidied(body).body;
}

/** An elementary function of vectors. */
export function linearFunction({ parameters, body, uses }: ElementaryFunction, target: LinearTarget): LinearFunction {
  const params = parameters.map(({ type }) => register(type, target.lanes));
  const lowering = new Lowering(new Algebra());
  const lanes = new Lanes(axis(target.lanes, 'lane'), 1, lowering.algebra);
  parameters.forEach((p, k) => lanes.variables.set(p, [params[k]]));
  const frame = new Frame(undefined, new Set(parameters), lanes);
  frame.uses = uses;
  const builder = new Builder();
  const values = new Values(target, builder, lowering, new Map(), frame);
  let result: Value | undefined;
  const list = builder.block(() => {
    result = values.vector(body, 0);
  });
  const tidy = tidied(list, result);
  return { params, body: tidy.body, result: tidy.result! };
}
