import type { TypedArray } from '../src/base/dtype.ts';
import type { Allocator } from '../src/devices/host/buffers.ts';
import { anonymous, foreign, protection } from '../src/devices/native/memory/foreign.ts';

const page = 4096;

/**
 * A heap in which a page that nobody may touch follows each block at once, and another one stands less than a page before
 * it: whatever is read or written outside of a block ends the process. Blocks begin full of NaN.
 */
export function guardedHeap(): Allocator {
  const c = foreign();
  const blocks = new Map<number, { readonly start: number; readonly bytes: number }>();
  return {
    allocate(bytes) {
      const own = Math.max(64, Math.ceil(bytes / 64) * 64);
      const inner = Math.ceil(own / page) * page;
      const start = c.mmap(0, inner + 2 * page, protection.none, anonymous, -1, 0);
      c.mprotect(start + page, inner, protection.read | protection.write);
      c.copyIn(start + page, new Uint8Array(inner).fill(0xff), inner);
      const address = start + page + inner - own;
      blocks.set(address, { start, bytes: inner + 2 * page });
      return address;
    },
    free(address) {
      const { start, bytes } = blocks.get(address)!;
      blocks.delete(address);
      c.munmap(start, bytes);
    },
  };
}

/** A copy of an array that ends where a page begins which nobody may touch, and begins less than a page behind another one. */
export function guarded(x: TypedArray): { readonly address: number; takeBack(): void } {
  const c = foreign();
  const inner = Math.max(page, Math.ceil(x.byteLength / page) * page);
  const start = c.mmap(0, inner + 2 * page, protection.none, anonymous, -1, 0);
  c.mprotect(start + page, inner, protection.read | protection.write);
  const address = start + page + inner - x.byteLength;
  if (x.byteLength > 0) c.copyIn(address, x, x.byteLength);
  return {
    address,
    takeBack() {
      if (x.byteLength > 0) c.copyOut(x, address, x.byteLength);
      c.munmap(start, inner + 2 * page);
    },
  };
}
