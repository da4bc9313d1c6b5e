import { dtypeInfo } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { type Shape, sameShape, showShape, sizeOf, stridesOf } from '../../base/shape.ts';
import { leavesOf, mapTree, packLike, type Tree } from '../../base/tree.ts';
import { elementsOf, hostTensor } from '../../runtime/host-tensor.ts';
import { encode } from '../../tensor/elements.ts';
import { stringTensor, Tensor } from '../../tensor/index.ts';
import { Rows } from '../rows.ts';
import { at, joined, showElement } from './element.ts';
import { counted, fromTheBeginning, type Stage, within } from './stage.ts';
import { rowAt, tensorOf } from './views.ts';

/** Consecutive lists of `size` elements; a shorter last one unless it is dropped. */
async function* groups(elements: AsyncIterable<unknown>, size: number, drop: boolean): AsyncGenerator<unknown[]> {
  let group: unknown[] = [];
  for await (const element of elements) {
    group.push(element);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0 && !drop) yield group;
}

type Join = (elements: readonly unknown[]) => Promise<unknown>;
const grouped = (source: Stage, size: number, drop: boolean, join: Join): Stage => ({
  count: counted(source.count, (n) => (drop ? Math.floor : Math.ceil)(n / size)),
  batchSize: size,
  isFresh: true,
  async *elements(round, from) {
    const elements = source.elements(within(round), from * size);
    for await (const group of groups(elements, size, drop)) yield await join(group);
  },
});

/** Stacks elements along a new first axis; rows of arrays are picked a batch at a time. */
export function batched(source: Stage, size: number, drop: boolean): Stage {
  const { rows } = source;
  const stage = together(source, size, drop);
  if (!rows) return stage;
  return {
    ...stage,
    async *elements(round, from) {
      let batch: number[] = [];
      for (const row of rows.numbers(within(round), from * size)) {
        if (batch.push(row) < size) continue;
        yield await rows.pick(batch);
        batch = [];
      }
      if (batch.length > 0 && !drop) yield await rows.pick(batch);
    },
  };
}
const together = (source: Stage, size: number, drop: boolean): Stage =>
  grouped(source, size, drop, (elements) =>
    joined(elements, 'Dataset.batch', async (leaves, path) => {
      const [{ shape }] = leaves as [Tensor];
      const odd = leaves.find((leaf) => !sameShape(leaf.shape, shape));
      if (odd)
        fail(
          'Dataset.batch',
          `elements of shapes ${showShape(shape)} and ${showShape(odd.shape)} stand in one batch${at(path)}`,
          'make them alike in a map, or use paddedBatch',
        );
      return filled(leaves, shape, 0);
    }),
  );

/** Stacks tensors as rows of one, each padded at the end of its axes. */
async function filled(leaves: readonly Tensor[], room: Shape, filler: number | string): Promise<Tensor> {
  const [{ dtype }] = leaves as [Tensor];
  const width = sizeOf(room);
  const shape = [leaves.length, ...room];
  if (dtype === 'string') {
    const strings = new Array<string>(leaves.length * width).fill(String(filler));
    leaves.forEach((leaf, n) => {
      place(leaf.shape, room, (from, to, count) => {
        for (let k = 0; k < count; k++) strings[n * width + to + k] = leaf.strings![from + k];
      });
    });
    return stringTensor(strings, shape);
  }
  const out = new dtypeInfo[dtype].array(leaves.length * width);
  if (filler !== 0) out.fill(encode([Number(filler)], dtype)[0]);
  for (const [n, leaf] of leaves.entries()) {
    const read = elementsOf(leaf);
    const data = read instanceof Promise ? await read : read;
    place(leaf.shape, room, (from, to, count) => out.set(data.subarray(from, from + count), n * width + to));
  }
  return hostTensor(out, { shape, dtype });
}
/** Copies the contiguous runs of a smaller array to the corner of a larger one. */
function place(shape: Shape, room: Shape, copy: (from: number, to: number, count: number) => void): void {
  if (sameShape(shape, room)) {
    copy(0, 0, sizeOf(shape));
    return;
  }
  const [own, outer] = [stridesOf(shape), stridesOf(room)];
  const walk = (d: number, from: number, to: number): void => {
    if (d === shape.length - 1) copy(from, to, shape[d]);
    else for (let k = 0; k < shape[d]; k++) walk(d + 1, from + k * own[d], to + k * outer[d]);
  };
  if (sizeOf(shape) > 0) walk(0, 0, 0);
}

export interface Padding {
  /** For each part the shape to pad to, null for the longest in the batch. */
  readonly shapes: unknown;
  /** The padding value, or one for each part. */
  readonly values: unknown;
}
/** Stacks elements along a new first axis, padding smaller ones at the end. */
export const paddedBatches = (source: Stage, size: number, drop: boolean, { shapes, values }: Padding): Stage =>
  grouped(source, size, drop, (elements) => {
    const who = 'Dataset.paddedBatch';
    return joined(elements, who, async (leaves, path) => {
      const [{ shape, dtype }] = leaves as [Tensor];
      const wanted = shapes === undefined ? shape.map(() => null) : valueAt(shapes, path, (x) => isShape(x));
      if (!isShape(wanted) || leaves.some((leaf) => leaf.shape.length !== wanted.length))
        fail(
          who,
          `${showElement(elements[0])}${at(path)} is to be padded to ${JSON.stringify(wanted)}`,
          'give each part a shape of as many axes, null for the longest',
        );
      const room = wanted.map((n, d) => {
        const longest = Math.max(...leaves.map((leaf) => leaf.shape[d]));
        if (n !== null && longest > n)
          fail(who, `a size of ${longest} does not fit into ${n}${at(path)}`, 'give a larger size, or null');
        return n ?? longest;
      });
      const filler = valueAt(values, path, (x) => typeof x !== 'object') ?? (dtype === 'string' ? '' : 0);
      if ((typeof filler === 'string') !== (dtype === 'string'))
        fail(who, `${dtype} is to be filled with ${JSON.stringify(filler)}${at(path)}`, 'give a value of its kind');
      return filled(leaves, room, filler as number | string);
    });
  });
