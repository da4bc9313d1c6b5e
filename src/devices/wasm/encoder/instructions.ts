/**
 * The WebAssembly instruction set as tables: consecutive opcodes, written by their standard names.
 * A `-` skips an opcode that the standard leaves free.
 */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

type Words<Text extends string> = Text extends `${infer Head} ${infer Tail}` ? Head | Words<Tail> : Text;
type Named<Text extends string> = Exclude<Words<Text>, '-' | ''>;
type Prefixed<P extends string, Text extends string> = `${P}.${Named<Text>}`;

const tables: { readonly type: string; readonly page: number; readonly first: number; readonly names: string }[] = [];
let opcodes: Map<string, readonly number[]> | undefined;

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, value >>> 7];
}

/** Names opcodes `first`, `first + 1`, ... after the words of `names`, each with the type `type` in front. */
function table<P extends string, T extends string>(type: P, page: number, first: number, names: T): Prefixed<P, T> {
  tables.push({ type, page, first, names });
  return undefined as never;
}

/** All opcodes by name, made when the first is asked for. */
function allOpcodes(): Map<string, readonly number[]> {
  if (opcodes) return opcodes;
  opcodes = new Map();
  for (const { type, page, first, names } of tables)
    for (const [i, name] of names.split(' ').entries())
      if (name !== '-') opcodes.set(`${type}.${name}`, page === 0 ? [first + i] : [page, ...leb(first + i)]);
  return opcodes;
}

const integerCompare = 'eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u';
const integerMath = 'clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr';
const floatCompare = 'eq ne lt gt le ge';
const floatMath = 'abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign';
const laneCompare = 'eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u';
const bitwiseBefore = 'shl shr_s shr_u';
const SIMD = 0xfd;
const BULK = 0xfc;
const ATOMIC = 0xfe;

const scalar = [
  table('i32', 0, 0x45, integerCompare),
  table('i64', 0, 0x50, integerCompare),
  table('f32', 0, 0x5b, floatCompare),
  table('f64', 0, 0x61, floatCompare),
  table('i32', 0, 0x67, integerMath),
  table('i64', 0, 0x79, integerMath),
  table('f32', 0, 0x8b, floatMath),
  table('f64', 0, 0x99, floatMath),
  table('i32', 0, 0xa7, 'wrap_i64 trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u'),
  table('i64', 0, 0xac, 'extend_i32_s extend_i32_u trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u'),
  table('f32', 0, 0xb2, 'convert_i32_s convert_i32_u convert_i64_s convert_i64_u demote_f64'),
  table('f64', 0, 0xb7, 'convert_i32_s convert_i32_u convert_i64_s convert_i64_u promote_f32'),
  table('i32', 0, 0xbc, 'reinterpret_f32'),
  table('i64', 0, 0xbd, 'reinterpret_f64'),
  table('f32', 0, 0xbe, 'reinterpret_i32'),
  table('f64', 0, 0xbf, 'reinterpret_i64'),
  table('i32', 0, 0xc0, 'extend8_s extend16_s'),
  table('i64', 0, 0xc2, 'extend8_s extend16_s extend32_s'),
  table('i32', BULK, 0, 'trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u'),
  table('i64', BULK, 4, 'trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u'),
];

