/**
 * The device's memory and its allocator.
 *
 * ```ts
 * const heap = new Heap({ shared: platform().threads });
 * const p = heap.allocate(4096);              // a 64-byte aligned address
 * heap.float32(p, 1024).fill(1);              // a view on it: make a new one after any allocation
 * heap.free(p);
 * heap.memory                                 // the WebAssembly.Memory to import
 * ```
 */
import { fail, failForMemory } from '../../base/errors.ts';
import { type Block, FreeLists } from './free-lists.ts';
import { heapBase } from './layout.ts';

export interface HeapOptions {
  /** Whether threads share the memory. */
  readonly shared: boolean;
  /** Initial bytes (default 16 MiB). */
  readonly initialBytes?: number;
  /** Bytes the memory may grow to (default and limit 4 GiB). */
  readonly maximumBytes?: number;
}

export interface HeapStatistics {
  /** Bytes currently allocated, rounded up to whole 64-byte units. */
  readonly bytesInUse: number;
  /** Peak of allocated bytes (since `resetPeak`). */
  readonly peakBytes: number;
  /** Blocks currently allocated. */
  readonly blocks: number;
  /** Size of the memory itself. */
  readonly capacity: number;
}

const page = 65536;
/** Bytes at the end of memory that are never allocated, because vector loads may read past the end of an array. */
const slack = 256;
const alignment = 64;
const mebi = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly maximumPages: number;
  readonly initialPages: number;
  readonly shared: boolean;
  private readonly lists = new FreeLists();
  private readonly used = new Map<number, Block>();
  private capacity: number;
  private inUse = 0;
  private peak = 0;

  constructor({ shared, initialBytes = 16 * 2 ** 20, maximumBytes = 2 ** 32 }: HeapOptions) {
    this.shared = shared;
    this.initialPages = Math.ceil(initialBytes / page);
    const wanted = Math.min(65536, Math.max(this.initialPages, Math.floor(maximumBytes / page)));
    [this.memory, this.maximumPages] = reserve(this.initialPages, wanted, shared);
    this.capacity = this.initialPages * page;
    this.lists.extend(heapBase, this.capacity - slack - heapBase);
  }

  /** The memory's limits, as a module that imports it must declare them. */
  get limits(): { initial: number; maximum: number; shared: boolean } {
    return { initial: this.initialPages, maximum: this.maximumPages, shared: this.shared };
  }

  /** Allocates `bytes` bytes at an address that is a multiple of 64; their content is unspecified. */
  allocate(bytes: number): number {
    const size = Math.max(alignment, Math.ceil(bytes / alignment) * alignment);
    let block = this.lists.take(size);
    if (!block) {
      this.grow(size);
      block = this.lists.take(size)!;
    }
    this.used.set(block.offset, block);
    this.inUse += block.size;
    if (this.inUse > this.peak) this.peak = this.inUse;
    return block.offset;
  }

  /** Frees an address returned by `allocate`. */
  free(address: number): void {
    const block = this.used.get(address);
    if (!block) fail('Heap', `address ${address} is not allocated`, 'free each address once, exactly as it was given');
    this.used.delete(address);
    this.inUse -= block.size;
    this.lists.give(block);
  }

  /** The bytes allocated at an address (at least those requested). */
  sizeOf(address: number): number {
    return this.used.get(address)?.size ?? 0;
  }

  private grow(bytes: number): void {
    const pages = this.capacity / page;
    const atLeast = Math.ceil((bytes - this.lists.tail(this.capacity - slack)) / page);
    const room = this.maximumPages - pages;
    // A quarter more each time keeps the number of growths logarithmic.
    const generous = Math.min(room, Math.max(atLeast, 256, pages >> 2));
    if (atLeast > room || !(this.tryGrow(generous) || this.tryGrow(atLeast))) {
      failForMemory(
        'wasm device',
        `out of memory: ${mebi(bytes)} wanted, ${mebi(this.inUse)} in use, ${mebi(this.lists.largest())} the largest free block, ${mebi(this.maximumPages * page)} the limit`,
        'use a smaller batch or model, drop or dispose tensors that are no longer needed, or choose another device',
      );
    }
  }

  private tryGrow(pages: number): boolean {
    try {
      this.memory.grow(pages);
    } catch {
      return false;
    }
    this.lists.extend(this.capacity - slack, pages * page);
    this.capacity += pages * page;
    return true;
  }

  get statistics(): HeapStatistics {
    return { bytesInUse: this.inUse, peakBytes: this.peak, blocks: this.used.size, capacity: this.capacity };
  }

  /** Resets the peak to the current use. */
  resetPeak(): void {
    this.peak = this.inUse;
  }

  float32(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }
  float64(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }
  int32(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }
  uint32(address: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, address, length);
  }
  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, length);
  }
}

/** A memory with as large a maximum as the engine grants (small devices refuse to reserve 4 GiB of addresses). */
function reserve(initial: number, maximum: number, shared: boolean): [memory: WebAssembly.Memory, maximum: number] {
  for (let limit = maximum; ; limit = Math.max(initial, limit >> 1)) {
    try {
      return [new WebAssembly.Memory({ initial, maximum: limit, shared }), limit];
    } catch (error) {
      if (limit === initial) throw error;
    }
  }
}
