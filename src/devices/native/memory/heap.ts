import { failForMemory } from '../../../base/errors.ts';
import type { Allocator } from '../../host/buffers.ts';
import { type Block, FreeLists } from '../../host/free-lists.ts';
import { anonymous, foreign, noReserve, protection } from './foreign.ts';

/** Size of the reserved address range: the most that FreeLists can represent. */
const addresses = 2 ** 38;
const alignment = 64;
/** The smallest step by which a heap grows. */
const step = 16 * 2 ** 20;
const hugePages = 14;
const dontNeed = 4;
const page = 4096;
/** Smaller free blocks are not returned to the system. */
const smallest = 2 ** 20;
const mebi = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** System memory outside the JavaScript heap: addresses are reserved up front and committed as needed. */
export class NativeHeap implements Allocator {
  private readonly start: number;
  private readonly limit: number;
  private readonly lists = new FreeLists();
  private readonly used = new Map<number, Block>();
  private capacity = 0;
  private inUse = 0;
  /** Free bytes that may still be committed. */
  private idle = 0;
  private readonly mostIdle: number;

  /**
   * `limit`: the most bytes it may grow to (default: the machine's memory). `mostIdle`: when more free bytes than this,
   * and than those in use, are committed, they are returned to the system.
   */
  constructor(limit = systemMemory(), mostIdle = 2 ** 30) {
    this.mostIdle = mostIdle;
    this.limit = Math.min(addresses, Math.floor(limit / step) * step);
    this.start = foreign().mmap(0, addresses, protection.none, anonymous | noReserve, -1, 0);
    if (this.start >= 2 ** 47)
      failForMemory(
        'native device',
        `the system has no ${mebi(addresses)} of addresses`,
        'raise the limit (ulimit -v)',
      );
  }

  /** The address of `bytes` bytes, a multiple of 64; their content is unspecified. */
  allocate(bytes: number): number {
    const size = Math.max(alignment, Math.ceil(bytes / alignment) * alignment);
    let block = this.lists.take(size);
    if (!block) {
      this.grow(size);
      block = this.lists.take(size)!;
    }
    const address = this.start + block.offset;
    this.used.set(address, block);
    this.inUse += block.size;
    this.idle = Math.max(0, this.idle - block.size);
    return address;
  }

  free(address: number): void {
    const block = this.used.get(address)!;
    this.used.delete(address);
    this.inUse -= block.size;
    this.idle += block.size;
    this.lists.give(block);
    if (this.idle > Math.max(this.mostIdle, this.inUse)) this.giveBack();
  }

  /** Returns the pages of free blocks to the system; the addresses stay valid and are committed again when written. */
  private giveBack(): void {
    for (const { offset, size } of this.lists.blocks()) {
      if (size < smallest) continue;
      const from = Math.ceil(offset / page) * page;
      const to = Math.floor((offset + size) / page) * page;
      foreign().madvise(this.start + from, to - from, dontNeed);
    }
    this.idle = 0;
  }

  private grow(bytes: number): void {
    const atLeast = bytes - this.lists.tail(this.capacity);
    // Growing by a quarter each time keeps the number of growths logarithmic.
    const wanted = Math.ceil(Math.max(atLeast, this.capacity / 4) / step) * step;
    const more = Math.min(wanted, this.limit - this.capacity);
    const from = this.start + this.capacity;
    const c = foreign();
    if (more < atLeast || c.mprotect(from, more, protection.read | protection.write) !== 0)
      failForMemory(
        'native device',
        `out of memory: ${mebi(bytes)} wanted, ${mebi(this.inUse)} in use, ${mebi(this.lists.largest())} the largest free block, ${mebi(this.limit)} the limit`,
        'use a smaller batch or model, or drop or dispose tensors that are no longer needed',
      );
    c.madvise(from, more, hugePages);
    this.lists.extend(this.capacity, more);
    this.capacity += more;
  }
}

/** Bytes of this machine's memory, or of this process's share of it. */
function systemMemory(): number {
  const allowed = process.constrainedMemory?.() ?? 0;
  const all = process.getBuiltinModule('node:os').totalmem();
  return allowed > 0 && allowed < all ? allowed : all;
}
