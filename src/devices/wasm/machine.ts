import { fail } from '../../base/errors.ts';
import type { Buffer } from '../device.ts';
import { Heap } from '../host/heap.ts';
import { platform } from '../host/platform.ts';
import { availableThreads, ThreadPool } from '../host/threads.ts';

/** Bytes on the device's heap. */
export class HeapBuffer implements Buffer {
  readonly bytes: number;
  /** Where they are; undefined once they were freed. */
  at: number | undefined;

  constructor(bytes: number, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  get address(): number {
    return this.at ?? fail('wasm device', 'the buffer was freed', 'keep it until its last use');
  }
}

/** Vectors may be read across the end of an array. */
const slack = 16;

/** What all programs of a device share: memory, threads, and the scratch memory of the one that runs. */
export class Machine {
  readonly heap: Heap;
  readonly pool: ThreadPool;
  /** Bytes in buffers. */
  bytesInUse = 0;
  private scratch = { address: 0, bytes: 0 };

  constructor(threads = availableThreads()) {
    this.heap = new Heap({ shared: platform().threads });
    this.pool = new ThreadPool(this.heap, threads);
  }

  /** Memory for an array that is no buffer: a constant, a table. */
  reserve(bytes: number): number {
    return this.heap.allocate(bytes + slack);
  }

  allocate(bytes: number): HeapBuffer {
    const buffer = new HeapBuffer(bytes, this.reserve(bytes));
    this.bytesInUse += bytes;
    return buffer;
  }

  free(buffer: Buffer): void {
    const { address } = buffer as HeapBuffer;
    this.heap.free(address);
    (buffer as HeapBuffer).at = undefined;
    this.bytesInUse -= buffer.bytes;
  }

  /** The address of scratch memory of at least so many bytes, good until the next call. */
  arena(bytes: number): number {
    if (bytes > this.scratch.bytes) {
      if (this.scratch.bytes > 0) this.heap.free(this.scratch.address);
      this.scratch = { address: 0, bytes: 0 };
      this.scratch = { bytes, address: this.reserve(bytes) };
    }
    return this.scratch.address;
  }
}
