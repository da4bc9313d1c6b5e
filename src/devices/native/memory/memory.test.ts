import { describe, expect, it } from 'vitest';
import { Assembler } from '../encoder/assembler.ts';
import { at, rax, rdi } from '../encoder/operands.ts';
import { widthsHere } from '../testing.ts';
import { dropCode, placeCode } from './code-memory.ts';
import { widthOf } from './features.ts';
import { foreign } from './foreign.ts';
import { NativeHeap } from './heap.ts';

describe('what CPUID says', () => {
  const [avx2, all] = [
    { ecx1: 2 ** 12 + 2 ** 27 + 2 ** 28, ebx7: 2 ** 5 + 2 ** 8, xcr0: 7 },
    { ecx1: 2 ** 12 + 2 ** 27 + 2 ** 28, ebx7: 2 ** 5 + 2 ** 8 + 2 ** 16 + 2 ** 17 + 2 ** 30 + 2 ** 31, xcr0: 0xe7 },
  ];
  it('is vectors of 16, of 8, or none', () => {
    expect([widthOf(all), widthOf(avx2)]).toEqual([16, 8]);
    // Without FMA; without AVX2; registers that the system does not keep.
    expect(widthOf({ ...all, ecx1: 2 ** 27 + 2 ** 28 })).toBe(0);
    expect(widthOf({ ...all, ebx7: 2 ** 8 })).toBe(0);
    expect([widthOf({ ...all, xcr0: 3 }), widthOf({ ...all, xcr0: 7 })]).toEqual([0, 8]);
  });
});

describe.skipIf(widthsHere().length === 0)('memory for code', () => {
  it('runs what was written into it', () => {
    const code = new Assembler();
    code.general('mov', { a: rax, m: at(rdi) });
    code.general('add', { a: rax, m: at(rdi, 8) });
    code.general('movStore', { a: rax, m: at(rdi, 16) });
    code.general('ret', {});
    const placed = placeCode(code.build());
    const table = Uint32Array.of(0xffffffff, 1, 2, 3, 0, 0);
    foreign().entry(placed.address)(table);
    dropCode(placed);
    // The sum carries into the upper word.
    expect([...table.slice(4)]).toEqual([1, 5]);
  });
});

describe.skipIf(widthsHere().length === 0)('memory for arrays', () => {
  const [mebi, many] = [2 ** 20, 64 * 2 ** 20];
  // Written piece by piece: JavaScript's own memory must not come and go meanwhile.
  const piece = new Uint8Array(mebi).fill(7);
  const written = (heap: NativeHeap): number => {
    const address = heap.allocate(many);
    for (let at = 0; at < many; at += mebi) foreign().copyIn(address + at, piece, mebi);
    return address;
  };

  it('goes back to the system when much of it is free', () => {
    const heap = new NativeHeap(2 ** 30, 16 * mebi);
    const kept = heap.allocate(8 * mebi);
    foreign().copyIn(kept, Uint8Array.of(1, 2, 3, 4), 4);
    const address = written(heap);
    const before = process.memoryUsage.rss();
    heap.free(address);
    expect(process.memoryUsage.rss()).toBeLessThan(before - many / 2);
    // What was kept is as it was, and what was free is memory again when it is needed.
    const words = new Uint8Array(4);
    foreign().copyOut(words, kept, 4);
    expect([...words]).toEqual([1, 2, 3, 4]);
    const again = written(heap);
    foreign().copyOut(words, again + many - 4, 4);
    expect([...words]).toEqual([7, 7, 7, 7]);
  });

  it('stays where it will be needed again', () => {
    const heap = new NativeHeap(2 ** 30, 128 * mebi);
    const address = written(heap);
    const before = process.memoryUsage.rss();
    heap.free(address);
    expect(process.memoryUsage.rss()).toBeGreaterThan(before - many / 2);
  });
});
