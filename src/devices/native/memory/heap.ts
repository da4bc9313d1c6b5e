import { failForMemory } from '../../../base/errors.ts';
import type { Allocator } from '../../host/buffers.ts';
import { type Block, FreeLists } from '../../host/free-lists.ts';
import { anonymous, foreign, noReserve, protection } from './foreign.ts';

/** Addresses that a heap may come to fill: what FreeLists can tell apart. */
const addresses = 2 ** 38;
const alignment = 64;
/** The least by which a heap grows. */
const step = 16 * 2 ** 20;
const hugePages = 14;
const mebi = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** The system's memory, outside of all JavaScript: addresses are reserved at once, and become memory when they are needed. */
export class NativeHeap implements Allocator {
  private readonly start: number;
  private readonly limit: number;
  private readonly lists = new FreeLists();
  private readonly used = new Map<number, Block>();
  private capacity = 0;
  private inUse = 0;

  /** `limit`: the most bytes that it may become; all of the machine's memory, when absent. */
  constructor(limit = systemMemory()) {
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
    return address;
  }

  free(address: number): void {
    const block = this.used.get(address)!;
    this.used.delete(address);
    this.inUse -= block.size;
    this.lists.give(block);
  }

  private grow(bytes: number): void {
    const atLeast = bytes - this.lists.tail(this.capacity);
    // A quarter more each time keeps the number of growths logarithmic.
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

/** Bytes of this machine's memory, or of what this process may have of it. */
function systemMemory(): number {
  const allowed = process.constrainedMemory?.() ?? 0;
  const all = process.getBuiltinModule('node:os').totalmem();
  return allowed > 0 && allowed < all ? allowed : all;
}
