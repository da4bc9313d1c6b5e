import type { Shape } from '../../base/shape.ts';
import { hostTensor } from '../../runtime/host-tensor.ts';
import { stringTensor, type Tensor } from '../../tensor/index.ts';
import type { Rows } from '../rows.ts';

/** Rows as a tensor, not copied until a device needs them. */
export const tensorOf = ({ data, dtype, shape: own }: Rows, shape: Shape = own): Tensor =>
  ArrayBuffer.isView(data) ? hostTensor(data, { shape, dtype }) : stringTensor(data, shape);
/** One of the rows. */
export const rowAt = (rows: Rows, k: number): Tensor => tensorOf(rows.part(k, k + 1), rows.shape.slice(1));
