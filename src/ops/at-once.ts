import { type DType, dtypeInfo } from '../base/dtype.ts';
import { type Shape, sizeOf } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { currentDevice } from '../runtime/device.ts';
import { withRoom } from '../runtime/reclaim.ts';
import { concrete, upload } from '../runtime/storage.ts';
import { currentFrame } from '../tensor/frames.ts';
import { full } from './numpy/create.ts';

/** Arrays of at most this many elements are made by JavaScript. */
const fewElements = 4096;

/**
 * Zeros or ones everywhere, for initial values: where nothing is recorded no program is compiled to fill them, unless they
 * are many.
 */
export function madeAtOnce(shape: Shape, dtype: DType, value: 0 | 1): Tensor {
  const device = currentDevice();
  const { bytes, array: Elements, kind } = dtypeInfo[dtype];
  const count = sizeOf(shape);
  if (!currentFrame() && (value === 0 || bytes > 2 || kind !== 'float')) {
    if (value === 0 && device.zeros)
      return concrete(
        { shape, dtype },
        device,
        withRoom(device, () => device.zeros!(count * bytes)),
      );
    if (count <= fewElements) return upload(new Elements(count).fill(value), { shape, dtype });
  }
  return full(shape, value, { dtype });
}
