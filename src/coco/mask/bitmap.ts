import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type MaskLike, type Rle, toRle, toRunLengths } from './run-lengths.ts';

/** Encodes a bitmap, row by row, of a size [height, width]; everything but 0 and false belongs to the mask. */
export const encode = exact(
  'coco.mask.encode',
  2,
  function encode(bitmap: ArrayLike<number | boolean>, size: readonly [number, number]): Rle {
    const [height, width] = size;
    if (bitmap.length !== height * width) {
      fail(
        'mask.encode',
        `got ${bitmap.length} pixels for a size of ${height} x ${width}`,
        'pass one number a pixel and [height, width]',
      );
    }
    const counts: number[] = [];
    let length = 0;
    let isInside = false;
    for (let x = 0; x < width; x++) {
      for (let y = 0; y < height; y++) {
        const isSet = Boolean(bitmap[y * width + x]);
        if (isSet !== isInside) {
          counts.push(length);
          length = 0;
          isInside = isSet;
        }
        length++;
      }
    }
    counts.push(length);
    return toRle({ size: [height, width], counts: Uint32Array.from(counts) });
  },
);

/** The bitmap of a mask, row by row: 1 inside, 0 outside. */
export const decode = exact('coco.mask.decode', 1, function decode(mask: MaskLike): Uint8Array {
  const { size, counts } = toRunLengths(mask);
  const [height, width] = size;
  const bitmap = new Uint8Array(height * width);
  let position = 0;
  for (let i = 0; i < counts.length; i++) {
    const end = position + counts[i];
    if (i % 2 === 0) position = end;
    for (; position < end; position++) bitmap[(position % height) * width + Math.floor(position / height)] = 1;
  }
  return bitmap;
});
