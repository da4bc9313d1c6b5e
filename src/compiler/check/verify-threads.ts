import type { Algebra } from '../../algebra/algebra.ts';
import { loadsOf } from '../../algebra/cost.ts';
import type { Linear } from '../../algebra/linear.ts';
import { anyInt, type Range } from '../../algebra/ranges.ts';
import { bodiesOf, expressionsOf } from '../../algebra/statements.ts';
import { dtypeInfo } from '../../base/dtype.ts';
import { type Axis, type Expr, type Local, load, type Region } from '../../ir/expr.ts';
import type { Stmt } from '../../ir/loops.ts';
import { bytesOf } from '../memory/homes.ts';
import type { ArrayIndex, ContractionStep, LoopStep, Plan } from '../plan.ts';
import { dealtLoop } from '../schedule/deal.ts';
import { type Bounds, equalWhere } from './apart.ts';

/** A stretch of bytes of the arena, an input or an output. */
export interface Bytes {
  readonly where: string;
  readonly from: number;
  readonly to: number;
}
export const meet = (a: Bytes, b: Bytes): boolean => a.where === b.where && a.from < b.to && b.from < a.to;

/** The bytes of a region; undefined for constants, which nobody writes. */
export function bytesIn(plan: Plan, region: Region): Bytes | undefined {
  const home = plan.homes.get(region)!;
  const size = bytesOf(region);
  if (home.kind === 'arena') return { where: 'arena', from: home.offset, to: home.offset + size };
  return home.kind === 'constant' ? undefined : { where: `${home.kind} ${home.index}`, from: 0, to: size };
}

/** A load or a store of a step: at which position of a region, and in which of the nests that are dealt out. */
interface Access {
  readonly region: Region;
  readonly position: Linear;
  readonly nest: number;
  readonly bounds: Bounds;
}
interface Accesses {
  readonly loads: Access[];
  readonly stores: Access[];
  /** For each nest, the expressions that identify a turn: where all are equal, it is the same turn. */
  readonly turns: readonly (readonly Expr[])[];
}

/**
 * What two threads sharing a step may both touch, with one of them writing: undefined if no byte is written in one turn
 * of a dealt loop and touched in another. Each thread is assumed to have one turn, the worst case.
 */
export function clashIn(step: LoopStep | ContractionStep, plan: Plan, algebra: Algebra): string | undefined {
  const found = step.kind === 'loops' ? accessesOfLoops(step, algebra) : accessesOfContraction(step, algebra);
  if (typeof found === 'string') return found;
  const written = new Set(found.stores.map((s) => s.region));
  const isShared = (x: Expr): boolean => isFixed(x, written, algebra);
  for (const store of found.stores)
    for (const other of [...found.stores, ...found.loads]) {
      const [a, b] = [bytesIn(plan, store.region), bytesIn(plan, other.region)];
      if (!a || !b || !meet(a, b)) continue;
      const name = `"${store.region.name}"${other.region === store.region ? '' : ` and "${other.region.name}"`}`;
      const [size, same] = [dtypeInfo[store.region.dtype].bytes, dtypeInfo[other.region.dtype].bytes];
      if (size !== same || a.from !== b.from) return `${name} lie across each other`;
      const equal = equalWhere(store.position, other.position, isShared, algebra, [store.bounds, other.bounds]);
      if (equal === 'never') continue;
      const turns = found.turns[store.nest];
      // A loop of one turn, whose index is the number 0, is one thread's alone.
      if (store.nest !== other.nest || !turns.every((x) => x.op === 'const' || equal.has(x)))
        return `two threads may touch one element of ${name}`;
    }
  return undefined;
}

/** Whether an expression has one value in all turns. */
function isFixed(e: Expr, written: ReadonlySet<Region>, algebra: Algebra): boolean {
  return [...algebra.dependsOn(e)].every((d) => 'dtype' in d && !written.has(d));
}

