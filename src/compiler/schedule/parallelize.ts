import type { Algebra } from '../../algebra/algebra.ts';
import { costOf, loadsOf } from '../../algebra/cost.ts';
import { bodiesOf, expressionsOf, mapStatements } from '../../algebra/statements.ts';
import { type Axis, type Expr, indexOf, int, plus, times } from '../../ir/expr.ts';
import { loop, type Stmt, when } from '../../ir/loops.ts';
import type { Target } from '../plan.ts';
import { deal } from './deal.ts';

type For = Stmt & { op: 'for' };

/** Below this much work, in additions and loads, waking the other threads costs more than they save. */
const worthThreads = 40_000;
/** Whether this much work should be shared among threads. */
export const isShared = (work: number, { workers, leastWork = worthThreads }: Shares): boolean =>
  workers > 1 && work >= leastWork;
export type Shares = Pick<Target, 'workers' | 'leastWork'>;
/** Threads take multiples of this many elements at a time from a flat loop, and from a loop that contains loops. */
const [flatGrain, deepGrain] = [64, 16];

/** Arithmetic operations in a list of statements. */
export const flopsOf = (list: readonly Stmt[]): number => Math.round(sumOf(list, 0));

/** What a list of statements costs, in additions and loads. */
export const workOf = (list: readonly Stmt[]): number => sumOf(list, 1);

function sumOf(list: readonly Stmt[], load: number): number {
  let sum = 0;
  for (const s of list) {
    for (const e of expressionsOf(s)) sum += costOf(e) + loadsOf(e).length * load;
    if (s.op === 'accumulate') sum += 1;
    if (s.op === 'store') sum += load;
    for (const body of bodiesOf(s)) sum += sumOf(body, load) * (s.op === 'for' ? s.axis.size : 1);
  }
  return sum;
}

/**
 * Deals the outer loops out to threads if there is enough work; `serial` says that there is not, or that a loop cannot
 * be dealt out, so that every thread would run it in full. The loops are those of a kernel, whose turns are
 * independent.
 */
export function parallelize(
  list: readonly Stmt[],
  target: Shares,
  algebra: Algebra,
): { readonly body: readonly Stmt[]; readonly serial: boolean } {
  const whole = { body: list, serial: true };
  if (!isShared(workOf(list), target)) return whole;
  const body: Stmt[] = [];
  for (const s of list) {
    const part = s.op === 'for' ? shared(s, 4 * target.workers, target.leastWork === 0, algebra) : undefined;
    if (!part) return whole;
    body.push(part);
  }
  return { body: deal(body, target), serial: false };
}

/** The loop, marked as dealt out; undefined if it is too short to divide. */
function shared(s: For, wanted: number, finest: boolean, algebra: Algebra): Stmt | undefined {
  if (s.mode === 'vector') return chunks(s, wanted, finest, algebra);
  const [inner] = s.body;
  const more = s.axis.size < wanted && s.body.length === 1 && inner.op === 'for';
  const rest = Math.ceil(wanted / s.axis.size);
  const part = more ? shared(inner as For, rest, finest, algebra) : undefined;
  return { ...s, mode: 'parallel', body: part ? [part] : s.body };
}

/** A vector loop cut into pieces: `wanted` of equal length, and one for the remainder. */
function chunks(s: For, wanted: number, finest: boolean, algebra: Algebra): Stmt | undefined {
  const n = s.axis.size;
  const grain = finest ? 4 : s.body.some((inner) => inner.op === 'for') ? deepGrain : flatGrain;
  const length = Math.max(grain, Math.floor(n / wanted / grain) * grain);
  const count = Math.floor(n / length);
  const rest = n - count * length;
  if (count <= 1) return undefined;
  const piece: Axis = { name: `${s.axis.name}p`, size: count + (rest > 0 ? 1 : 0) };
  const part = (size: number): Stmt => {
    const axis: Axis = { name: s.axis.name, size };
    const at = algebra.simplify(plus(times(indexOf(piece), length), indexOf(axis)));
    const moved = new Map<Axis, Expr>([[s.axis, at]]);
    return { ...s, axis, body: mapStatements(s.body, (e) => algebra.substitute(e, moved)) };
  };
  const body =
    rest === 0
      ? [part(length)]
      : [
          when(
            algebra.simplify({ op: 'apply', type: 'bool', f: 'lt', args: [indexOf(piece), int(count)] }),
            [part(length)],
            [part(rest)],
          ),
        ];
  return loop(piece, body, 'parallel');
}
