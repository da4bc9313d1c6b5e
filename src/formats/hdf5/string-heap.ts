import { fail } from '../../base/errors.ts';
import { ByteWriter } from '../byte-writer.ts';

/** Where a text of variable length lies: bytes, address of its collection, index in it. */
export interface TextPlace {
  readonly bytes: number;
  readonly address: number;
  readonly index: number;
}

const smallestCollection = 4096;
const largestCollection = 1 << 20;
const padded = (length: number): number => (length + 7) & ~7;

/** HDF5's global heap: texts of variable length, in collections that start at `address`. */
export class StringHeap {
  readonly pieces: Uint8Array[] = [];
  #address: number;
  #open = new ByteWriter();
  #count = 0;

  constructor(address: number) {
    this.#address = address;
  }

  add(who: string, text: string): TextPlace {
    if (text.includes('\0')) fail(who, 'a text contains the character NUL, which ends a text in HDF5', 'remove it');
    const bytes = new TextEncoder().encode(text);
    if (bytes.length === 0) return { bytes: 0, address: 0, index: 0 };
    if (this.#open.length + bytes.length > largestCollection || this.#count === 0xffff) this.close();
    this.#count++;
    this.#open.u16(this.#count).u16(0).u32(0).u64(bytes.length).bytes(bytes);
    this.#open.zeros(padded(bytes.length) - bytes.length);
    return { bytes: bytes.length, address: this.#address, index: this.#count };
  }

  /** Closes the current collection; returns the address after it. */
  close(): number {
    if (this.#count === 0) return this.#address;
    const used = 16 + this.#open.length;
    const size = Math.max(smallestCollection, used);
    const collection = new ByteWriter().text('GCOL').u8(1, 0, 0, 0).u64(size).bytes(this.#open.done());
    const free = size - used;
    // The rest is object 0, the free space; its size counts its own 16 bytes.
    if (free >= 16) collection.u16(0).u16(0).u32(0).u64(free);
    collection.zeros(size - collection.length);
    this.pieces.push(collection.done());
    this.#address += size;
    this.#open = new ByteWriter();
    this.#count = 0;
    return this.#address;
  }
}
