import { asDType, type DType, dtypeInfo } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { bitcast } from '../../primitives/elementwise.ts';
import { download, upload } from '../../runtime/storage.ts';
import { KerasTensor } from '../../tensor/keras-tensor.ts';
import { asTensor, type Like } from '../../tensor/like.ts';
import { op } from '../op.ts';

const sameWidth = op('view', (x: Tensor, dtype: DType) => (x.dtype === dtype ? x : bitcast(x, { dtype })));
/** The same bytes read as another dtype; the last axis grows or shrinks with the width. @example view([1], { dtype: 'float32' }).shape // [1] */
export const view = Object.assign(
  (x: Like, { dtype }: { readonly dtype?: string | null | undefined } = {}): Tensor => {
    const t = asTensor(x);
    const to = dtype === undefined || dtype === null ? t.dtype : asDType(dtype, 'view');
    const [from, into] = [dtypeInfo[t.dtype], dtypeInfo[to]];
    if (to === t.dtype || (from.bytes === 4 && into.bytes === 4)) return sameWidth(t, to);
    const last = ((t.shape.at(-1) ?? 1) * from.bytes) / into.bytes;
    if (t.shape.length === 0 || !Number.isInteger(last))
      fail(
        'view',
        `the last axis of ${t.dtype}${showShape(t.shape)} does not divide into ${to}`,
        'give a last axis of a multiple of the width',
      );
    // Widths other than 32 bits are no compute types: their bytes are read where they lie.
    const data = t instanceof KerasTensor || !t.storage ? undefined : download(t);
    if (!data || data instanceof Promise)
      return fail(
        'view',
        `${t.dtype} as ${to} needs the bytes, and they are not at hand`,
        'call it on computed tensors, or use types of 32 bits',
      );
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    return upload(new into.array(bytes.buffer), { shape: [...t.shape.slice(0, -1), last], dtype: to });
  },
  { opName: 'view' },
);