function accessesOfLoops({ body, indices }: LoopStep, algebra: Algebra): Accesses | string {
  const [loads, stores, turns]: [Access[], Access[], Expr[][]] = [[], [], []];
  for (const [nest, s] of body.entries()) {
    const dealt = dealtLoop(s);
    if (!dealt) return 'every thread runs a statement that is not dealt out';
    turns.push([algebra.simplify({ op: 'index', type: 'i32', axis: dealt.axis })]);
    const known = definitions(s, algebra);
    const visit = (list: readonly Stmt[], within: Bounds): void => {
      const access = (region: Region, position: Expr): Access => {
        const bounds = new Map([...within, ...boundsOf(indices?.get(position), known, algebra)]);
        return { region, position: algebra.form(known(position)), nest, bounds };
      };
      for (const inner of list) {
        for (const e of expressionsOf(inner)) for (const x of loadsOf(e)) loads.push(access(x.from, x.index[0]));
        if (inner.op === 'store') stores.push(access(inner.to, inner.index[0]));
        if (inner.op === 'if') {
          visit(inner.then, whereHolds(inner.condition, true, within, algebra));
          visit(inner.otherwise, whereHolds(inner.condition, false, within, algebra));
        } else for (const body of bodiesOf(inner)) visit(body, within);
      }
    };
    visit([s], new Map());
  }
  return { loads, stores, turns };
}

/** Bounds of data-dependent terms that follow from an index being inside its array. */
function boundsOf(at: ArrayIndex | undefined, known: (e: Expr) => Expr, algebra: Algebra): Bounds {
  const bounds = new Map<Expr, Range>();
  at?.index.forEach((e, d) => {
    const { constant, terms } = algebra.form(known(e));
    const isOpen = (x: Expr): boolean => algebra.ranges.of(x)[0] === anyInt[0] || algebra.ranges.of(x)[1] === anyInt[1];
    const open = [...terms].filter(([x]) => isOpen(x));
    const [only] = open;
    if (open.length !== 1 || only[1] !== 1) return;
    let [low, high] = [constant, constant];
    for (const [x, c] of terms)
      if (x !== only[0]) {
        const ends = algebra.ranges.of(x).map((end) => c * end);
        low += Math.min(...ends);
        high += Math.max(...ends);
      }
    bounds.set(only[0], [-high, at.shape[d] - 1 - low]);
  });
  return bounds;
}

/** Bounds in an arm of `if i < n`, which separates whole pieces from the remainder. */
function whereHolds(condition: Expr, holds: boolean, within: Bounds, algebra: Algebra): Bounds {
  if (condition.op !== 'apply' || condition.f !== 'lt') return within;
  const [i, n] = condition.args.map((x) => algebra.simplify(x)) as [Expr, Expr];
  if (i.op !== 'index' || n.op !== 'const') return within;
  const [low, high] = within.get(i) ?? algebra.ranges.of(i);
  return new Map(within).set(i, holds ? [low, Math.min(high, n.value - 1)] : [Math.max(low, n.value), high]);
}

/** Replaces locals that are set only once, and are therefore just names, by their values. */
function definitions(s: Stmt, algebra: Algebra): (e: Expr) => Expr {
  const values = new Map<Local, Expr | undefined>();
  const visit = (list: readonly Stmt[]): void => {
    for (const x of list) {
      if (x.op === 'set') values.set(x.local, values.has(x.local) || x.local.type !== 'i32' ? undefined : x.value);
      else if (x.op === 'accumulate') values.set(x.local, undefined);
      for (const body of bodiesOf(x)) visit(body);
    }
  };
  visit([s]);
  const named = new Map<Axis | Local | Expr, Expr>();
  const known = (e: Expr): Expr => algebra.substitute(algebra.simplify(e), named);
  // A local is set before those that are defined in terms of it.
  for (const [local, value] of values) if (value) named.set(local, known(value));
  return known;
}

/** The thread that computes an output also runs its tail; all threads read the operands. */
function accessesOfContraction(step: ContractionStep, algebra: Algebra): Accesses | string {
  const turns = [
    step.axes.filter(({ size }) => size > 1).map((axis) => algebra.simplify({ op: 'index', type: 'i32', axis })),
  ];
  const access = (region: Region, position: Expr): Access => ({
    region,
    position: algebra.form(algebra.simplify(position)),
    nest: 0,
    bounds: new Map(),
  });
  const stores = step.stores.map((s) => access(s.to, s.index[0]));
  const loads = step.stores.flatMap((s) => loadsOf(s.value).map((x) => access(x.from, x.index[0])));
  // An operand may be read anywhere, so nothing is assumed about the position.
  const anywhere = (region: Region): Access =>
    access(region, load({ name: 'anywhere', shape: [1], dtype: 'int32' }, [0]));
  return { stores, loads: [...loads, ...step.operands.map(anywhere)], turns };
}
