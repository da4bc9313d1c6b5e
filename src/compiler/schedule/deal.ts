import type { Algebra } from '../../algebra/algebra.ts';
import { bodiesOf, mapStatements } from '../../algebra/statements.ts';
import { type Axis, type Expr, indexOf, plus } from '../../ir/expr.ts';
import type { Stmt } from '../../ir/loops.ts';
import type { Target } from '../plan.ts';

type For = Stmt & { op: 'for' };

// How work is dealt out to threads is said here once: machine code is written by it, plans are checked by it, and the kernels
// of a device state their parts in the same words.

/** Of `total` things those that a thread has, [from, to): all threads together have each of them once. */
export const partOf = (total: number, thread: number, threads: number): readonly [from: number, to: number] => [
  Math.floor((thread * total) / threads),
  Math.floor(((thread + 1) * total) / threads),
];

/** Of a copy's bytes those that a thread copies, [from, to): whole lines of 64, what is left over to the last thread. */
export function bytesOfCopy(bytes: number, thread: number, threads: number): readonly [from: number, to: number] {
  const [from, to] = partOf(bytes >> 6, thread, threads);
  return [64 * from, thread === threads - 1 ? bytes : 64 * to];
}

/** Units in which the turns of a dealt loop are given out. */
export const unitsOf = ({ axis, share = 1 }: For): number => Math.ceil(axis.size / share);

/** Turns that a thread has of a dealt loop, [from, to). */
export function turnsOf(loop: For, thread: number, threads: number): readonly [from: number, to: number] {
  const { axis, share = 1 } = loop;
  const [from, to] = partOf(unitsOf(loop), thread, threads);
  // The last unit may be cut short.
  return [Math.min(axis.size, from * share), Math.min(axis.size, to * share)];
}

/**
 * Marks in each nest of parallel loops the one that is dealt out: of loops right inside of each other the one that so many
 * threads share most evenly; of equals, the outermost. Each thread runs the loops around it in full.
 */
export function deal(
  list: readonly Stmt[],
  { workers, leastWork }: Pick<Target, 'workers' | 'leastWork'>,
): readonly Stmt[] {
  return list.map((s) => {
    if (s.op !== 'for' || s.mode !== 'parallel') return s;
    let best: { loop: For; share: number } | undefined;
    let least = Infinity;
    for (let loop: For | undefined = s; loop; loop = innerParallel(loop)) {
      // Vectors are not torn apart, and threads do not write to one cache line.
      const share = loop.body.some(hasLoops) ? 1 : leastWork === 0 ? 4 : 16;
      const units = Math.ceil(loop.axis.size / share);
      const unevenness = (Math.ceil(units / workers) * workers) / units;
      if (unevenness < least - 0.02) [best, least] = [{ loop, share }, unevenness];
    }
    return marked(s, best!.loop, best!.share);
  });
}

const hasLoops = (s: Stmt): boolean => s.op === 'for' || bodiesOf(s).some((body) => body.some(hasLoops));

function innerParallel(loop: For): For | undefined {
  const [only, ...others] = loop.body;
  return others.length === 0 && only?.op === 'for' && only.mode === 'parallel' ? only : undefined;
}

function marked(s: For, loop: For, share: number): For {
  return s === loop ? { ...s, share } : { ...s, body: [marked(innerParallel(s)!, loop, share)] };
}

/** The dealt loop of a nest, if there is one: what stands around it every thread runs. */
export function dealtLoop(s: Stmt): For | undefined {
  if (s.op !== 'for') return undefined;
  if (s.share !== undefined) return s;
  // Beside it may stand what each thread computes for itself.
  const inner = s.mode === 'parallel' ? s.body.filter((x) => x.op !== 'set') : [];
  return inner.length === 1 ? dealtLoop(inner[0]) : undefined;
}

/** What a thread runs of a nest. */
export function nestOf(s: Stmt, thread: number, threads: number, algebra: Algebra): Stmt {
  const loop = dealtLoop(s)!;
  const [from, to] = turnsOf(loop, thread, threads);
  const axis: Axis = { name: loop.axis.name, size: to - from };
  const moved = new Map<Axis, Expr>([[loop.axis, algebra.simplify(plus(indexOf(axis), from))]]);
  const body = mapStatements(loop.body, (e) => algebra.substitute(e, moved));
  const replaced = (x: Stmt): Stmt =>
    x === loop ? { ...loop, axis, body } : x.op === 'for' ? { ...x, body: x.body.map(replaced) } : x;
  return replaced(s);
}
