import { describe, expect, it } from 'vitest';
import { Assembler } from '../encoder/assembler.ts';
import { at, rax, rdi } from '../encoder/operands.ts';
import { widthsHere } from '../testing.ts';
import { dropCode, placeCode } from './code-memory.ts';
import { widthOf } from './features.ts';
import { foreign } from './foreign.ts';

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
