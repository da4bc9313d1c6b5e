import { type DType, dtypeInfo, type TypedArray } from '../base/dtype.ts';
import { type Shape, sizeOf } from '../base/shape.ts';
import { leavesOf, mapTree, type Tree } from '../base/tree.ts';
import { elementsOf, hostTensor } from '../runtime/host-tensor.ts';
import { asHostTensor, stringTensor, type Tensor } from '../tensor/index.ts';
import { toTensors } from './nest.ts';

/** Rows in JavaScript's memory, from which batches are copied. */
export class Rows {
  readonly data: TypedArray | readonly string[];
  readonly shape: Shape;
  readonly dtype: DType;

  constructor(data: Rows['data'], shape: Shape, dtype: DType) {
    this.data = data;
    this.shape = shape;
    this.dtype = dtype;
  }
  /** The rows of a tensor. */
  static async of(t: Tensor): Promise<Rows> {
    return new Rows(t.strings ?? (await elementsOf(t)), t.shape, t.dtype);
  }
  /** The rows from one number up to another. */
  part(from: number, to: number): Rows {
    const width = sizeOf(this.shape.slice(1));
    const { data } = this;
    const part = ArrayBuffer.isView(data)
      ? data.subarray(from * width, to * width)
      : data.slice(from * width, to * width);
    return new Rows(part, [to - from, ...this.shape.slice(1)], this.dtype);
  }
  /** The rows from one number up to another as one tensor, whose elements are not copied. */
  range(from: number, to: number): Tensor {
    const { data, shape, dtype } = this.part(from, to);
    return ArrayBuffer.isView(data) ? hostTensor(data, { shape, dtype }) : stringTensor(data, shape);
  }
  /** The rows with the given numbers, as one tensor whose elements lie in `room`. */
  pick(rows: ArrayLike<number>, room = new Room()): Tensor {
    const { data, shape, dtype } = this;
    const width = sizeOf(shape.slice(1));
    const size = [rows.length, ...shape.slice(1)];
    if (!ArrayBuffer.isView(data)) {
      const strings = Array.from(rows).flatMap((i) => data.slice(i * width, (i + 1) * width));
      return stringTensor(strings, size);
    }
    const out = room.of(this, rows.length * width);
    gather(data, rows, width, out);
    return hostTensor(out, { shape: size, dtype });
  }
}

/** Memory for the samples of a batch. Reuse avoids garbage and page faults. */
export class Room {
  private readonly arrays = new Map<Rows, TypedArray>();

  of(rows: Rows, length: number): TypedArray {
    let array = this.arrays.get(rows);
    if (!array || array.length < length) this.arrays.set(rows, (array = new dtypeInfo[rows.dtype].array(length)));
    return array.length === length ? array : array.subarray(0, length);
  }
}

/** Rows of fewer elements are copied one by one. */
const fewElements = 32;

function gather(data: TypedArray, rows: ArrayLike<number>, width: number, out: TypedArray): void {
  if (width < fewElements) {
    for (let i = 0, to = 0; i < rows.length; i++)
      for (let from = rows[i] * width, end = from + width; from < end; ) out[to++] = data[from++];
    return;
  }
  for (let i = 0; i < rows.length; i++) out.set(data.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
}

export type PartialRows = Tree<Rows | undefined>;

/** Reads arrays and tensors into memory from which rows can be picked; undefined if there are none. */
export async function readRows(data: unknown, what: string, count?: number): Promise<PartialRows> {
  const tensors = toTensors(data, what, count, asHostTensor) as Tree<Tensor | undefined>;
  const read = await Promise.all(leavesOf(tensors).map((t) => t && Rows.of(t)));
  let at = 0;
  return mapTree(tensors, () => read[at++]);
}
