import { dtypeInfo, type RealDType, type TypedArray } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';

/** Types of numbers in files: those of tensors, and the 64-bit integers that only files hold. */
export type StoredDType = RealDType | 'int64' | 'uint64';

/** Numbers as stored: booleans as 0 and 1 in bytes, 16-bit floats as their bits. */
export type StoredNumbers = TypedArray | BigInt64Array | BigUint64Array;

interface StoredArrayConstructor {
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): StoredNumbers;
  readonly BYTES_PER_ELEMENT: number;
  readonly name: string;
}

/** The typed array that holds numbers of a type. */
export const storedArray = (dtype: StoredDType): StoredArrayConstructor =>
  dtype === 'int64' ? BigInt64Array : dtype === 'uint64' ? BigUint64Array : dtypeInfo[dtype].array;

export const bytesPerNumber = (dtype: StoredDType): number => storedArray(dtype).BYTES_PER_ELEMENT;

/** Numbers from their little-endian bytes, which are copied. */
export function numbersFrom(bytes: Uint8Array, dtype: StoredDType): StoredNumbers {
  // A Buffer's own `slice` copies nothing.
  const copy = Uint8Array.prototype.slice.call(bytes);
  return new (storedArray(dtype))(copy.buffer, copy.byteOffset, copy.byteLength / bytesPerNumber(dtype));
}

/** The bytes of big-endian numbers of `width` bytes in little-endian order. */
export function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = bytes[i - (i % width) + (width - 1 - (i % width))];
  return out;
}

/** The bytes of numbers, not copied. */
export const bytesOf = (numbers: StoredNumbers): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

/** Refuses numbers that are in the wrong kind of array for their dtype, or do not fill their shape. */
export function checkNumbers(who: string, shape: readonly number[], dtype: StoredDType, data: StoredNumbers): void {
  const expected = storedArray(dtype);
  if (!(data instanceof expected))
    fail(who, `${dtype} data came in a ${data.constructor.name}`, `pass a ${expected.name}`);
  checkCount(who, shape, data.length);
}

export function checkCount(who: string, shape: readonly number[], count: number): void {
  const expected = shape.reduce((size, n) => size * n, 1);
  if (expected !== count)
    fail(who, `shape (${shape.join(', ')}) holds ${expected} elements, not ${count}`, 'make the shape fit the data');
}