const vector = [
  table('i8x16', SIMD, 0x0e, 'swizzle splat'),
  table('i16x8', SIMD, 0x10, 'splat'),
  table('i32x4', SIMD, 0x11, 'splat'),
  table('i64x2', SIMD, 0x12, 'splat'),
  table('f32x4', SIMD, 0x13, 'splat'),
  table('f64x2', SIMD, 0x14, 'splat'),
  table('i8x16', SIMD, 0x23, laneCompare),
  table('i16x8', SIMD, 0x2d, laneCompare),
  table('i32x4', SIMD, 0x37, laneCompare),
  table('f32x4', SIMD, 0x41, floatCompare),
  table('f64x2', SIMD, 0x47, floatCompare),
  table('v128', SIMD, 0x4d, 'not and andnot or xor bitselect any_true'),
  table('f32x4', SIMD, 0x5e, 'demote_f64x2_zero'),
  table('f64x2', SIMD, 0x5f, 'promote_low_f32x4'),
  table('i8x16', SIMD, 0x60, 'abs neg popcnt all_true bitmask narrow_i16x8_s narrow_i16x8_u'),
  table('f32x4', SIMD, 0x67, 'ceil floor trunc nearest'),
  table('i8x16', SIMD, 0x6b, `${bitwiseBefore} add add_sat_s add_sat_u sub sub_sat_s sub_sat_u`),
  table('f64x2', SIMD, 0x74, 'ceil floor'),
  table('i8x16', SIMD, 0x76, 'min_s min_u max_s max_u - avgr_u'),
  table('f64x2', SIMD, 0x7a, 'trunc'),
  table('i16x8', SIMD, 0x7c, 'extadd_pairwise_i8x16_s extadd_pairwise_i8x16_u'),
  table('i32x4', SIMD, 0x7e, 'extadd_pairwise_i16x8_s extadd_pairwise_i16x8_u'),
  table('i16x8', SIMD, 0x80, 'abs neg q15mulr_sat_s all_true bitmask narrow_i32x4_s narrow_i32x4_u'),
  table('i16x8', SIMD, 0x87, 'extend_low_i8x16_s extend_high_i8x16_s extend_low_i8x16_u extend_high_i8x16_u'),
  table('i16x8', SIMD, 0x8b, `${bitwiseBefore} add add_sat_s add_sat_u sub sub_sat_s sub_sat_u`),
  table('f64x2', SIMD, 0x94, 'nearest'),
  table('i16x8', SIMD, 0x95, 'mul min_s min_u max_s max_u - avgr_u'),
  table('i16x8', SIMD, 0x9c, 'extmul_low_i8x16_s extmul_high_i8x16_s extmul_low_i8x16_u extmul_high_i8x16_u'),
  table('i32x4', SIMD, 0xa0, 'abs neg - all_true bitmask'),
  table('i32x4', SIMD, 0xa7, 'extend_low_i16x8_s extend_high_i16x8_s extend_low_i16x8_u extend_high_i16x8_u'),
  table('i32x4', SIMD, 0xab, `${bitwiseBefore} add - - sub - - - mul min_s min_u max_s max_u dot_i16x8_s`),
  table('i32x4', SIMD, 0xbc, 'extmul_low_i16x8_s extmul_high_i16x8_s extmul_low_i16x8_u extmul_high_i16x8_u'),
  table('i64x2', SIMD, 0xc0, 'abs neg - all_true bitmask'),
  table('i64x2', SIMD, 0xc7, 'extend_low_i32x4_s extend_high_i32x4_s extend_low_i32x4_u extend_high_i32x4_u'),
  table('i64x2', SIMD, 0xcb, `${bitwiseBefore} add - - sub - - - mul eq ne lt_s gt_s le_s ge_s`),
  table('i64x2', SIMD, 0xdc, 'extmul_low_i32x4_s extmul_high_i32x4_s extmul_low_i32x4_u extmul_high_i32x4_u'),
  table('f32x4', SIMD, 0xe0, 'abs neg - sqrt add sub mul div min max pmin pmax'),
  table('f64x2', SIMD, 0xec, 'abs neg - sqrt add sub mul div min max pmin pmax'),
  table('i32x4', SIMD, 0xf8, 'trunc_sat_f32x4_s trunc_sat_f32x4_u'),
  table('f32x4', SIMD, 0xfa, 'convert_i32x4_s convert_i32x4_u'),
  table('i32x4', SIMD, 0xfc, 'trunc_sat_f64x2_s_zero trunc_sat_f64x2_u_zero'),
  table('f64x2', SIMD, 0xfe, 'convert_low_i32x4_s convert_low_i32x4_u'),
];

