import { fail } from '../../base/errors.ts';
import { checksum } from './checksum.ts';

/** Throws the error for a damaged file. */
export const damaged = (problem: string): never =>
  fail('HDF5 file', `cannot be read: ${problem}`, 'check that the file is complete and undamaged');

/** Throws the error for a feature that neither Keras nor h5py uses by default. */
export const unsupported = (who: string, what: string): never =>
  fail(who, `${what}, which is not read here`, 'save it with h5py and its default options, as Keras does');

// In sound files every structure is read once: a header that is used many times is kept.
const timesOver = 16;
const alwaysAllowed = 1 << 20;

/**
 * The bytes of an HDF5 file, with bounds checks. The superblock says how wide addresses and lengths are. Metadata
 * (headers, trees, heaps) may be visited a limited number of times, so that reading overlapping or circular structures
 * ends.
 */
export class Source {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Bytes an address takes. */
  addressBytes = 8;
  /** Bytes a length takes. */
  lengthBytes = 8;
  /** Where address 0 lies in the file. */
  base = 0;
  #visits: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#visits = bytes.length * timesOver + alwaysAllowed;
  }

  /** A reader of `length` bytes at an address. */
  block(address: number | undefined, length: number, what: string): Cursor {
    if (address === undefined) return damaged(`${what} lies nowhere`);
    const start = this.base + address;
    if (!(start + length <= this.bytes.length))
      return damaged(`${what} (${length} bytes at ${start}) reaches past the end of the file (${this.bytes.length})`);
    this.#visits -= length;
    if (this.#visits < 0) damaged('its structures lead to each other without end');
    return new Cursor(this, start, start + length, what);
  }

  /** A reader that starts behind a signature and a version, both checked. */
  signed(address: number | undefined, length: number, signature: string, version: number, what: string): Cursor {
    const cursor = this.block(address, length, what);
    const found = String.fromCharCode(...cursor.take(4));
    if (found !== signature) damaged(`${what} at ${cursor.at - 4} does not begin with ${signature}`);
    if (cursor.uint(1) !== version) damaged(`${what} is not of version ${version}`);
    return cursor;
  }

  /** A reader of a whole structure that ends with a checksum, which is verified and left out. */
  checked(address: number | undefined, length: number, signature: string, version: number, what: string): Cursor {
    const start = this.base + (address ?? 0);
    const cursor = this.signed(address, length, signature, version, what);
    verify(this, start, start + length, what);
    cursor.end -= 4;
    return cursor;
  }
}

/** Checks that bytes end in the checksum of those before. */
export function verify(source: Source, start: number, end: number, what: string): void {
  if (source.view.getUint32(end - 4, true) !== checksum(source.bytes.subarray(start, end - 4)))
    damaged(`${what} does not match its checksum`);
}

/** Reads little-endian numbers one after another, never past its end. */
export class Cursor {
  readonly source: Source;
  at: number;
  end: number;
  readonly #what: string;

  constructor(source: Source, at: number, end: number, what: string) {
    this.source = source;
    this.at = at;
    this.end = end;
    this.#what = what;
  }

  get left(): number {
    return this.end - this.at;
  }

  /** The next bytes, not copied. */
  take(count: number): Uint8Array {
    const from = this.at;
    this.skip(count);
    return this.source.bytes.subarray(from, this.at);
  }

  skip(count: number): this {
    if (!(count <= this.left)) damaged(`${this.#what} ends too early`);
    this.at += count;
    return this;
  }

  /** An unsigned number of 1 to 8 bytes. */
  uint(count: number): number {
    const from = this.at;
    this.skip(count);
    let value = 0;
    for (let k = count - 1; k >= 0; k--) value = value * 256 + this.source.bytes[from + k];
    return value;
  }

  /** An address; undefined for "nowhere". */
  address(): number | undefined {
    const bytes = this.take(this.source.addressBytes);
    if (bytes.every((byte) => byte === 0xff)) return undefined;
    this.at -= bytes.length;
    return this.uint(bytes.length);
  }

  length(): number {
    return this.uint(this.source.lengthBytes);
  }

  /** Another reader at the same position. */
  again(): Cursor {
    return new Cursor(this.source, this.at, this.end, this.#what);
  }

  /** The next bytes as a separate reader. */
  part(count: number): Cursor {
    const from = this.at;
    this.skip(count);
    return new Cursor(this.source, from, this.at, this.#what);
  }

  /** A text that ends with NUL or at the end of the bytes. */
  text(count: number): string {
    const bytes = this.take(count);
    const end = bytes.indexOf(0);
    return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
  }
}
// A byte order mark at the beginning of a text is part of it.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
