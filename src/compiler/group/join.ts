import type { Algebra } from '../../algebra/algebra.ts';
import { costOf } from '../../algebra/cost.ts';
import { type Axis, type Combine, type Expr, indexOf } from '../../ir/expr.ts';
import type { Tensor } from '../../ir/tensor.ts';
import type { Kernel, Member } from './kernel.ts';

/** A tensor that is to be computed by some kernel, in axes of its own. */
export interface Candidate {
  readonly tensor: Tensor;
  readonly index: readonly Expr[];
  readonly axes: readonly Axis[];
  readonly value: Expr;
  readonly loads: readonly { readonly tensor: Tensor; readonly index: readonly Expr[] }[];
  /** It is a reduction along these axes, which lie together in memory: `value` is what is combined. */
  readonly rowReduction?: { readonly combine: Combine; readonly axes: readonly Axis[] };
  readonly hasOwnReductions: boolean;
}

/**
 * Makes the candidate a member of the kernel if each of its elements needs only what the kernel has at the same index.
 */
export function join(kernel: Kernel, candidate: Candidate, algebra: Algebra): boolean {
  if (kernel.kind !== 'loops' && kernel.kind !== 'contraction') return false;
  const places = match(kernel, candidate);
  if (!places) return false;
  const frame = framed(kernel, candidate, places);
  if (!frame) return false;
  const substitution = new Map<Axis, Expr>();
  for (const [own, place] of places) substitution.set(own, algebra.simplify(indexOf(place)));
  const move = (e: Expr): Expr => algebra.substitute(e, substitution);
  kernel.rows = frame.rows;
  kernel.columns = frame.columns;
  kernel.hasOwnReductions ||= candidate.hasOwnReductions;
  const member: Member = {
    tensor: candidate.tensor,
    index: candidate.index.map(move),
    value: move(candidate.value),
    ...(candidate.rowReduction && { combine: candidate.rowReduction.combine }),
  };
  kernel.members.push(member);
  kernel.work += costOf(candidate.value);
  const own = new Set(kernel.members.map((m) => m.tensor));
  for (const { tensor } of candidate.loads) if (!own.has(tensor)) kernel.reads.add(tensor);
  return true;
}

/** Which of the kernel's axes each of the candidate's is. */
function match(kernel: Kernel, { axes, loads, rowReduction }: Candidate): Map<Axis, Axis> | undefined {
  const places = new Map<Axis, Axis>();
  const taken = new Set<Axis>();
  const all = [...axes, ...(rowReduction?.axes ?? [])];
  const members = new Map(kernel.members.map((m) => [m.tensor, m]));
  for (const { tensor, index } of loads) {
    const member = members.get(tensor);
    if (!member) continue;
    for (const [d, place] of member.index.entries()) {
      const i = index[d];
      if (place.op === 'const') {
        if (i !== place) return undefined;
        continue;
      }
      if (i.op !== 'index' || place.op !== 'index' || !all.includes(i.axis)) return undefined;
      // A padded array is read at the same index, but has fewer of them.
      if (i.axis.size !== place.axis.size) return undefined;
      const before = places.get(i.axis);
      if (before ? before !== place.axis : taken.has(place.axis)) return undefined;
      places.set(i.axis, place.axis);
      taken.add(place.axis);
    }
  }
  const open = [...kernel.rows, ...kernel.columns].filter((a) => !taken.has(a));
  for (const own of all) {
    if (places.has(own)) continue;
    const place = open.shift();
    if (!place || place.size !== own.size) return undefined;
    places.set(own, place);
  }
  return places;
}

/** The kernel's rows and columns with the candidate in it. */
function framed(
  kernel: Kernel,
  { axes, rowReduction, hasOwnReductions }: Candidate,
  places: ReadonlyMap<Axis, Axis>,
): Pick<Kernel, 'rows' | 'columns'> | undefined {
  const { rows, columns } = kernel;
  const own = new Set(axes.map((a) => places.get(a)));
  const covers = (list: readonly Axis[]): boolean => list.every((a) => own.has(a));
  if (kernel.kind === 'contraction')
    return !rowReduction && !hasOwnReductions && covers(rows) && own.size === rows.length ? kernel : undefined;
  if (rowReduction) {
    const over = new Set(rowReduction.axes.map((a) => places.get(a)));
    if (columns.length > 0)
      return own.size === rows.length &&
        covers(rows) &&
        columns.every((a) => over.has(a)) &&
        over.size === columns.length
        ? kernel
        : undefined;
    // A kernel over single elements becomes one over rows of them.
    if (kernel.hasOwnReductions || own.size + over.size !== rows.length) return undefined;
    return { rows: rows.filter((a) => own.has(a)), columns: rows.filter((a) => over.has(a)) };
  }
  if (!covers(rows)) return undefined;
  if (own.size === rows.length) return columns.length > 0 && hasOwnReductions ? undefined : kernel;
  return own.size === rows.length + columns.length && covers(columns) && !hasOwnReductions ? kernel : undefined;
}