const isShape = (x: unknown): x is readonly (number | null)[] =>
  Array.isArray(x) && x.every((n) => n === null || (Number.isInteger(n) && n >= 0));
/** The entry for one part in a nest, or the single value for all parts. */
function valueAt(nest: unknown, path: readonly (string | number)[], isOne: (x: unknown) => boolean): unknown {
  let found = nest;
  for (const key of path) {
    if (found === undefined || found === null || isOne(found)) break;
    found = (found as Record<string | number, unknown>)[key];
  }
  return found ?? undefined;
}

/** The rows of each element as elements. */
export const unbatched = (source: Stage): Stage =>
  fromTheBeginning(undefined, async function* (round) {
    for await (const element of source.elements(within(round), 0)) {
      const parts = await rowsOf(element, 'Dataset.unbatch');
      for (let k = 0; k < parts.count; k++) yield parts.make((rows) => rowAt(rows, k));
    }
  });
async function rowsOf(
  element: unknown,
  who: string,
): Promise<{ readonly count: number; make(f: (rows: Rows) => Tensor): unknown }> {
  const leaves = leavesOf(element as Tree<Tensor>);
  const count = leaves[0]?.shape[0];
  if (count === undefined || leaves.some((leaf) => !(leaf instanceof Tensor) || leaf.shape[0] !== count))
    fail(who, `${showElement(element)} is no batch`, 'let all parts of an element have as many rows');
  const rows = await Promise.all(leaves.map(Rows.of));
  return { count, make: (f) => packLike(element as Tree<unknown>, rows.map(f)) };
}

/** Regroups batches into the given sizes, in rotation. */
export const rebatched = (source: Stage, sizes: readonly number[], drop: boolean): Stage =>
  fromTheBeginning(undefined, async function* (round) {
    let waiting: { element: unknown; from: number; to: number }[] = [];
    let turn = 0;
    const flush = async (): Promise<unknown> => {
      const parts = await Promise.all(
        waiting.map(async ({ element, from, to }) =>
          (await rowsOf(element, 'Dataset.rebatch')).make((rows) => tensorOf(rows.part(from, to))),
        ),
      );
      waiting = [];
      return joined(parts, 'Dataset.rebatch', concatenated);
    };
    let held = 0;
    for await (const element of source.elements(within(round), 0)) {
      const { count } = await rowsOf(element, 'Dataset.rebatch');
      for (let from = 0; from < count; ) {
        const wanted = sizes[turn % sizes.length];
        const to = Math.min(count, from + wanted - held);
        waiting.push({ element, from, to });
        held += to - from;
        from = to;
        if (held < wanted) continue;
        yield await flush();
        held = 0;
        turn++;
      }
    }
    if (held > 0 && !drop) yield await flush();
  });
async function concatenated(leaves: readonly Tensor[], path: readonly (string | number)[]): Promise<Tensor> {
  const [{ shape, dtype }] = leaves as [Tensor];
  const inner = shape.slice(1);
  const odd = leaves.find((leaf) => !sameShape(leaf.shape.slice(1), inner));
  if (odd)
    fail(
      'Dataset.rebatch',
      `batches of shapes ${showShape(shape)} and ${showShape(odd.shape)} are joined${at(path)}`,
      'make their rows alike in a map',
    );
  const size = [leaves.reduce((sum, leaf) => sum + leaf.shape[0], 0), ...inner];
  if (dtype === 'string')
    return stringTensor(
      leaves.flatMap((leaf) => [...leaf.strings!]),
      size,
    );
  const out = new dtypeInfo[dtype].array(sizeOf(size));
  let to = 0;
  for (const leaf of leaves) {
    out.set(await elementsOf(leaf), to);
    to += sizeOf(leaf.shape);
  }
  return hostTensor(out, { shape: size, dtype });
}

export interface Windowing {
  readonly size: number;
  readonly shift: number;
  readonly stride: number;
  readonly drop: boolean;
}
/** Windows over the elements; each part becomes a pipeline, created by `make` from a list. */
export const windowed = (
  source: Stage,
  { size, shift, stride, drop }: Windowing,
  make: (elements: readonly unknown[]) => unknown,
): Stage => {
  const span = (size - 1) * stride + 1;
  return {
    count: counted(source.count, (n) => Math.max(0, drop ? Math.floor((n - span) / shift) + 1 : Math.ceil(n / shift))),
    async *elements(round, from) {
      let held: unknown[] = [];
      // Number of elements to skip between two windows.
      let between = 0;
      const window = (): unknown => {
        const elements: unknown[] = [];
        for (let k = 0; k < Math.min(span, held.length); k += stride) elements.push(held[k]);
        between = Math.max(0, shift - held.length);
        held = held.slice(shift);
        let part = 0;
        const lists = elements.map((element) => leavesOf(element as Tree<unknown>));
        return mapTree(elements[0] as Tree<unknown>, () => {
          const own = part++;
          return make(lists.map((list) => list[own]));
        });
      };
      for await (const element of source.elements(within(round), from * shift)) {
        if (between > 0) {
          between--;
          continue;
        }
        held.push(element);
        if (held.length === span) yield window();
      }
      if (!drop) while (held.length > 0) yield window();
    },
  };
};
