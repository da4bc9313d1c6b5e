import { Algebra, partsOf } from '../../algebra/algebra.ts';
import { loadsOf } from '../../algebra/cost.ts';
import { anyInt } from '../../algebra/ranges.ts';
import { bodiesOf, expressionsOf } from '../../algebra/statements.ts';
import { HornbeamError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { type Axis, type Expr, indexOf, type Region } from '../../ir/expr.ts';
import type { Stmt } from '../../ir/loops.ts';
import { innerSteps, touchedBy } from '../memory/barriers.ts';
import { bytesOf } from '../memory/homes.ts';
import type { Home, Plan, Step } from '../plan.ts';
import { fewerTurns } from '../schedule/guard.ts';
import { verifyBarriers } from './verify-barriers.ts';

/**
 * Verifies a plan: everything is written before it is read, arrays alive at the same time share no bytes, and positions
 * are in bounds.
 */
export function verifyPlan(plan: Plan): void {
  const wrong = (problem: string): never => {
    throw new HornbeamError(`Plan "${plan.name}" is malformed: ${problem}`);
  };
  verifyBounds(plan.steps, wrong);
  if (plan.dealing === 'shares') verifyBarriers(plan, wrong);
  /** Which home's value each byte of the arena holds; regions that share bytes share a home. */
  const owners = new Map<number, { readonly home: Home; readonly end: number }>();
  const holds = (region: Region): boolean => {
    const home = plan.homes.get(region) ?? wrong(`"${region.name}" has no home`);
    return home.kind !== 'arena' || owners.get(home.offset)?.home === home;
  };
  const take = (region: Region): void => {
    const home = plan.homes.get(region) ?? wrong(`"${region.name}" has no home`);
    if (home.kind !== 'arena') return;
    const end = home.offset + bytesOf(region);
    if (end > plan.scratch[0]) wrong(`"${region.name}" lies outside the arena`);
    for (const [offset, owner] of owners) if (offset < end && home.offset < owner.end) owners.delete(offset);
    owners.set(home.offset, { home, end });
  };
  const visit = (step: Step): void => {
    const inner = innerSteps(step);
    // A second round finds what the first one left.
    const rounds = step.kind === 'switch' ? 1 : 2;
    for (let round = 0; round < rounds; round++) {
      // The counter is written at the start of each round: what the last one put in its place is no longer needed.
      if (step.kind === 'repeat') take(step.counter);
      for (const [k, list] of inner.entries()) {
        list.forEach(visit);
        // The body may have the test's bytes: the next round computes it again.
        if (step.kind === 'while' && k === 0 && !holds(step.test))
          wrong(`"${step.test.name}" is tested where its bytes are not its own`);
      }
    }
    if (inner.length > 0) return;
    const { reads, writes } = touchedBy(step);
    const written = new Set(writes);
    for (const r of reads)
      if (!written.has(r) && !holds(r)) wrong(`"${r.name}" is read where its bytes are not its own`);
    for (const r of writes) take(r);
    for (const r of writes) if (!holds(r)) wrong(`"${r.name}" shares bytes with what the same step writes`);
  };
  plan.steps.forEach(visit);
  for (const r of plan.outputs) if (!holds(r)) wrong(`output "${r.name}" is overwritten`);
}

/** Whether an expression depends on numbers known only at run time: its bounds are then merely those of its type. */
function dependsOnData(e: Expr, algebra: Algebra): boolean {
  if (e.op === 'local' || e.op === 'load') return algebra.ranges.of(e) === anyInt;
  return partsOf(e).some((x) => dependsOnData(x, algebra));
}

type Turns = ReadonlyMap<Axis, Expr>;

/**
 * Calls `f` for each statement, with the loop indices that a condition restricts to some turns. Statements in loops of
 * no turns are skipped: their positions need not exist.
 */
function eachReached(list: readonly Stmt[], f: (s: Stmt, turns: Turns) => void, turns: Turns = new Map()): void {
  for (const s of list) {
    f(s, turns);
    const some = s.op === 'if' ? fewerTurns(s.condition) : undefined;
    if (some && s.op === 'if') {
      eachReached(s.then, f, new Map(turns).set(some.whole, indexOf(some.some)));
      eachReached(s.otherwise, f, turns);
    } else if (s.op !== 'for' || s.axis.size > 0) for (const body of bodiesOf(s)) eachReached(body, f, turns);
  }
}

/** No position may be provably outside its region; nothing is known of those that depend on data. */
function verifyBounds(steps: readonly Step[], wrong: (problem: string) => never): void {
  const algebra = new Algebra();
  const check = (region: Region, given: Expr, turns: Turns = new Map()): void => {
    const position = algebra.substitute(given, turns);
    const [low, high] = algebra.ranges.of(position);
    if (low >= 0 && high < Math.max(1, sizeOf(region.shape))) return;
    if (!dependsOnData(position, algebra))
      wrong(`positions ${low} … ${high} of "${region.name}", which has ${sizeOf(region.shape)} elements`);
  };
  for (const step of steps) {
    for (const inner of innerSteps(step)) verifyBounds(inner, wrong);
    if (step.kind === 'loops')
      eachReached(step.body, (s, turns) => {
        for (const e of expressionsOf(s)) for (const x of loadsOf(e)) check(x.from, x.index[0], turns);
        if (s.op === 'store') check(s.to, s.index[0], turns);
      });
    else if (step.kind === 'contraction')
      for (const s of step.stores) {
        check(s.to, s.index[0]);
        for (const x of loadsOf(s.value)) check(x.from, x.index[0]);
      }
  }
}
