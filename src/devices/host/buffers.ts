import { fail } from '../../base/errors.ts';
import type { Buffer } from '../device.ts';

/** Bytes on a device's heap. */
export class HeapBuffer implements Buffer {
  readonly bytes: number;
  /** Their address; undefined once freed. */
  at: number | undefined;

  declare private readonly device: string;

  constructor(device: string, bytes: number, at: number) {
    this.device = device;
    this.bytes = bytes;
    this.at = at;
  }

  get address(): number {
    return this.at ?? fail(`${this.device} device`, 'the buffer was freed', 'keep it until its last use');
  }
}

/** Allocates and frees memory. */
export interface Allocator {
  allocate(bytes: number): number;
  free(address: number): void;
}

/** Vectors, and rows of blocks of them, may be read across the end of an array. */
const slack = 256;

/** The arrays on a heap, and the scratch memory of the running program. */
export class Buffers {
  /** Bytes in buffers. */
  bytesInUse = 0;
  declare private readonly device: string;
  declare private readonly allocator: Allocator;
  private scratch = { address: 0, bytes: 0 };

  constructor(device: string, allocator: Allocator) {
    this.device = device;
    this.allocator = allocator;
  }

  /** Memory for an array that is not a buffer: a constant, a table. */
  reserve(bytes: number): number {
    return this.allocator.allocate(bytes + slack);
  }

  allocate(bytes: number): HeapBuffer {
    const buffer = new HeapBuffer(this.device, bytes, this.reserve(bytes));
    this.bytesInUse += bytes;
    return buffer;
  }

  free(buffer: Buffer): void {
    const { address } = buffer as HeapBuffer;
    this.allocator.free(address);
    (buffer as HeapBuffer).at = undefined;
    this.bytesInUse -= buffer.bytes;
  }

  /** The address of at least this many bytes of scratch memory, valid until the next call. */
  arena(bytes: number): number {
    if (bytes > this.scratch.bytes) {
      if (this.scratch.bytes > 0) this.allocator.free(this.scratch.address);
      this.scratch = { address: 0, bytes: 0 };
      this.scratch = { bytes, address: this.reserve(bytes) };
    }
    return this.scratch.address;
  }
}