const relaxed = [
  table('i8x16', SIMD, 0x100, 'relaxed_swizzle'),
  table('i32x4', SIMD, 0x101, 'relaxed_trunc_f32x4_s relaxed_trunc_f32x4_u'),
  table('i32x4', SIMD, 0x103, 'relaxed_trunc_f64x2_s_zero relaxed_trunc_f64x2_u_zero'),
  table('f32x4', SIMD, 0x105, 'relaxed_madd relaxed_nmadd'),
  table('f64x2', SIMD, 0x107, 'relaxed_madd relaxed_nmadd'),
  table('i8x16', SIMD, 0x109, 'relaxed_laneselect'),
  table('i16x8', SIMD, 0x10a, 'relaxed_laneselect'),
  table('i32x4', SIMD, 0x10b, 'relaxed_laneselect'),
  table('i64x2', SIMD, 0x10c, 'relaxed_laneselect'),
  table('f32x4', SIMD, 0x10d, 'relaxed_min relaxed_max'),
  table('f64x2', SIMD, 0x10f, 'relaxed_min relaxed_max'),
  table('i16x8', SIMD, 0x111, 'relaxed_q15mulr_s relaxed_dot_i8x16_i7x16_s'),
  table('i32x4', SIMD, 0x113, 'relaxed_dot_i8x16_i7x16_add_s'),
];

const loads = [
  table('i32', 0, 0x28, 'load'),
  table('i64', 0, 0x29, 'load'),
  table('f32', 0, 0x2a, 'load'),
  table('f64', 0, 0x2b, 'load'),
  table('i32', 0, 0x2c, 'load8_s load8_u load16_s load16_u'),
  table('i64', 0, 0x30, 'load8_s load8_u load16_s load16_u load32_s load32_u'),
  table('v128', SIMD, 0x00, 'load load8x8_s load8x8_u load16x4_s load16x4_u load32x2_s load32x2_u'),
  table('v128', SIMD, 0x07, 'load8_splat load16_splat load32_splat load64_splat'),
  table('v128', SIMD, 0x5c, 'load32_zero load64_zero'),
  table('i32', ATOMIC, 0x10, 'atomic.load - atomic.load8_u atomic.load16_u'),
  table('i64', ATOMIC, 0x11, 'atomic.load - - atomic.load8_u atomic.load16_u atomic.load32_u'),
];

const stores = [
  table('i32', 0, 0x36, 'store'),
  table('i64', 0, 0x37, 'store'),
  table('f32', 0, 0x38, 'store'),
  table('f64', 0, 0x39, 'store'),
  table('i32', 0, 0x3a, 'store8 store16'),
  table('i64', 0, 0x3c, 'store8 store16 store32'),
  table('v128', SIMD, 0x0b, 'store'),
  table('i32', ATOMIC, 0x17, 'atomic.store - atomic.store8 atomic.store16'),
  table('i64', ATOMIC, 0x18, 'atomic.store - - atomic.store8 atomic.store16 atomic.store32'),
];

/** Read-modify-write: (address, operand) or, for cmpxchg, (address, expected, replacement). */
const exchanges = [
  table('memory', ATOMIC, 0x00, 'atomic.notify atomic.wait32 atomic.wait64'),
  table('i32', ATOMIC, 0x1e, 'atomic.rmw.add - atomic.rmw8.add_u atomic.rmw16.add_u'),
  table('i64', ATOMIC, 0x1f, 'atomic.rmw.add'),
  table('i32', ATOMIC, 0x25, 'atomic.rmw.sub - atomic.rmw8.sub_u atomic.rmw16.sub_u'),
  table('i64', ATOMIC, 0x26, 'atomic.rmw.sub'),
  table('i32', ATOMIC, 0x2c, 'atomic.rmw.and - atomic.rmw8.and_u atomic.rmw16.and_u'),
  table('i64', ATOMIC, 0x2d, 'atomic.rmw.and'),
  table('i32', ATOMIC, 0x33, 'atomic.rmw.or - atomic.rmw8.or_u atomic.rmw16.or_u'),
  table('i64', ATOMIC, 0x34, 'atomic.rmw.or'),
  table('i32', ATOMIC, 0x3a, 'atomic.rmw.xor - atomic.rmw8.xor_u atomic.rmw16.xor_u'),
  table('i64', ATOMIC, 0x3b, 'atomic.rmw.xor'),
  table('i32', ATOMIC, 0x41, 'atomic.rmw.xchg - atomic.rmw8.xchg_u atomic.rmw16.xchg_u'),
  table('i64', ATOMIC, 0x42, 'atomic.rmw.xchg'),
  table('i32', ATOMIC, 0x48, 'atomic.rmw.cmpxchg - atomic.rmw8.cmpxchg_u atomic.rmw16.cmpxchg_u'),
  table('i64', ATOMIC, 0x49, 'atomic.rmw.cmpxchg'),
];

