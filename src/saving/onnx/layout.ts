import { range } from '../../base/shape.ts';

/** A size in each recording of the program: the same number in all of them, or one that depends on unknown sizes. */
export type Size = readonly number[];

/**
 * How an array is stored: each of its stored axes is a run of logical ones. Axes of size 1 are not mentioned; a stored axis
 * without logical ones has size 1. `[[0], [3], [1], [2]]` is an array `[n, h, w, c]` stored with its channels behind the batch.
 */
export type Layout = readonly (readonly number[])[];

export const isKnown = (size: Size): boolean => size.every((n) => n === size[0]);
export const isOne = (size: Size): boolean => size.every((n) => n === 1);
export const sameSize = (a: Size, b: Size): boolean => a.every((n, r) => n === b[r]);
export const sameSizes = (a: readonly Size[], b: readonly Size[]): boolean =>
  a.length === b.length && a.every((size, d) => sameSize(size, b[d]));
export const productOf = (sizes: readonly Size[], recordings: number): Size =>
  range(recordings).map((r) => sizes.reduce((n, size) => n * size[r], 1));

/** The axes in their order. */
export const plain = (sizes: readonly Size[]): Layout => sizes.map((size, d) => (isOne(size) ? [] : [d]));
/** Without axes of size 1. */
export const withoutOnes = (layout: Layout, sizes: readonly Size[]): Layout =>
  layout.map((group) => group.filter((d) => !isOne(sizes[d])));
export const storedSizes = (layout: Layout, sizes: readonly Size[], recordings: number): Size[] =>
  layout.map((group) =>
    productOf(
      group.map((d) => sizes[d]),
      recordings,
    ),
  );
export const sameList = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((n, k) => n === b[k]);
export const sameLayout = (a: Layout, b: Layout): boolean =>
  a.length === b.length && a.every((group, k) => sameList(group, b[k]));

/** The layout of the same array when axis d of it becomes axis `perm.indexOf(d)`. */
export const permuted = (layout: Layout, perm: readonly number[]): Layout =>
  layout.map((group) => group.map((d) => perm.indexOf(d)));

/**
 * Runs of axes, none of size 1, that hold the same elements before and after a reshape; undefined if they cannot be
 * determined.
 */
export function runsOf(
  from: readonly Size[],
  to: readonly Size[],
  recordings: number,
): { readonly from: readonly number[]; readonly to: readonly number[] }[] | undefined {
  const [left, right] = [from, to].map((sizes) => range(sizes.length).filter((d) => !isOne(sizes[d])));
  const runs: { from: number[]; to: number[] }[] = [];
  let [f, t] = [0, 0];
  while (f < left.length || t < right.length) {
    const run = { from: [] as number[], to: [] as number[] };
    runs.push(run);
    for (;;) {
      const p = productOf(
        run.from.map((d) => from[d]),
        recordings,
      );
      const q = productOf(
        run.to.map((d) => to[d]),
        recordings,
      );
      if (run.from.length > 0 && run.to.length > 0 && sameSize(p, q)) break;
      if (f < left.length && (p[0] <= q[0] || t >= right.length)) run.from.push(left[f++]);
      else if (t < right.length) run.to.push(right[t++]);
      else return undefined;
    }
  }
  return runs;
}

/** The layout of the same array after a reshape; undefined if its elements would have to move. */
export function reshaped(layout: Layout, runs: NonNullable<ReturnType<typeof runsOf>>): Layout | undefined {
  let result: Layout = layout;
  for (const { from, to } of runs) {
    const place = layout.findIndex((group) => group.includes(from[0]));
    const at = layout[place]?.indexOf(from[0]) ?? -1;
    if (at < 0 || !sameList(layout[place].slice(at, at + from.length), from)) return undefined;
    // Numbers of the new axes are marked, as those of the old may be the same.
    result = result.map((group, k) =>
      k === place ? group.flatMap((d) => (d === from[0] ? to.map((n) => -1 - n) : from.includes(d) ? [] : [d])) : group,
    );
  }
  return result.map((group) => group.map((d) => -1 - d));
}
