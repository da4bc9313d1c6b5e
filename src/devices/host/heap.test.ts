import { describe, expect, it } from 'vitest';
import { Heap } from './heap.ts';
import { heapBase } from './layout.ts';

describe('the heap', () => {
  it('hands out aligned blocks that never overlap, through any sequence of allocations and frees', () => {
    const heap = new Heap({ shared: false, initialBytes: 65536 });
    const live = new Map<number, number>();
    let seed = 1;
    const random = () => (seed = (seed * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
    for (let turn = 0; turn < 5000; turn++) {
      if (live.size > 0 && random() < 0.48) {
        const victim = [...live.keys()][Math.floor(random() * live.size)]!;
        heap.free(victim);
        live.delete(victim);
      } else {
        const size = Math.ceil(2 ** (random() * 14));
        const at = heap.allocate(size);
        expect(at % 64).toBe(0);
        expect(at).toBeGreaterThan(0);
        live.set(at, size);
      }
    }
    const sorted = [...live].sort((a, b) => a[0] - b[0]);
    for (let i = 1; i < sorted.length; i++)
      expect(sorted[i]![0]).toBeGreaterThanOrEqual(sorted[i - 1]![0] + sorted[i - 1]![1]);
    for (const at of live.keys()) heap.free(at);
    const { bytesInUse, blocks, capacity, peakBytes } = heap.statistics;
    expect({ bytesInUse, blocks }).toEqual({ bytesInUse: 0, blocks: 0 });
    expect(peakBytes).toBeLessThanOrEqual(capacity);
    // Everything has merged into one block again.
    expect(heap.allocate(capacity - heapBase - 1024)).toBe(heapBase);
    expect(heap.statistics.capacity).toBe(capacity);
  });

  it('reuses a freed block of the same size', () => {
    const heap = new Heap({ shared: false });
    const a = heap.allocate(1000);
    heap.allocate(1000);
    heap.free(a);
    expect(heap.allocate(1000)).toBe(a);
  });

  it('grows, keeps the content and reports the peak', () => {
    const heap = new Heap({ shared: true, initialBytes: 65536 });
    const a = heap.allocate(400);
    heap.float32(a, 100).fill(3);
    const b = heap.allocate(50 * 2 ** 20);
    expect(heap.statistics.capacity).toBeGreaterThan(50 * 2 ** 20);
    expect(heap.float32(a, 100).every((x) => x === 3)).toBe(true);
    heap.free(b);
    expect(heap.statistics.peakBytes).toBe(448 + 50 * 2 ** 20);
    heap.resetPeak();
    expect(heap.statistics.peakBytes).toBe(448);
  });

  it('says how much was wanted and how much is there when memory is out', () => {
    const heap = new Heap({ shared: false, initialBytes: 65536, maximumBytes: 4 * 2 ** 20 });
    heap.allocate(2 ** 20);
    expect(() => heap.allocate(2 ** 23)).toThrow(/8\.0 MiB wanted, 1\.0 MiB in use, .* 4\.0 MiB the limit/);
    expect(heap.allocate(2.9 * 2 ** 20)).toBeGreaterThan(0);
  });

  it('refuses to free an address twice', () => {
    const heap = new Heap({ shared: false });
    const a = heap.allocate(1);
    heap.free(a);
    expect(() => heap.free(a)).toThrow('is not allocated');
  });
});
