// Describes instructions: their encoding and what they do to their operands. `a` is the register of ModRM's middle
// field, `v` the additional one of VEX and EVEX, `m` the register or memory of the last field.

/** What happens to an operand: it is read, written, or both. */
export type Role = 'r' | 'w' | 'rw';

export interface Encoding {
  /** legacy: general registers. vex: VEX where it suffices, else EVEX. evex: EVEX only. */
  readonly form: 'legacy' | 'vex' | 'evex';
  /** The mandatory prefix: none, 66, F3, F2. */
  readonly prefix: 0 | 1 | 2 | 3;
  /** The map of opcodes: one byte, 0F, 0F 38, 0F 3A. */
  readonly map: 0 | 1 | 2 | 3;
  readonly opcode: number;
  /** The bit W of VEX and of EVEX. */
  readonly w: 0 | 1;
  readonly ew: 0 | 1;
  readonly a: Role | undefined;
  readonly v: Role | undefined;
  readonly m: Role | undefined;
  /** The opcode extension in the middle field, in place of a register. */
  readonly digit: number | undefined;
  /** Bytes of the immediate number. */
  readonly immediate: 0 | 1 | 4;
  /** Size of a memory operand: the whole vector, a part of it (1/2, 1/4), or this many bytes. */
  readonly memory: 1 | 0.5 | 0.25 | '4' | '8';
  /** The last operand can only be of this kind. */
  readonly only: 'memory' | 'register' | undefined;
  /** The operand of which only the low byte is used. */
  readonly bytes: 'a' | 'm' | undefined;
  /** An atomic access. */
  readonly locked: boolean;
  /** Operands a, v and m are vectors (v), general registers (g) or masks (k, by number). */
  readonly kinds: string;
}

type Shape = readonly [a: Role | undefined, v: Role | undefined, m: Role | undefined];
const three: Shape = ['w', 'r', 'r'];
const two: Shape = ['w', undefined, 'r'];
const fused: Shape = ['rw', 'r', 'r'];
const written: Shape = ['r', undefined, 'w'];
const shifted: Shape = [undefined, 'w', 'r'];

const plain = {
  form: 'vex',
  w: 0,
  ew: 0,
  digit: undefined,
  immediate: 0,
  memory: 1,
  only: undefined,
  bytes: undefined,
  locked: false,
  kinds: 'vvv',
} as const satisfies Partial<Encoding>;

function vector(
  [a, v, m]: Shape,
  prefix: Encoding['prefix'],
  map: Encoding['map'],
  opcode: number,
  more: Partial<Encoding> = {},
): Encoding {
  return { ...plain, prefix, map, opcode, a, v, m, ...more };
}
/** The same on doubles or 64-bit integers: EVEX says so in W. */
const wide = { ew: 1 } as const;
const wideBoth = { w: 1, ew: 1 } as const;
const byte = { immediate: 1 } as const;
const evex = { form: 'evex' } as const;
const four = { memory: '4' } as const;
const eight = { memory: '8', ew: 1 } as const;
// VEX only shifts registers.
const shift = (digit: number) => ({ digit, immediate: 1, only: 'register' }) as const;

