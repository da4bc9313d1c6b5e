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
  /** Those with the given numbers, as one tensor. */
  pick(rows: ArrayLike<number>): Tensor {
    const { data, shape, dtype } = this;
    const width = sizeOf(shape.slice(1));
    const size = [rows.length, ...shape.slice(1)];
    if (!ArrayBuffer.isView(data)) {
      const strings = Array.from(rows).flatMap((i) => data.slice(i * width, (i + 1) * width));
      return stringTensor(strings, size);
    }
    const out = new dtypeInfo[dtype].array(rows.length * width);
    for (let i = 0; i < rows.length; i++) {
      const from = rows[i] * width;
      // Runs of neighbouring rows are copied at once.
      let run = 1;
      while (i + run < rows.length && rows[i + run] === rows[i] + run) run++;
      out.set(data.subarray(from, from + run * width), i * width);
      i += run - 1;
    }
    return hostTensor(out, { shape: size, dtype });
  }
}

export type PartialRows = Tree<Rows | undefined>;

/** Brings arrays and tensors into memory where rows can be picked; undefined where there are none. */
export async function readRows(data: unknown, what: string, count?: number): Promise<PartialRows> {
  const tensors = toTensors(data, what, count, asHostTensor) as Tree<Tensor | undefined>;
  const read = await Promise.all(leavesOf(tensors).map((t) => t && Rows.of(t)));
  let at = 0;
  return mapTree(tensors, () => read[at++]);
}
