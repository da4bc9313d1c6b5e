import { bytesPerNumber, type StoredDType } from '../stored.ts';
import { type Cursor, damaged } from './source.ts';

/** The type of a dataset's or attribute's elements. */
export interface ElementType {
  /** 'opaque' for two bytes of no known meaning (bfloat16), undefined for types that Keras never writes. */
  readonly dtype: StoredDType | 'string' | 'opaque' | undefined;
  /** Bytes per element in the file. */
  readonly size: number;
  readonly isBigEndian: boolean;
  readonly encoding: 'ascii' | 'utf8';
  /** Padding of fixed-length texts: 0 terminated by NUL, 1 padded with NULs, 2 padded with blanks. */
  readonly padding: number;
  /** Whether an element is a reference to a text of any length. */
  readonly isReference: boolean;
  /** HDF5's class number, for error messages. */
  readonly kind: number;
}

const kinds = { integer: 0, float: 1, string: 3, opaque: 5, enumeration: 8, variable: 9 } as const;

/** Reads a datatype message. */
export function readType(body: Cursor): ElementType {
  const head = body.uint(1);
  const kind = head & 15;
  const bits = body.uint(3);
  const size = body.uint(4);
  const plain = {
    size,
    kind,
    isBigEndian: (bits & 1) === 1,
    encoding: 'ascii' as const,
    padding: 0,
    isReference: false,
  };
  if (size === 0) damaged('a type takes no bytes');
  if (kind === kinds.integer) return { ...plain, dtype: integerType(body, size, (bits & 8) !== 0) };
  if (kind === kinds.float) return { ...plain, dtype: bits & 64 ? undefined : floatType(body, size) };
  if (kind === kinds.string) return { ...plain, dtype: 'string', padding: bits & 15, encoding: charset(bits >> 4) };
  if (kind === kinds.opaque) return { ...plain, dtype: 'opaque' };
  if (kind === kinds.enumeration) return enumeration(body, bits & 0xffff, head >> 4, kind);
  if (kind === kinds.variable && (bits & 15) === 1)
    return { ...plain, dtype: 'string', isReference: true, encoding: charset(bits >> 8) };
  return { ...plain, dtype: undefined };
}

const charset = (bits: number): 'ascii' | 'utf8' => ((bits & 15) === 1 ? 'utf8' : 'ascii');

function integerType(body: Cursor, size: number, signed: boolean): StoredDType | undefined {
  const [offset, precision] = [body.uint(2), body.uint(2)];
  if (offset !== 0 || precision !== size * 8 || ![1, 2, 4, 8].includes(size)) return undefined;
  return `${signed ? '' : 'u'}int${size * 8}` as StoredDType;
}

function floatType(body: Cursor, size: number): StoredDType | undefined {
  const [offset, precision] = [body.uint(2), body.uint(2)];
  const exponentBits = body.skip(1).uint(1);
  if (offset !== 0 || precision !== size * 8) return undefined;
  const known: readonly (readonly [StoredDType, exponentBits: number])[] = [
    ['float16', 5],
    ['bfloat16', 8],
    ['float32', 8],
    ['float64', 11],
  ];
  return known.find(([dtype, bits]) => bytesPerNumber(dtype) === size && bits === exponentBits)?.[0];
}

// h5py's booleans are an enumeration over int8; other enumerations are read as numbers.
function enumeration(body: Cursor, count: number, version: number, kind: number): ElementType {
  const base = readType(body);
  const names = Array.from({ length: count }, () => memberName(body, version));
  const values = body.take(count * base.size);
  const valueOf = (name: string): number | undefined => values[names.indexOf(name)];
  const isBool = base.size === 1 && valueOf('FALSE') === 0 && valueOf('TRUE') === 1;
  return { ...base, kind, ...(isBool && { dtype: 'bool' }) };
}

function memberName(body: Cursor, version: number): string {
  const from = body.at;
  while (body.uint(1) !== 0) {}
  const length = body.at - from;
  // Before version 3, names are padded to a multiple of 8.
  if (version < 3) body.skip((8 - (length % 8)) % 8);
  return new TextDecoder().decode(body.source.bytes.subarray(from, from + length - 1));
}

/** Reads a dataspace message: the shape, null for an empty value, and the maximum lengths. */
export function readSpace(body: Cursor): { shape: number[] | null; most: (number | undefined)[] } {
  const version = body.uint(1);
  const [rank, flags] = [body.uint(1), body.uint(1)];
  if (version !== 1 && version !== 2) damaged('a dataspace is of no known version');
  if (rank > 32) damaged(`a dataspace has ${rank} axes`);
  const type = version === 1 ? 1 : body.uint(1);
  if (version === 1) body.skip(5);
  if (version === 2 && type === 2) return { shape: null, most: [] };
  const shape = Array.from({ length: rank }, () => body.length());
  const most = flags & 1 ? shape.map(() => maximum(body)) : shape;
  if (!Number.isSafeInteger(elements(shape))) damaged(`an array is to have the shape (${shape.join(', ')})`);
  return { shape, most };
}

function maximum(body: Cursor): number | undefined {
  const bytes = body.take(body.source.lengthBytes);
  if (bytes.every((byte) => byte === 0xff)) return undefined;
  body.at -= bytes.length;
  return body.length();
}

/** How many elements an array of a shape has. */
export const elements = (shape: readonly number[] | null): number =>
  shape === null ? 0 : shape.reduce((product, n) => product * n, 1);
