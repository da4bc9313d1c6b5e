import { describe, expect, it } from 'vitest';
import { Assembler, type Instruction, Label } from './assembler.ts';
import { moveIf, setIf, x86 } from './instructions.ts';
import { at, r8, r12, r13, rax, rbx, rcx, rdi, rsi, rsp, vectorRegister as v } from './operands.ts';

const hex = (write: (a: Assembler) => void): string => {
  const assembler = new Assembler();
  write(assembler);
  return [...assembler.build()].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
};
type Operands = Omit<Instruction, 'encoding'>;
/** As GNU as writes them. */
const known: readonly (readonly [text: string, name: keyof typeof x86, operands: Operands, bytes: string])[] = [
  ['mov r8, rdi', 'mov', { a: r8, m: rdi, wide: true }, '4c 8b c7'],
  ['mov eax, [rsp+8]', 'mov', { a: rax, m: at(rsp, 8) }, '8b 44 24 08'],
  ['mov [r13], rcx', 'movStore', { a: rcx, m: at(r13), wide: true }, '49 89 4d 00'],
  [
    'mov rax, [r12+rcx*8+0x12345]',
    'mov',
    { a: rax, m: { base: r12, index: rcx, scale: 8, displacement: 0x12345 }, wide: true },
    '49 8b 84 cc 45 23 01 00',
  ],
  ['mov byte [rdi], sil', 'movStore8', { a: rsi, m: at(rdi) }, '40 88 37'],
  ['mov word [rdi], si', 'movStore16', { a: rsi, m: at(rdi) }, '66 89 37'],
  ['mov [rbx], 7', 'movNumber', { m: at(rbx), immediate: 7 }, 'c7 03 07 00 00 00'],
  ['movsxd rax, ecx', 'movsxd', { a: rax, m: rcx, wide: true }, '48 63 c1'],
  ['movzx eax, byte [rsi]', 'movzx8', { a: rax, m: at(rsi) }, '0f b6 06'],
  ['movsx eax, word [rsi-2]', 'movsx16', { a: rax, m: at(rsi, -2) }, '0f bf 46 fe'],
  [
    'lea r8, [rax+rbx*4+1]',
    'lea',
    { a: r8, m: { base: rax, index: rbx, scale: 4, displacement: 1 }, wide: true },
    '4c 8d 44 98 01',
  ],
  ['imul ecx, eax, 1000', 'imulNumber', { a: rcx, m: rax, immediate: 1000 }, '69 c8 e8 03 00 00'],
  ['add rsi, 16', 'addNumber', { m: rsi, immediate: 16, wide: true }, '48 83 c6 10'],
  ['cmp ecx, 4096', 'cmpNumber', { m: rcx, immediate: 4096 }, '81 f9 00 10 00 00'],
  ['shl ecx, 3', 'shl', { m: rcx, immediate: 3 }, 'c1 e1 03'],
  ['idiv rbx', 'idiv', { m: rbx, wide: true }, '48 f7 fb'],
  ['shlx ecx, eax, ebx', 'shlx', { a: rcx, m: rax, v: rbx }, 'c4 e2 61 f7 c8'],
  ['vaddps ymm1, ymm2, ymm3', 'vaddps', { a: v(1), v: v(2), m: v(3), length: 256 }, 'c5 ec 58 cb'],
  ['vaddps xmm9, xmm10, xmm11', 'vaddps', { a: v(9), v: v(10), m: v(11), length: 128 }, 'c4 41 28 58 cb'],
  [
    'vaddps zmm1, zmm2, [rdi+0x40]',
    'vaddps',
    { a: v(1), v: v(2), m: at(rdi, 64), length: 512 },
    '62 f1 6c 48 58 4f 01',
  ],
  [
    'vaddps zmm17, zmm18, [rdi+0x20]{1to16}',
    'vaddps',
    { a: v(17), v: v(18), m: at(rdi, 32), length: 512, broadcast: true },
    '62 e1 6c 50 58 4f 08',
  ],
  ['vaddpd zmm1, zmm2, zmm30', 'vaddpd', { a: v(1), v: v(2), m: v(30), length: 512 }, '62 91 ed 48 58 ce'],
  ['vaddps xmm20, xmm1, xmm2', 'vaddps', { a: v(20), v: v(1), m: v(2), length: 128 }, '62 e1 74 08 58 e2'],
  [
    'vfmadd231ps zmm9, zmm2, [rax+r8*4+4]{1to16}',
    'vfmadd231ps',
    { a: v(9), v: v(2), m: { base: rax, index: r8, scale: 4, displacement: 4 }, length: 512, broadcast: true },
    '62 32 6d 58 b8 4c 80 01',
  ],
  ['vfmadd231ps ymm9, ymm2, ymm8', 'vfmadd231ps', { a: v(9), v: v(2), m: v(8), length: 256 }, 'c4 42 6d b8 c8'],
  ['vfmadd213pd zmm0, zmm1, zmm2', 'vfmadd213pd', { a: v(0), v: v(1), m: v(2), length: 512 }, '62 f2 f5 48 a8 c2'],
  ['vmovups [rdi+0x100], zmm3', 'vmovupsStore', { a: v(3), m: at(rdi, 256), length: 512 }, '62 f1 7c 48 11 5f 04'],
  ['vmovss xmm5, [rdi+4]', 'vmovss', { a: v(5), m: at(rdi, 4), length: 128 }, 'c5 fa 10 6f 04'],
  ['vmovss [rdi+4], xmm20', 'vmovssStore', { a: v(20), m: at(rdi, 4), length: 128 }, '62 e1 7e 08 11 67 01'],
  ['vmovd xmm5, ecx', 'vmovd', { a: v(5), m: rcx, length: 128 }, 'c5 f9 6e e9'],
  ['vmovd ecx, xmm20', 'vmovdStore', { a: v(20), m: rcx, length: 128 }, '62 e1 7d 08 7e e1'],
  ['vbroadcastss ymm5, [rdi]', 'vbroadcastss', { a: v(5), m: at(rdi), length: 256 }, 'c4 e2 7d 18 2f'],
  ['vbroadcastss zmm5, xmm17', 'vbroadcastss', { a: v(5), m: v(17), length: 512 }, '62 b2 7d 48 18 e9'],
  ['vroundps ymm5, ymm6, 9', 'vroundps', { a: v(5), m: v(6), length: 256, immediate: 9 }, 'c4 e3 7d 08 ee 09'],
  ['vrndscaleps zmm5, zmm6, 1', 'vroundps', { a: v(5), m: v(6), length: 512, immediate: 1 }, '62 f3 7d 48 08 ee 01'],
  ['vcmpltps k1, zmm5, zmm6', 'kcmpps', { a: 1, v: v(5), m: v(6), length: 512, immediate: 1 }, '62 f1 54 48 c2 ce 01'],
  [
    'vpcmpd k2, zmm5, [rdi]{1to16}, 2',
    'kcmpd',
    { a: 2, v: v(5), m: at(rdi), length: 512, immediate: 2, broadcast: true },
    '62 f3 55 58 1f 17 02',
  ],
  ['vpmovm2d zmm7, k1', 'vpmovm2d', { a: v(7), m: 1, length: 512 }, '62 f2 7e 48 38 f9'],
  ['vpmovd2m k3, zmm17', 'vpmovd2m', { a: 3, m: v(17), length: 512 }, '62 b2 7e 48 39 d9'],
  [
    'vblendmps zmm1{k1}, zmm2, zmm3',
    'vblendmps',
    { a: v(1), v: v(2), m: v(3), length: 512, mask: 1 },
    '62 f2 6d 49 65 cb',
  ],
  [
    'vmovaps-like vmovups zmm1{k1}{z}, [rdi]',
    'vmovups',
    { a: v(1), m: at(rdi), length: 512, mask: 1, zero: true },
    '62 f1 7c c9 10 0f',
  ],
  [
    'vpternlogd zmm1, zmm2, zmm3, 0xca',
    'vpternlogd',
    { a: v(1), v: v(2), m: v(3), length: 512, immediate: 0xca },
    '62 f3 6d 48 25 cb ca',
  ],
  [
    'vblendvps ymm1, ymm2, ymm3, ymm4',
    'vblendvps',
    { a: v(1), v: v(2), m: v(3), length: 256, immediate: 0x40 },
    'c4 e3 6d 4a cb 40',
  ],
  ['vpslld ymm1, ymm9, 23', 'vpslld', { v: v(1), m: v(9), length: 256, immediate: 23 }, 'c4 c1 75 72 f1 17'],
  ['vpsrld zmm17, zmm9, 1', 'vpsrld', { v: v(17), m: v(9), length: 512, immediate: 1 }, '62 d1 75 40 72 d1 01'],
  ['vpsllq zmm1, zmm9, 52', 'vpsllq', { v: v(1), m: v(9), length: 512, immediate: 52 }, '62 d1 f5 48 73 f1 34'],
  ['vpmulld zmm1, zmm2, zmm3', 'vpmulld', { a: v(1), v: v(2), m: v(3), length: 512 }, '62 f2 6d 48 40 cb'],
  ['vcvtudq2ps zmm1, zmm2', 'vcvtudq2ps', { a: v(1), m: v(2), length: 512 }, '62 f1 7f 48 7a ca'],
  ['vcvtps2pd zmm1, ymm2', 'vcvtps2pd', { a: v(1), m: v(2), length: 512 }, '62 f1 7c 48 5a ca'],
  ['vcvtpd2ps ymm1, zmm2', 'vcvtpd2ps', { a: v(1), m: v(2), length: 512 }, '62 f1 fd 48 5a ca'],
  ['vcvtsi2sd xmm1, xmm2, rcx', 'vcvtsi2sd', { a: v(1), v: v(2), m: rcx, length: 128, wide: true }, 'c4 e1 eb 2a c9'],
  ['vcvttsd2si rcx, xmm2', 'vcvttsd2si', { a: rcx, m: v(2), length: 128, wide: true }, 'c4 e1 fb 2c ca'],
  ['vpmovzxbd zmm1, [rdi+0x10]', 'vpmovzxbd', { a: v(1), m: at(rdi, 16), length: 512 }, '62 f2 7d 48 31 4f 01'],
  ['vpmovdb [rdi+0x10], zmm1', 'vpmovdb', { a: v(1), m: at(rdi, 16), length: 512 }, '62 f2 7e 48 31 4f 01'],
  [
    'vextractf64x4 ymm1, zmm2, 1',
    'vextractf64x4',
    { a: v(2), m: v(1), length: 512, immediate: 1 },
    '62 f3 fd 48 1b d1 01',
  ],
  ['vextractf128 xmm1, ymm2, 1', 'vextractf128', { a: v(2), m: v(1), length: 256, immediate: 1 }, 'c4 e3 7d 19 d1 01'],
  [
    'vinsertf64x4 zmm1, zmm2, ymm3, 1',
    'vinsertf64x4',
    { a: v(1), v: v(2), m: v(3), length: 512, immediate: 1 },
    '62 f3 ed 48 1a cb 01',
  ],
  ['vpermd ymm1, ymm2, [rdi]', 'vpermd', { a: v(1), v: v(2), m: at(rdi), length: 256 }, 'c4 e2 6d 36 0f'],
  [
    'vpgatherdd ymm1, [rdi+ymm2], ymm3',
    'vpgatherdd',
    { a: v(1), v: v(3), m: { base: rdi, index: v(2), scale: 1, displacement: 0 }, length: 256 },
    'c4 e2 65 90 0c 17',
  ],
  [
    'vpgatherdd zmm1{k1}, [rdi+zmm18+4]',
    'kgatherdd',
    { a: v(1), m: { base: rdi, index: v(18), scale: 1, displacement: 4 }, length: 512, mask: 1 },
    '62 f2 7d 41 90 4c 17 01',
  ],
  [
    'vpscatterdd [rdi+zmm2*4]{k1}, zmm3',
    'kscatterdd',
    { a: v(3), m: { base: rdi, index: v(2), scale: 4, displacement: 0 }, length: 512, mask: 1 },
    '62 f2 7d 49 a0 1c 97',
  ],
  ['vucomiss xmm1, xmm17', 'vucomiss', { a: v(1), m: v(17), length: 128 }, '62 b1 7c 08 2e c9'],
];

