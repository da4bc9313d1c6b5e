import { asDType, type DType, dtypeInfo, isComplex } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { optionsOf } from '../../base/options.ts';
import { showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { bitcast } from '../../primitives/elementwise.ts';
import { download, upload } from '../../runtime/storage.ts';
import { KerasTensor } from '../../tensor/keras-tensor.ts';
import { asTensor, type Like } from '../../tensor/like.ts';
import { viewAsComplex, viewAsReal } from '../math/complex.ts';
import { exactOp, op, recordShapes } from '../op.ts';
import { reshapeTo } from './shape.ts';

const sameWidth = op('view', (x: Tensor, { dtype }: { readonly dtype: DType }) =>
  x.dtype === dtype ? x : bitcast(x, { dtype }),
);
const flatPairs = op('view', (x: Tensor): Tensor => {
  const pairs = viewAsReal(x);
  return x.shape.length === 0 ? pairs : reshapeTo(pairs, [...x.shape.slice(0, -1), 2 * x.shape.at(-1)!]);
});
const asPairs = op('view', (x: Tensor): Tensor => {
  const last = x.shape.at(-1) ?? 1;
  if (last % 2 !== 0)
    fail('view', `the last axis of ${x.dtype}${showShape(x.shape)} does not divide into pairs`, 'give an even size');
  return viewAsComplex(reshapeTo(x, [...x.shape.slice(0, -1), last / 2, 2]));
});
/** The same bytes read as another dtype; the last axis grows or shrinks with the width. @example view([1], { dtype: 'float32' }).shape // [1] */
export const view = exactOp(
  'view',
  2,
  (
    x: Like,
    options: {
      /** The dtype of the result; that of the tensor by default. */
      readonly dtype?: string | null | undefined;
    } = {},
  ): Tensor => {
    const { dtype } = optionsOf('view', { dtype: true }, options);
    const t = asTensor(x);
    const to = dtype === undefined || dtype === null ? t.dtype : asDType(dtype, 'view');
    if (isComplex(t.dtype) && to !== t.dtype) return view(flatPairs(t), { dtype });
    if (isComplex(to) && t.dtype !== to) return asPairs(view(t, { dtype: 'float32' }));
    const [from, into] = [dtypeInfo[t.dtype], dtypeInfo[to]];
    if (to === t.dtype || (from.bytes === 4 && into.bytes === 4)) return sameWidth(t, { dtype: to });
    const size = t.shape.at(-1) as number | null | undefined;
    const last = ((size ?? into.bytes) * from.bytes) / into.bytes;
    if (t.shape.length === 0 || !Number.isInteger(last))
      fail(
        'view',
        `the last axis of ${t.dtype}${showShape(t.shape)} does not divide into ${to}`,
        'give a last axis of a multiple of the width',
      );
    if (t instanceof KerasTensor) {
      const shape = [...t.symbolicShape.slice(0, -1), size === null ? null : last];
      return recordShapes<Tensor>('view', [x, { dtype }], { shape, dtype: to });
    }
    // Widths other than 32 bits are no compute types: their bytes are read where they lie.
    const data = !t.storage ? undefined : download(t);
    if (!data || data instanceof Promise)
      return fail(
        'view',
        `${t.dtype} as ${to} needs the bytes, and they are not at hand`,
        'call it on computed tensors, or use types of 32 bits',
      );
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    return upload(new into.array(bytes.buffer), { shape: [...t.shape.slice(0, -1), last], dtype: to });
  },
);