export const vectorInstructions = {
  vmovups: vector(two, 0, 1, 0x10),
  vmovupsStore: vector(written, 0, 1, 0x11),
  vmovss: vector(two, 2, 1, 0x10, { ...four, only: 'memory' }),
  vmovssStore: vector(written, 2, 1, 0x11, { ...four, only: 'memory' }),
  vmovsd: vector(two, 3, 1, 0x10, { ...eight, only: 'memory' }),
  vmovsdStore: vector(written, 3, 1, 0x11, { ...eight, only: 'memory' }),
  /** Moves a general register or four bytes of memory into a vector and clears the rest. */
  vmovd: vector(two, 1, 1, 0x6e, { ...four, kinds: 'v-g' }),
  vmovdStore: vector(written, 1, 1, 0x7e, { ...four, kinds: 'v-g' }),
  vmovq: vector(two, 1, 1, 0x6e, { memory: '8', ...wideBoth, kinds: 'v-g' }),
  vmovqStore: vector(written, 1, 1, 0x7e, { memory: '8', ...wideBoth, kinds: 'v-g' }),
  vbroadcastss: vector(two, 1, 2, 0x18, four),
  vbroadcastsd: vector(two, 1, 2, 0x19, eight),
  vpbroadcastd: vector(two, 1, 2, 0x58, four),

  vaddps: vector(three, 0, 1, 0x58),
  vaddpd: vector(three, 1, 1, 0x58, wide),
  vsubps: vector(three, 0, 1, 0x5c),
  vsubpd: vector(three, 1, 1, 0x5c, wide),
  vmulps: vector(three, 0, 1, 0x59),
  vmulpd: vector(three, 1, 1, 0x59, wide),
  vdivps: vector(three, 0, 1, 0x5e),
  vdivpd: vector(three, 1, 1, 0x5e, wide),
  vminps: vector(three, 0, 1, 0x5d),
  vminpd: vector(three, 1, 1, 0x5d, wide),
  vmaxps: vector(three, 0, 1, 0x5f),
  vmaxpd: vector(three, 1, 1, 0x5f, wide),
  vsqrtps: vector(two, 0, 1, 0x51),
  vsqrtpd: vector(two, 1, 1, 0x51, wide),
  /** The immediate selects the rounding: 0 nearest, 1 down, 2 up, 3 towards zero. */
  vroundps: vector(two, 1, 3, 0x08, byte),
  vroundpd: vector(two, 1, 3, 0x09, { ...byte, ...wide }),
  /** a = v · m + a; a = v · a + m; a = a · m + v. */
  vfmadd231ps: vector(fused, 1, 2, 0xb8),
  vfmadd213ps: vector(fused, 1, 2, 0xa8),
  vfmadd132ps: vector(fused, 1, 2, 0x98),
  vfmadd231pd: vector(fused, 1, 2, 0xb8, wideBoth),
  vfmadd213pd: vector(fused, 1, 2, 0xa8, wideBoth),
  vfmadd132pd: vector(fused, 1, 2, 0x98, wideBoth),
  /** VEX comparisons: masks are lanes with all bits set. */
  vcmpps: vector(three, 0, 1, 0xc2, byte),
  vcmppd: vector(three, 1, 1, 0xc2, { ...byte, ...wide }),
  vblendvps: vector(three, 1, 3, 0x4a, byte),
  vblendvpd: vector(three, 1, 3, 0x4b, byte),
  vpcmpeqd: vector(three, 1, 1, 0x76),
  vpcmpgtd: vector(three, 1, 1, 0x66),
  /** EVEX comparisons: masks are k registers. */
  kcmpps: vector(three, 0, 1, 0xc2, { ...evex, ...byte, kinds: 'kvv' }),
  kcmppd: vector(three, 1, 1, 0xc2, { ...evex, ...byte, ...wide, kinds: 'kvv' }),
  kcmpd: vector(three, 1, 3, 0x1f, { ...evex, ...byte, kinds: 'kvv' }),
  kcmpud: vector(three, 1, 3, 0x1e, { ...evex, ...byte, kinds: 'kvv' }),
  vpmovm2d: vector(two, 2, 2, 0x38, { ...evex, kinds: 'v-k', only: 'register' }),
  vpmovm2q: vector(two, 2, 2, 0x38, { ...evex, ...wide, kinds: 'v-k', only: 'register' }),
  vpmovd2m: vector(two, 2, 2, 0x39, { ...evex, kinds: 'k-v', only: 'register' }),
  vblendmps: vector(three, 1, 2, 0x65, evex),
  vpternlogd: vector(fused, 1, 3, 0x25, { ...evex, ...byte }),

  vpand: vector(three, 1, 1, 0xdb),
  /** ~v & m. */
  vpandn: vector(three, 1, 1, 0xdf),
  vpor: vector(three, 1, 1, 0xeb),
  vpxor: vector(three, 1, 1, 0xef),
  vpaddd: vector(three, 1, 1, 0xfe),
  vpsubd: vector(three, 1, 1, 0xfa),
  vpmulld: vector(three, 1, 2, 0x40),
  vpminsd: vector(three, 1, 2, 0x39),
  vpmaxsd: vector(three, 1, 2, 0x3d),
  vpminud: vector(three, 1, 2, 0x3b),
  vpmaxud: vector(three, 1, 2, 0x3f),
  vpaddq: vector(three, 1, 1, 0xd4, wide),
  vpsubq: vector(three, 1, 1, 0xfb, wide),
  vpslld: vector(shifted, 1, 1, 0x72, shift(6)),
  vpsrld: vector(shifted, 1, 1, 0x72, shift(2)),
  vpsrad: vector(shifted, 1, 1, 0x72, shift(4)),
  vpsllq: vector(shifted, 1, 1, 0x73, { ...shift(6), ...wide }),
  vpsrlq: vector(shifted, 1, 1, 0x73, { ...shift(2), ...wide }),
  vpsllvd: vector(three, 1, 2, 0x47),
  vpsrlvd: vector(three, 1, 2, 0x45),
  vpsravd: vector(three, 1, 2, 0x46),

  vcvtdq2ps: vector(two, 0, 1, 0x5b),
  vcvttps2dq: vector(two, 2, 1, 0x5b),
  vcvtudq2ps: vector(two, 3, 1, 0x7a, evex),
  vcvttps2udq: vector(two, 0, 1, 0x78, evex),
  vcvtps2pd: vector(two, 0, 1, 0x5a, { memory: 0.5 }),
  vcvtpd2ps: vector(two, 1, 1, 0x5a, wide),
  vcvtdq2pd: vector(two, 2, 1, 0xe6, { memory: 0.5 }),
  vcvttpd2dq: vector(two, 1, 1, 0xe6, wide),
  /** Between 64-bit integers in general registers and doubles. */
  vcvtsi2sd: vector(three, 3, 1, 0x2a, { memory: '8', ...wideBoth, kinds: 'vvg' }),
  vcvttsd2si: vector(two, 3, 1, 0x2c, { memory: '8', ...wideBoth, kinds: 'g-v' }),
  vucomiss: vector(['r', undefined, 'r'], 0, 1, 0x2e, four),
  vucomisd: vector(['r', undefined, 'r'], 1, 1, 0x2e, eight),

  vpmovzxbd: vector(two, 1, 2, 0x31, { memory: 0.25 }),
  vpmovsxbd: vector(two, 1, 2, 0x21, { memory: 0.25 }),
  vpmovzxwd: vector(two, 1, 2, 0x33, { memory: 0.5 }),
  vpmovsxwd: vector(two, 1, 2, 0x23, { memory: 0.5 }),
  vpmovdb: vector(written, 2, 2, 0x31, { ...evex, memory: 0.25 }),
  vpmovdw: vector(written, 2, 2, 0x33, { ...evex, memory: 0.5 }),

  vextractf128: vector(written, 1, 3, 0x19, { ...byte, memory: 0.5 }),
  vextractf64x4: vector(written, 1, 3, 0x1b, { ...evex, ...byte, ...wide, memory: 0.5 }),
  vinsertf128: vector(three, 1, 3, 0x18, { ...byte, memory: 0.5 }),
  vinsertf64x4: vector(three, 1, 3, 0x1a, { ...evex, ...byte, ...wide, memory: 0.5 }),
  vpshufd: vector(two, 1, 1, 0x70, byte),
  vpshufb: vector(three, 1, 2, 0x00),
  vpermd: vector(three, 1, 2, 0x36),
  vpermq: vector(two, 1, 3, 0x00, { ...byte, ...wideBoth }),
  vshufps: vector(three, 0, 1, 0xc6, byte),
  /** The lower words of 64-bit lanes. */
  vpmovqd: vector(written, 2, 2, 0x35, { ...evex, memory: 0.5 }),
  vpcmpeqq: vector(three, 1, 2, 0x29),
  vunpcklps: vector(three, 0, 1, 0x14),
  vunpckhps: vector(three, 0, 1, 0x15),
  vunpcklpd: vector(three, 1, 1, 0x14, wide),
  vunpckhpd: vector(three, 1, 1, 0x15, wide),
  vperm2f128: vector(three, 1, 3, 0x06, byte),
  vshuff32x4: vector(three, 1, 3, 0x23, { ...evex, ...byte }),
  /** The mask (v for VEX, a k register for EVEX) is cleared. */
  vpgatherdd: vector(['rw', 'rw', 'r'], 1, 2, 0x90, { ...four, only: 'memory' }),
  kgatherdd: vector(['rw', undefined, 'r'], 1, 2, 0x90, { ...evex, ...four, only: 'memory' }),
  kscatterdd: vector(['r', undefined, 'w'], 1, 2, 0xa0, { ...evex, ...four, only: 'memory' }),
  /** Sets a mask register to all ones. */
  kxnorw: vector(three, 0, 1, 0x46, { kinds: 'kkk', only: 'register' }),
  vzeroupper: vector([undefined, undefined, undefined], 0, 1, 0x77),

  /** Shifts of general registers by a register. */
  shlx: vector(['w', 'r', 'r'], 1, 2, 0xf7, { kinds: 'ggg' }),
  sarx: vector(['w', 'r', 'r'], 2, 2, 0xf7, { kinds: 'ggg' }),
  shrx: vector(['w', 'r', 'r'], 3, 2, 0xf7, { kinds: 'ggg' }),
} as const satisfies Record<string, Encoding>;

