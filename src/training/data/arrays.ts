import { type DType, dtypeInfo, type TypedArray } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { type Shape, sizeOf } from '../../base/shape.ts';
import { leavesOf, mapTree, type Tree } from '../../base/tree.ts';
import { download, upload } from '../../runtime/storage.ts';
import { asTensor, type Like, Tensor } from '../../tensor/index.ts';
import type { Batch, Data, Dataset } from './batches.ts';

/** Rows in JavaScript's memory, from which batches are copied. */
class Rows {
  readonly data: TypedArray;
  readonly shape: Shape;
  readonly dtype: DType;

  constructor(data: TypedArray, shape: Shape, dtype: DType) {
    this.data = data;
    this.shape = shape;
    this.dtype = dtype;
  }
  /** The rows from one number up to another. */
  part(from: number, to: number): Rows {
    const width = sizeOf(this.shape.slice(1));
    return new Rows(this.data.subarray(from * width, to * width), [to - from, ...this.shape.slice(1)], this.dtype);
  }
}

/** Brings arrays and tensors into memory where rows can be picked. A list of numbers is one array; so is a nest of them. */
export async function readRows(data: Data): Promise<Tree<Rows>> {
  const tensors = toTensors(data);
  const read = await Promise.all(leavesOf(tensors).map(async (t) => new Rows(await download(t), t.shape, t.dtype)));
  let at = 0;
  return mapTree(tensors, () => read[at++]!) as Tree<Rows>;
}

const isNest = (x: unknown): boolean =>
  Array.isArray(x)
    ? x.some((y) => y instanceof Tensor || ArrayBuffer.isView(y))
    : typeof x === 'object' && x !== null && Object.getPrototypeOf(x) === Object.prototype;
function toTensors(x: Data): Tree<Tensor> {
  if (!isNest(x)) return asTensor(x as Like);
  if (Array.isArray(x)) return x.map((y) => toTensors(y as Data));
  return Object.fromEntries(Object.entries(x as Record<string, Data>).map(([k, y]) => [k, toTensors(y)]));
}

/** The rows with the given numbers, as one tensor. */
function pick({ data, shape, dtype }: Rows, rows: ArrayLike<number>): Tensor {
  const width = sizeOf(shape.slice(1));
  const out = new dtypeInfo[dtype].array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * width;
    // Runs of neighbouring rows are copied at once.
    let run = 1;
    while (i + run < rows.length && rows[i + run]! === rows[i]! + run) run++;
    out.set(data.subarray(from, from + run * width), i * width);
    i += run - 1;
  }
  return upload(out, { shape: [rows.length, ...shape.slice(1)], dtype });
}

export interface ArrayOptions {
  readonly batchSize?: number | undefined;
  /** Gives a new order of the samples for each round. */
  readonly order?: ((samples: number) => ArrayLike<number>) | undefined;
}

/** Arrays cut into batches. */
export class ArrayDataset implements Dataset {
  readonly samples: number;
  readonly steps: number;
  private readonly batchSize: number;
  private readonly order: ArrayOptions['order'];
  private readonly parts: {
    readonly x: Tree<Rows>;
    readonly y: Tree<Rows> | undefined;
    readonly sampleWeight: Tree<Rows> | undefined;
  };

  constructor(parts: ArrayDataset['parts'], { batchSize = 32, order }: ArrayOptions = {}) {
    if (!(Number.isInteger(batchSize) && batchSize > 0))
      fail('fit', `batchSize must be a positive integer, got ${batchSize}`, 'e.g. { batchSize: 32 }');
    this.parts = parts;
    const all = Object.entries(parts).flatMap(([name, rows]) =>
      rows === undefined ? [] : leavesOf(rows).map((r) => ({ name, rows: r })),
    );
    const samples = all[0]?.rows.shape[0];
    if (samples === 0) fail('fit', 'the data has no samples: its first axis is 0', 'give at least one sample');
    if (samples === undefined)
      fail('fit', 'the data has no samples axis', 'give arrays whose first axis counts samples');
    for (const { name, rows } of all)
      if (rows.shape[0] !== samples)
        fail(
          'fit',
          `the arrays differ in the number of samples: ${all.map((a) => `${a.name} ${a.rows.shape[0] ?? 'none'}`).join(', ')}`,
          `check ${name}: all arrays need one row for each sample`,
        );
    this.samples = samples!;
    this.batchSize = batchSize;
    this.order = order;
    this.steps = Math.ceil(this.samples / batchSize);
  }

  *round(): Iterable<Batch> {
    const order = this.order?.(this.samples) ?? Array.from({ length: this.samples }, (_, i) => i);
    for (let from = 0; from < this.samples; from += this.batchSize) {
      const rows = Array.prototype.slice.call(order, from, from + this.batchSize) as number[];
      const take = (part: Tree<Rows> | undefined): unknown => part && mapTree(part, (r: Rows) => pick(r, rows));
      yield {
        x: take(this.parts.x),
        y: take(this.parts.y),
        sampleWeight: take(this.parts.sampleWeight),
        size: rows.length,
        isOwn: true,
      };
    }
  }

  /** Two sets: all but the last share, and the last share. */
  split(share: number): [ArrayDataset['parts'], ArrayDataset['parts']] {
    const at = Math.floor(this.samples * (1 - share));
    if (at === 0 || at === this.samples)
      fail(
        'fit',
        `validationSplit ${share} of ${this.samples} samples leaves ${at === 0 ? 'none to train on' : 'none to validate on'}`,
        'give a share between 0 and 1, or validationData',
      );
    const cut = (from: number, to: number): ArrayDataset['parts'] => {
      const take = (part: Tree<Rows>): Tree<Rows> => mapTree(part, (r: Rows) => r.part(from, to));
      const { x, y, sampleWeight } = this.parts;
      return { x: take(x), y: y && take(y), sampleWeight: sampleWeight && take(sampleWeight) };
    };
    return [cut(0, at), cut(at, this.samples)];
  }
}
