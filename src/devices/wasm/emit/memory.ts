import type { DType } from '../../../base/dtype.ts';
import { applied, register, type Scattered, type Statement, type Strided } from '../../../codegen/linear/ir.ts';
import { scalarType } from '../../../ir/expr.ts';
import {
  type FunctionBuilder,
  type Load,
  lane,
  load,
  type Operand,
  op,
  type Store,
  shuffle,
  shuffle32,
} from '../encoder/index.ts';
import { extract, gather } from './lane-operations.ts';
import { scalarOperation } from './scalar-operations.ts';
import { hold, type Target } from './target.ts';

const scalarLoads: Partial<Record<DType, Load>> = {
  bool: 'i32.load8_u',
  uint8: 'i32.load8_u',
  int8: 'i32.load8_s',
  uint16: 'i32.load16_u',
  int16: 'i32.load16_s',
  uint32: 'i32.load',
  int32: 'i32.load',
  float32: 'f32.load',
  float64: 'f64.load',
};
const scalarStores: Partial<Record<DType, Store>> = {
  bool: 'i32.store8',
  uint8: 'i32.store8',
  int8: 'i32.store8',
  uint16: 'i32.store16',
  int16: 'i32.store16',
  uint32: 'i32.store',
  int32: 'i32.store',
  float32: 'f32.store',
  float64: 'f64.store',
};

export function loadScalar(dtype: DType, address: Operand, offset: number): Operand {
  return load(scalarLoads[dtype]!, address, offset);
}

export function storeScalar(f: FunctionBuilder, dtype: DType, address: Operand, value: Operand, offset: number): void {
  f.store(scalarStores[dtype]!, address, value, offset);
}

/** Four elements side by side, as 32-bit lanes. */
function loadFour(dtype: DType, address: Operand, offset: number): Operand {
  const byte = load('v128.load32_zero', address, offset);
  switch (dtype) {
    case 'bool':
      return op('i32x4.neg', op('i32x4.extend_low_i16x8_u', op('i16x8.extend_low_i8x16_u', byte)));
    case 'uint8':
      return op('i32x4.extend_low_i16x8_u', op('i16x8.extend_low_i8x16_u', byte));
    case 'int8':
      return op('i32x4.extend_low_i16x8_s', op('i16x8.extend_low_i8x16_s', byte));
    case 'uint16':
      return load('v128.load16x4_u', address, offset);
    case 'int16':
      return load('v128.load16x4_s', address, offset);
    default:
      return load('v128.load', address, offset);
  }
}

/** Four elements evenly spaced. */
export function loadLanes(f: FunctionBuilder, { dtype, offset, stride }: Strided, address: Operand): Operand {
  const width = bytesOf[dtype]!;
  if (stride === width) return loadFour(dtype, address, offset);
  const held = hold(f, address, 'i32');
  if (stride === -width && width === 4) {
    const low = op('i32.sub', held, 12);
    const four = f.let('v128', load('v128.load', low, offset));
    return shuffle32(four, four, [3, 2, 1, 0]);
  }
  return gather(f, scalarType(dtype), (i) => {
    const at = i * stride;
    return at >= 0 ? loadScalar(dtype, held, offset + at) : loadScalar(dtype, op('i32.add', held, at), offset);
  });
}

/** Four elements, each at its own offset from an address. */
export function gatherLanes(
  f: FunctionBuilder,
  { dtype, offset }: Scattered,
  address: Operand,
  distances: Operand,
): Operand {
  const [base, bytes] = [hold(f, address, 'i32'), hold(f, distances, 'v128')];
  return gather(f, scalarType(dtype), (i) =>
    loadScalar(dtype, op('i32.add', base, lane('i32x4.extract_lane', i, bytes)), offset),
  );
}

const bytesOf: Partial<Record<DType, number>> = {
  bool: 1,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
};

/** Stores four evenly spaced elements, or merges them into the stored values. */
export function storeLanes(
  target: Target,
  { dtype, offset, stride, combine }: Statement & { op: 'store' },
  address: Operand,
  value: Operand,
): void {
  const { f } = target;
  const width = bytesOf[dtype]!;
  if (stride === width && !combine) {
    if (width === 4) {
      f.store('v128.store', address, value, offset);
      return;
    }
    const held = hold(f, value, 'v128');
    // The low bytes of the lanes move together; a mask's low byte becomes 1.
    const bytes = Array.from({ length: 16 }, (_, i) => (width === 1 ? 4 * (i % 4) : 4 * ((i >> 1) % 4) + (i % 2)));
    const packed = shuffle(held, held, bytes);
    const narrow = dtype === 'bool' ? op('i8x16.neg', packed) : packed;
    f.memoryLane(width === 1 ? 'v128.store32_lane' : 'v128.store64_lane', 0, address, narrow, offset);
    return;
  }
  const held = hold(f, value, 'v128');
  const pointer = hold(f, address, 'i32');
  const place = (i: number): Operand => (i * stride === 0 ? pointer : op('i32.add', pointer, i * stride));
  oneByOne(target, { dtype, offset, combine }, place, held);
}

/** Stores four elements, each at its own offset from an address, or merges them into the stored values. */
export function scatterLanes(
  target: Target,
  { dtype, offset, combine }: Statement & { op: 'scatter' },
  address: Operand,
  distances: Operand,
  value: Operand,
): void {
  const { f } = target;
  const [base, bytes] = [hold(f, address, 'i32'), hold(f, distances, 'v128')];
  const held = hold(f, value, 'v128');
  const place = (i: number): Operand => op('i32.add', base, lane('i32x4.extract_lane', i, bytes));
  oneByOne(target, { dtype, offset, combine }, place, held);
}

/** Several lanes may address the same element, so they are handled one after another. */
function oneByOne(
  target: Target,
  { dtype, offset, combine }: Pick<Statement & { op: 'scatter' }, 'dtype' | 'offset' | 'combine'>,
  place: (lane: number) => Operand,
  vector: Operand,
): void {
  const { f } = target;
  const type = scalarType(dtype);
  for (let i = 0; i < 4; i++) {
    const element = extract(vector, type, i);
    if (!combine) {
      storeScalar(f, dtype, place(i), element, offset);
      continue;
    }
    const address = f.let('i32', place(i));
    const operand = register(type);
    const merged = applied(combine, type, [operand, operand]);
    storeScalar(
      f,
      dtype,
      address,
      scalarOperation(target, merged, [loadScalar(dtype, address, offset), element]),
      offset,
    );
  }
}
