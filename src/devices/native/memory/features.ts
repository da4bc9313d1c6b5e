import { Assembler, Label } from '../encoder/assembler.ts';
import { at, r8, rax, rbx, rcx, rdi, rdx } from '../encoder/operands.ts';
import { dropCode, placeCode } from './code-memory.ts';
import { foreign } from './foreign.ts';

/** 32-bit elements in the vectors of this machine; 0 if it lacks AVX2 or FMA. */
export type Width = 0 | 8 | 16;

let known: Width | undefined;

/** The vector width of this machine; CPUID runs once. */
export const vectorWidth = (): Width => (known ??= widthOf(ask()));

/** CPUID's leaves 1 and 7, and which registers the operating system saves. */
interface Answer {
  readonly ecx1: number;
  readonly ebx7: number;
  readonly xcr0: number;
}

function ask(): Answer {
  const code = new Assembler();
  code.push(rbx);
  code.general('mov', { a: r8, m: rdi });
  const leaf = (number: number): void => {
    code.moveNumber(rax, number);
    code.moveNumber(rcx, 0);
    code.general('cpuid', {});
  };
  leaf(1);
  code.general('movStore', { a: rcx, m: at(r8, 0), wide: false });
  leaf(7);
  code.general('movStore', { a: rbx, m: at(r8, 4), wide: false });
  // XGETBV may be executed only if OSXSAVE is set.
  code.moveNumber(rax, 0);
  code.moveNumber(rdx, 1 << 27);
  code.general('and', { a: rdx, m: at(r8, 0), wide: false });
  const done = new Label();
  code.jump(done, 'equal');
  code.moveNumber(rcx, 0);
  code.raw(0x0f, 0x01, 0xd0);
  code.bind(done);
  code.general('movStore', { a: rax, m: at(r8, 8), wide: false });
  code.pop(rbx);
  code.general('ret', {});
  const placed = placeCode(code.build());
  const words = new Uint32Array(3);
  foreign().entry(placed.address)(words);
  dropCode(placed);
  return { ecx1: words[0], ebx7: words[1], xcr0: words[2] };
}

const bit = (word: number, ...places: number[]): boolean => places.every((n) => (word >>> n) & 1);

/** AVX2, BMI2 and FMA are required; with F, DQ, BW and VL of AVX-512, vectors have 16 elements. */
export function widthOf({ ecx1, ebx7, xcr0 }: Answer): Width {
  if (!bit(ecx1, 12, 27, 28) || !bit(ebx7, 5, 8) || !bit(xcr0, 1, 2)) return 0;
  return bit(ebx7, 16, 17, 30, 31) && bit(xcr0, 5, 6, 7) ? 16 : 8;
}