describe('the encoder of x86-64', () => {
  it.each(known)('writes %s', (_, name, operands, bytes) => {
    expect(hex((a) => a.instruction({ encoding: x86[name], ...operands }))).toBe(bytes);
  });

  it('writes conditions, jumps and calls', () => {
    expect(hex((a) => a.instruction({ encoding: setIf('above'), m: rsi }))).toBe('40 0f 97 c6');
    expect(hex((a) => a.instruction({ encoding: moveIf('notEqual'), a: rcx, m: r8 }))).toBe('41 0f 45 c8');
    expect(hex((a) => a.instruction({ encoding: x86.movzx8, a: rax, m: rsi }))).toBe('40 0f b6 c6');
    const label = new Label();
    const loop = hex((a) => {
      a.bind(label);
      a.instruction({ encoding: x86.subNumber, m: rcx, immediate: 1 });
      a.jump(label, 'notEqual');
    });
    expect(loop).toBe('83 e9 01 75 fb');
    const ahead = new Label();
    const over = hex((a) => {
      a.jump(ahead);
      a.call(ahead);
      a.bind(ahead);
    });
    expect(over).toBe('e9 05 00 00 00 e8 00 00 00 00');
    expect(hex((a) => a.moveNumber(r8, 2 ** 40 + 1))).toBe('49 b8 01 00 00 00 00 01 00 00');
  });

  it('reads constants that stand behind the code, equal ones once', () => {
    const code = hex((a) => {
      for (const n of [1, 2, 1]) a.instruction({ encoding: x86.mov, a: rax, m: a.constant([n]) });
    });
    const [first, second, third, ...rest] = code.split('8b 05 ').slice(1);
    expect([first, second, third!.slice(0, 11)]).toEqual(['3a 00 00 00 ', '38 00 00 00 ', '2e 00 00 00']);
    expect(rest).toEqual([]);
    expect(code.endsWith('01 00 00 00 02 00 00 00')).toBe(true);
  });
});
