import type { DType } from '../../../base/dtype.ts';
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
import { hold } from './target.ts';

/** Where four elements stand: at a pointer, `step` bytes apart, or each at its own distance from the pointer. */
export type LanePlace =
  | { readonly kind: 'strided'; readonly pointer: Operand; readonly offset: number; readonly step: number }
  | { readonly kind: 'scattered'; readonly pointer: Operand; readonly offset: number; readonly distances: Operand };

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

/** Four elements from wherever they stand. */
export function loadLanes(f: FunctionBuilder, dtype: DType, place: LanePlace): Operand {
  const type = scalarType(dtype);
  const { offset } = place;
  const width = bytesOf[dtype]!;
  if (place.kind === 'scattered') {
    const { distances } = place;
    return gather(f, type, (i) =>
      loadScalar(dtype, op('i32.add', place.pointer, lane('i32x4.extract_lane', i, distances)), offset),
    );
  }
  const { pointer, step } = place;
  if (step === width) return loadFour(dtype, pointer, offset);
  const held = hold(f, pointer, 'i32');
  if (step === -width && width === 4) {
    const low = op('i32.sub', held, 12);
    const four = f.let('v128', load('v128.load', low, offset));
    return shuffle32(four, four, [3, 2, 1, 0]);
  }
  return gather(f, type, (i) => {
    const at = i * step;
    return at >= 0 ? loadScalar(dtype, held, offset + at) : loadScalar(dtype, op('i32.add', held, at), offset);
  });
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

/** Stores four elements to wherever they belong. */
export function storeLanes(f: FunctionBuilder, dtype: DType, place: LanePlace, value: Operand): void {
  const width = bytesOf[dtype]!;
  const { offset } = place;
  if (place.kind === 'strided' && place.step === width) {
    if (width === 4) {
      f.store('v128.store', place.pointer, value, offset);
      return;
    }
    const held = hold(f, value, 'v128');
    // The low bytes of the lanes move together; a mask's low byte becomes 1.
    const bytes = Array.from({ length: 16 }, (_, i) => (width === 1 ? 4 * (i % 4) : 4 * ((i >> 1) % 4) + (i % 2)));
    const packed = shuffle(held, held, bytes);
    const narrow = dtype === 'bool' ? op('i8x16.neg', packed) : packed;
    f.memoryLane(width === 1 ? 'v128.store32_lane' : 'v128.store64_lane', 0, place.pointer, narrow, offset);
    return;
  }
  const held = hold(f, value, 'v128');
  const pointer = hold(f, place.pointer, 'i32');
  for (let i = 0; i < 4; i++) {
    const address = addressOf(place, pointer, i);
    storeScalar(f, dtype, address, extract(held, scalarType(dtype), i), offset);
  }
}

/** The address of one of four elements, without the offset. */
export function addressOf(place: LanePlace, pointer: Operand, index: number): Operand {
  if (place.kind === 'scattered') return op('i32.add', pointer, lane('i32x4.extract_lane', index, place.distances));
  return index * place.step === 0 ? pointer : op('i32.add', pointer, index * place.step);
}