const lanes = [
  table('i8x16', SIMD, 0x15, 'extract_lane_s extract_lane_u replace_lane'),
  table('i16x8', SIMD, 0x18, 'extract_lane_s extract_lane_u replace_lane'),
  table('i32x4', SIMD, 0x1b, 'extract_lane replace_lane'),
  table('i64x2', SIMD, 0x1d, 'extract_lane replace_lane'),
  table('f32x4', SIMD, 0x1f, 'extract_lane replace_lane'),
  table('f64x2', SIMD, 0x21, 'extract_lane replace_lane'),
];

const memoryLanes = [
  table('v128', SIMD, 0x54, 'load8_lane load16_lane load32_lane load64_lane'),
  table('v128', SIMD, 0x58, 'store8_lane store16_lane store32_lane store64_lane'),
];

/** Instructions without immediates: operands in, at most one result out. */
export type Plain = (typeof scalar)[number] | (typeof vector)[number] | (typeof relaxed)[number];
/** Instructions with an address and an offset. */
export type Load = (typeof loads)[number];
export type Store = (typeof stores)[number];
export type Exchange = (typeof exchanges)[number];
/** Instructions with a lane number. */
export type LaneAccess = (typeof lanes)[number];
/** Instructions that move one lane from or to memory. */
export type MemoryLane = (typeof memoryLanes)[number];
export type Instruction = Plain | Load | Store | Exchange | LaneAccess | MemoryLane;

/** Every instruction in the tables. */
export function instructionNames(): Instruction[] {
  return [...allOpcodes().keys()] as Instruction[];
}

/** The bytes of an instruction's opcode, without immediates. */
export function opcode(name: Instruction): readonly number[] {
  return (opcodes ?? allOpcodes()).get(name)!;
}

/** Atomic accesses must state their natural alignment (as a power of two); for others no promise is made: 0. */
export function alignment(name: Instruction): number {
  if (!name.includes('atomic')) return 0;
  const narrow = /(?:load|store|rmw|wait)(\d+)/.exec(name);
  const bits = narrow ? Number(narrow[1]) : name.startsWith('i64') ? 64 : 32;
  return Math.log2(bits / 8);
}

const laneScalar: Record<string, ValueType> = {
  i8x16: 'i32',
  i16x8: 'i32',
  i32x4: 'i32',
  i64x2: 'i64',
  f32x4: 'f32',
  f64x2: 'f64',
};

/** The type in front of the first dot: `f32x4` of `f32x4.add`. */
export function prefix(name: Instruction): string {
  return name.slice(0, name.indexOf('.'));
}

/** The type an operand must have, so that a bare number can be written in its place. */
export function operandType(name: Instruction, position: number): ValueType {
  let types = operandTypes.get(name);
  if (!types) operandTypes.set(name, (types = [0, 1, 2].map((i) => findOperandType(name, i))));
  return types[Math.min(position, 2)];
}

const operandTypes = new Map<Instruction, readonly ValueType[]>();

function findOperandType(name: Instruction, position: number): ValueType {
  const type = prefix(name);
  const rest = name.slice(type.length + 1);
  if (/load|store|atomic/.test(rest)) {
    if (position === 0 || rest === 'atomic.notify') return 'i32';
    if (rest === 'atomic.wait32') return position === 1 ? 'i32' : 'i64';
    return type === 'memory' ? 'i64' : (type as ValueType);
  }
  const lane = laneScalar[type];
  if (lane || type === 'v128') {
    if (rest === 'splat' || (rest === 'replace_lane' && position === 1)) return lane;
    return position === 1 && /^sh[lr]/.test(rest) ? 'i32' : 'v128';
  }
  const source = /_([if](?:32|64))/.exec(rest);
  return (source ? source[1] : type) as ValueType;
}
