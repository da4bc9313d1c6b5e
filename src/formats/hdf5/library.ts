/** What HDF5 says about the type and shape of a dataset or attribute. */
export interface Metadata {
  readonly type: number;
  readonly size: number;
  readonly signed: boolean;
  readonly vlen: boolean;
  readonly cset?: number;
  readonly strpad?: number;
  readonly enum_type?: { readonly type: number; readonly members: Readonly<Record<string, number>> };
  readonly shape: readonly number[] | null;
  readonly total_size: number;
  readonly virtual_sources?: readonly unknown[];
}

/** The part of the HDF5 C library, compiled to WebAssembly, that reading needs. */
export interface Library {
  readonly HEAPU8: Uint8Array;
  readonly FS: {
    open(path: string, flags: string): unknown;
    write(stream: unknown, bytes: Uint8Array, offset: number, length: number, at: number, canOwn: boolean): number;
    close(stream: unknown): void;
    unlink(path: string): void;
  };
  readonly MAXIMUM_MEMORY: number;
  readonly H5G_GROUP: number;
  readonly H5G_DATASET: number;
  readonly H5F_ACC_RDONLY: number;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  open(path: string, mode: number, trackOrder: boolean, low: number, high: number): bigint;
  close_file(file: bigint): number;
  get_type(file: bigint, path: string): number;
  get_symbolic_link(file: bigint, path: string): string | null;
  get_names(file: bigint, path: string, recursive: boolean): string[];
  get_attribute_names(file: bigint, path: string): string[];
  get_dataset_metadata(file: bigint, path: string): Metadata;
  get_attribute_metadata(file: bigint, path: string, name: string): Metadata;
  get_dataset_data(file: bigint, path: string, count: null, offset: null, strides: null, pointer: bigint): number;
  get_attribute_data(file: bigint, path: string, name: string, pointer: bigint): number;
  reclaim_vlen_memory(file: bigint, path: string, name: string, pointer: bigint): number;
  activate_throwing_error_handler(): number;
  deactivate_throwing_error_handler(): number;
}

/** The classes of HDF5's types. */
export const typeClass = { integer: 0, float: 1, string: 3, opaque: 5, enumeration: 8 } as const;

/** Loads the library at the first call: 4 MB that only reading HDF5 needs. It works on files in memory, in Node and in the browser. */
export async function loadLibrary(): Promise<Library> {
  const { ready } = await import('h5wasm');
  return (await ready) as unknown as Library;
}
