import { fail } from '../../base/errors.ts';
import { bytesPerNumber, numbersFrom, type StoredDType, swapped } from '../stored.ts';
import type { GlobalHeap } from './global-heap.ts';
import type { ElementType } from './read-type.ts';
import type { Cursor, Source } from './source.ts';
import { type H5Attribute, lazily } from './tree.ts';

/** What reading a value needs: the file, its texts, and who is told of bytes before they are allocated. */
export interface ValueContext {
  readonly source: Source;
  readonly heap: GlobalHeap;
  spend(who: string, bytes: number): void;
}

/** A value of a type and shape; its bytes are read, by `read`, and checked on first access to `data`. */
export function valueOf(
  context: ValueContext,
  who: string,
  type: ElementType,
  shape: readonly number[] | null,
  isMarkedBfloat16: () => boolean,
  read: () => Uint8Array,
): H5Attribute {
  const dtype = dtypeOf(who, type, isMarkedBfloat16);
  const isEmpty = shape === null || shape.includes(0);
  if (dtype !== 'string') {
    const value = { shape, dtype };
    lazily<unknown>(value, 'data', () =>
      isEmpty
        ? numbersFrom(new Uint8Array(0), dtype)
        : numbersFrom(type.isBigEndian ? swapped(read(), bytesPerNumber(dtype)) : read(), dtype),
    );
    return value as H5Attribute;
  }
  const { encoding } = type;
  const value = { shape, dtype, encoding, ...(!type.isReference && { length: type.size }) };
  lazily<unknown>(value, 'data', () => {
    if (isEmpty) return [];
    return type.isReference ? pointedTexts(context, who, read(), type) : paddedTexts(read(), type);
  });
  return value as H5Attribute;
}

function dtypeOf(who: string, type: ElementType, isMarkedBfloat16: () => boolean): StoredDType | 'string' {
  const { dtype, size, kind } = type;
  if (size === 2 && (dtype === 'float16' || dtype === 'opaque') && isMarkedBfloat16()) return 'bfloat16';
  if (dtype !== undefined && dtype !== 'opaque') return dtype;
  return fail(
    who,
    `holds values of a type that Keras never writes (HDF5 class ${kind}, ${size} bytes each)`,
    'convert it to integers, floats, booleans or texts',
  );
}

function pointedTexts(
  { source, heap, spend }: ValueContext,
  who: string,
  bytes: Uint8Array,
  type: ElementType,
): string[] {
  const needed = source.addressBytes + 8;
  if (type.size < needed)
    fail(who, `a reference to a text takes ${type.size} bytes, not ${needed}`, 'the file is damaged: get it anew');
  // References to texts may lie in the file itself or in an unpacked chunk.
  const texts = new Array<string>(bytes.length / type.size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let k = 0; k < texts.length; k++) {
    const at = k * type.size;
    const length = view.getUint32(at, true);
    let address = 0;
    for (let b = source.addressBytes - 1; b >= 0; b--) address = address * 256 + view.getUint8(at + 4 + b);
    const index = view.getUint32(at + 4 + source.addressBytes, true);
    texts[k] = length === 0 ? '' : heap.text(address, index, length, (n) => spend(who, n));
  }
  return texts;
}

function paddedTexts(bytes: Uint8Array, { size, padding }: ElementType): string[] {
  const decoder = new TextDecoder();
  return Array.from({ length: bytes.length / size }, (_, i) => {
    const text = bytes.subarray(i * size, (i + 1) * size);
    let end = padding === 0 ? text.indexOf(0) : size;
    if (end < 0) end = size;
    const filler = padding === 2 ? 0x20 : 0;
    while (end > 0 && text[end - 1] === filler) end--;
    return decoder.decode(text.subarray(0, end));
  });
}

/** The first `size` bytes of a value that is stored in a header. */
export const bytesIn = (who: string, data: Cursor, size: number): Uint8Array =>
  data.left < size
    ? fail(who, `takes ${size} bytes, of which its header holds ${data.left}`, 'check that the file is undamaged')
    : data.again().take(size);
