import type { StoredDType, StoredNumbers } from '../stored.ts';

/** Numbers in an HDF5 file. `shape` is `null` for a value that holds nothing (h5py's `Empty`). */
export interface H5Numbers {
  readonly shape: readonly number[] | null;
  readonly dtype: StoredDType;
  readonly data: StoredNumbers;
}

/** Texts in an HDF5 file: of variable length (the default), or padded to `length` bytes. */
export interface H5Strings {
  readonly shape: readonly number[] | null;
  readonly dtype: 'string';
  readonly data: readonly string[];
  /** What h5py shows: `utf8` (the default) as `str`, `ascii` as `bytes`. Either way the bytes written are UTF-8. */
  readonly encoding?: 'utf8' | 'ascii';
  /** Bytes a text of fixed length takes. */
  readonly length?: number;
}

export type H5Attribute = H5Numbers | H5Strings;

export type H5Dataset = H5Attribute & { readonly attributes: Record<string, H5Attribute> };

/** A group of an HDF5 file, as plain data: the file itself is one. */
export interface H5Group {
  readonly attributes: Record<string, H5Attribute>;
  readonly children: Record<string, H5Node>;
}

export type H5Node = H5Group | H5Dataset;

export const isH5Dataset = (node: H5Node): node is H5Dataset => 'data' in node;
export const isH5Group = (node: H5Node): node is H5Group => 'children' in node;

// Names come from files: without a prototype, "constructor" or "__proto__" is a name like any other.
export const emptyRecord = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;

/** An empty group. */
export const h5Group = (): H5Group => ({ attributes: emptyRecord(), children: emptyRecord() });

/** One text, as Keras writes a Python `str` (`utf8`) or `bytes` (`ascii`) attribute. */
export const h5Text = (text: string, encoding: 'utf8' | 'ascii' = 'utf8'): H5Strings => ({
  shape: [],
  dtype: 'string',
  data: [text],
  encoding,
});

/** The text of one attribute among some; undefined if there is none or it is no single text. */
export function textIn(attributes: Readonly<Record<string, H5Attribute>>, name: string): string | undefined {
  const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  return value?.dtype === 'string' && value.data.length === 1 ? value.data[0] : undefined;
}

/** A dataset of numbers. bfloat16 gets the attribute by which Keras, and `readHdf5`, know it. */
export const h5Dataset = (shape: readonly number[], dtype: StoredDType, data: StoredNumbers): H5Dataset => {
  const attributes = emptyRecord<H5Attribute>();
  if (dtype === 'bfloat16') attributes['dtype'] = h5Text('bfloat16');
  return { shape, dtype, data, attributes };
};

/** Defines a member that is read on first access. */
export function lazily<T>(record: Record<string, T>, key: string, read: () => T): void {
  const settle = (value: T): T => {
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
    return value;
  };
  Object.defineProperty(record, key, { get: () => settle(read()), set: settle, enumerable: true, configurable: true });
}