function legacy(
  a: Role | undefined,
  m: Role | undefined,
  map: 0 | 1,
  opcode: number,
  more: Partial<Encoding> = {},
): Encoding {
  return { ...plain, form: 'legacy', prefix: 0, map, opcode, a, v: undefined, m, kinds: 'g-g', ...more };
}
const withNumber = (digit: number, m: Role): Encoding => legacy(undefined, m, 0, 0x81, { digit, immediate: 4 });

export const generalInstructions = {
  mov: legacy('w', 'r', 0, 0x8b),
  movStore: legacy('r', 'w', 0, 0x89),
  movNumber: legacy(undefined, 'w', 0, 0xc7, { digit: 0, immediate: 4 }),
  movStore8: legacy('r', 'w', 0, 0x88, { bytes: 'a', only: 'memory' }),
  movStore16: legacy('r', 'w', 0, 0x89, { prefix: 1, only: 'memory' }),
  movsxd: legacy('w', 'r', 0, 0x63),
  movzx8: legacy('w', 'r', 1, 0xb6, { bytes: 'm' }),
  movzx16: legacy('w', 'r', 1, 0xb7),
  movsx8: legacy('w', 'r', 1, 0xbe, { bytes: 'm' }),
  movsx16: legacy('w', 'r', 1, 0xbf),
  lea: legacy('w', 'r', 0, 0x8d, { only: 'memory' }),
  add: legacy('rw', 'r', 0, 0x03),
  sub: legacy('rw', 'r', 0, 0x2b),
  and: legacy('rw', 'r', 0, 0x23),
  or: legacy('rw', 'r', 0, 0x0b),
  xor: legacy('rw', 'r', 0, 0x33),
  cmp: legacy('r', 'r', 0, 0x3b),
  test: legacy('r', 'r', 0, 0x85),
  imul: legacy('rw', 'r', 1, 0xaf),
  imulNumber: legacy('w', 'r', 0, 0x69, { immediate: 4 }),
  addNumber: withNumber(0, 'rw'),
  orNumber: withNumber(1, 'rw'),
  andNumber: withNumber(4, 'rw'),
  subNumber: withNumber(5, 'rw'),
  xorNumber: withNumber(6, 'rw'),
  cmpNumber: withNumber(7, 'r'),
  shl: legacy(undefined, 'rw', 0, 0xc1, { digit: 4, immediate: 1 }),
  shr: legacy(undefined, 'rw', 0, 0xc1, { digit: 5, immediate: 1 }),
  sar: legacy(undefined, 'rw', 0, 0xc1, { digit: 7, immediate: 1 }),
  not: legacy(undefined, 'rw', 0, 0xf7, { digit: 2 }),
  neg: legacy(undefined, 'rw', 0, 0xf7, { digit: 3 }),
  /** rax = rdx:rax / m, rdx the remainder. */
  div: legacy(undefined, 'r', 0, 0xf7, { digit: 6 }),
  idiv: legacy(undefined, 'r', 0, 0xf7, { digit: 7 }),
  /** rdx = the sign of rax. */
  cdq: legacy(undefined, undefined, 0, 0x99),
  /** Atomically adds a to m; a receives the old value of m. */
  xadd: legacy('rw', 'rw', 1, 0xc1, { locked: true, only: 'memory' }),
  call: legacy(undefined, 'r', 0, 0xff, { digit: 2 }),
  ret: legacy(undefined, undefined, 0, 0xc3),
  syscall: legacy(undefined, undefined, 1, 0x05),
  cpuid: legacy(undefined, undefined, 1, 0xa2),
  xgetbv: legacy(undefined, undefined, 1, 0x01),
} as const satisfies Record<string, Encoding>;

/** Condition codes, after cmp and after float comparisons. */
export const conditions = {
  overflow: 0,
  below: 2,
  aboveEqual: 3,
  equal: 4,
  notEqual: 5,
  belowEqual: 6,
  above: 7,
  unordered: 10,
  ordered: 11,
  less: 12,
  greaterEqual: 13,
  lessEqual: 14,
  greater: 15,
} as const;
export type Condition = keyof typeof conditions;

export const setIf = (condition: Condition): Encoding => setters[condition];
export const moveIf = (condition: Condition): Encoding => movers[condition];
const each = (make: (number: number) => Encoding): Record<Condition, Encoding> =>
  Object.fromEntries(Object.entries(conditions).map(([name, n]) => [name, make(n)])) as Record<Condition, Encoding>;
/** Sets a byte to 1 if the condition holds, else to 0. */
const setters = each((n) => legacy(undefined, 'w', 1, 0x90 + n, { digit: 0, bytes: 'm' }));
const movers = each((n) => legacy('rw', 'r', 1, 0x40 + n));

export const x86 = { ...vectorInstructions, ...generalInstructions } as const;
