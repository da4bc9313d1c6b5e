import { fail } from './errors.ts';
import { table } from './table.ts';

/**
 * Types of tensor elements. Strings stay on the host. `float64` exists for exact checks; Keras's names for 64-bit types
 * mean the 32-bit types, as in JAX.
 */
export type DType =
  | 'bool'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64'
  | 'complex64'
  | 'string';

/** Dtypes of variables and files. */
export type RealDType = Exclude<DType, 'complex64' | 'string'>;

export type TypedArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;

export type TypedArrayConstructor = {
  new (length: number): TypedArray;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): TypedArray;
  readonly BYTES_PER_ELEMENT: number;
};

interface DTypeInfo {
  readonly kind: 'bool' | 'uint' | 'int' | 'float' | 'complex' | 'string';
  readonly bytes: number;
  /** The typed array for stored elements: 16-bit floats are stored as their bits. */
  readonly array: TypedArrayConstructor;
  /** Bounds of the integer types. */
  readonly range?: readonly [low: number, high: number];
}

/** The largest finite number of each type of floats. */
export const largestFloat: Readonly<Partial<Record<DType, number>>> = {
  float16: 65504,
  bfloat16: (2 - 2 ** -7) * 2 ** 127,
  float32: (2 - 2 ** -23) * 2 ** 127,
  float64: Number.MAX_VALUE,
};

export const dtypeInfo: Readonly<Record<DType, DTypeInfo>> = {
  bool: { kind: 'bool', bytes: 1, array: Uint8Array, range: [0, 1] },
  uint8: { kind: 'uint', bytes: 1, array: Uint8Array, range: [0, 255] },
  uint16: { kind: 'uint', bytes: 2, array: Uint16Array, range: [0, 65535] },
  uint32: { kind: 'uint', bytes: 4, array: Uint32Array, range: [0, 4294967295] },
  int8: { kind: 'int', bytes: 1, array: Int8Array, range: [-128, 127] },
  int16: { kind: 'int', bytes: 2, array: Int16Array, range: [-32768, 32767] },
  int32: { kind: 'int', bytes: 4, array: Int32Array, range: [-2147483648, 2147483647] },
  float16: { kind: 'float', bytes: 2, array: Uint16Array },
  bfloat16: { kind: 'float', bytes: 2, array: Uint16Array },
  float32: { kind: 'float', bytes: 4, array: Float32Array },
  float64: { kind: 'float', bytes: 8, array: Float64Array },
  // Real and imaginary parts alternate in data that enters and leaves; internally, a complex tensor is two real ones.
  complex64: { kind: 'complex', bytes: 8, array: Float32Array },
  // The contents of a string tensor are not an array of bytes, and no device holds them.
  string: { kind: 'string', bytes: 0, array: Uint8Array },
};

export const isFloat = (dtype: DType): boolean => dtypeInfo[dtype].kind === 'float';
export const isComplex = (dtype: DType): boolean => dtype === 'complex64';
/** Whether the dtype has fractions: floats and complex numbers. */
export const isInexact = (dtype: DType): boolean => isFloat(dtype) || isComplex(dtype);
export const isInteger = (dtype: DType): boolean => dtypeInfo[dtype].kind === 'int' || dtypeInfo[dtype].kind === 'uint';

/** Whether it names a dtype. */
export const isDType = (name: string): name is DType => Object.hasOwn(dtypeInfo, name);

const narrowed: Readonly<Record<string, DType>> = table({
  int64: 'int32',
  uint64: 'uint32',
  float64: 'float32',
  complex128: 'complex64',
});

/** The dtype meant by a user's name: 64-bit names mean the 32-bit types, as in Keras on JAX. */
export function asDType(name: string, who = 'dtype'): DType {
  // Look-ups take a list of one name for the name.
  const isText = typeof name === 'string';
  const narrow = isText && narrowed[name];
  if (name === 'string')
    return fail(
      who,
      'strings are no numbers',
      'give them to layers that look them up, such as StringLookup and TextVectorization',
    );
  if (narrow) return narrow;
  if (isText && isDType(name)) return name;
  return fail(who, `unknown dtype ${JSON.stringify(name)}`, `use one of ${Object.keys(dtypeInfo).join(', ')}`);
}
