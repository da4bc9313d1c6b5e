import { type DType, dtypeInfo } from '../../../base/dtype.ts';
import { scalarType } from '../../../ir/expr.ts';
import type { Memory, Register } from '../encoder/operands.ts';
import type { Context, Name, Source } from './context.ts';

// Elements of memory in registers: 32-bit elements unchanged, narrower integers widened, booleans as 0 and 1, or as
// masks in vectors.

const words: Partial<Record<DType, Name>> = {
  bool: 'movzx8',
  uint8: 'movzx8',
  int8: 'movsx8',
  uint16: 'movzx16',
  int16: 'movsx16',
  uint32: 'mov',
  int32: 'mov',
};
const wordStores: Partial<Record<DType, Name>> = {
  bool: 'movStore8',
  uint8: 'movStore8',
  int8: 'movStore8',
  uint16: 'movStore16',
  int16: 'movStore16',
  uint32: 'movStore',
  int32: 'movStore',
};
const widening: Partial<Record<DType, Name>> = {
  bool: 'vpmovzxbd',
  uint8: 'vpmovzxbd',
  int8: 'vpmovsxbd',
  uint16: 'vpmovzxwd',
  int16: 'vpmovsxwd',
};
const bytesOf = (dtype: DType): number => dtypeInfo[dtype].bytes;
/** Whether registers hold elements in the same form as memory. */
export const isWhole = (dtype: DType): boolean => bytesOf(dtype) === 4;

export function loadElement(c: Context, dtype: DType, m: Memory, into?: Register): Register {
  if (dtype === 'float32') return c.two('vmovss', { m }, 128, into);
  if (dtype === 'float64') return c.two('vmovsd', { m }, 128, into);
  const to = into ?? c.general();
  c.word(words[dtype]!, { a: to, m });
  return to;
}

export function storeElement(c: Context, dtype: DType, value: Register, m: Memory): void {
  if (dtype === 'float32') c.write('vmovssStore', value, m, 128);
  else if (dtype === 'float64') c.write('vmovsdStore', value, m, 128);
  else c.word(wordStores[dtype]!, { a: value, m });
}

/** Booleans as masks. */
function masks(c: Context, x: Register, into?: Register): Register {
  const length = c.length(c.lanes);
  return c.three('vpsubd', c.held([0], length), { m: x }, length, into);
}

/** Loads a vector of contiguous elements. */
export function loadSideBySide(c: Context, dtype: DType, m: Memory, into?: Register): Register {
  const length = c.length(c.lanes);
  const name = widening[dtype];
  if (!name) return c.two('vmovups', { m }, length, into);
  if (dtype !== 'bool') return c.two(name, { m }, length, into);
  return masks(c, c.two(name, { m }, length), into);
}

export function storeSideBySide(c: Context, dtype: DType, value: Register, m: Memory): void {
  const length = c.length(c.lanes);
  const bytes = bytesOf(dtype);
  if (bytes === 4) {
    c.write('vmovupsStore', value, m, length);
    return;
  }
  const whole = dtype === 'bool' ? c.shift('vpsrld', value, 31, length) : value;
  if (c.isLarge) {
    c.write(bytes === 1 ? 'vpmovdb' : 'vpmovdw', whole, m, length);
    return;
  }
  // Gathers the low bytes of the lanes, within each 128-bit half.
  const none = 0x80808080;
  const order = bytes === 1 ? [0x0c080400, none, none, none] : [0x05040100, 0x0d0c0908, none, none];
  const packed = c.three('vpshufb', whole, { m: c.series([...order, ...order]) }, length);
  const high = c.vector();
  c.write('vextractf128', packed, high, 256, 1);
  const joined = c.three(bytes === 1 ? 'vunpcklps' : 'vunpcklpd', packed, { m: high }, 128);
  if (bytes === 1) c.write('vmovsdStore', joined, m, 128);
  else c.write('vmovupsStore', joined, m, 128);
}

/** Gathers 32-bit elements with the machine's instruction. */
export function gatherWords(
  c: Context,
  { base, displacement }: Memory,
  index: Register,
  scale: number,
  into?: Register,
): Register {
  const length = c.length(c.lanes);
  const result = c.held([0], length);
  const m: Memory = { base, index, scale, displacement };
  if (c.isLarge) {
    c.word('kxnorw', { a: 1, v: 1, m: 1, length: 256 });
    c.word('kgatherdd', { a: result, m, length, mask: 1 });
  } else {
    const all = c.vector();
    c.three('vpcmpeqd', all, { m: all }, length, all);
    c.word('vpgatherdd', { a: result, v: all, m, length });
  }
  if (!into) return result;
  c.move(into, result);
  return into;
}

/** Scatters to memory; where lanes collide, the last one wins. AVX-512 only. */
export function scatterWords(
  c: Context,
  { base, displacement }: Memory,
  index: Register,
  scale: number,
  value: Register,
): void {
  c.word('kxnorw', { a: 1, v: 1, m: 1, length: 256 });
  c.word('kscatterdd', { a: value, m: { base, index, scale, displacement }, length: 512, mask: 1 });
}

/** A vector assembled from one element of memory per lane, a boolean as a mask. */
export function collect(c: Context, dtype: DType, element: (lane: Register) => Memory, into?: Register): Register {
  const length = c.length(c.lanes);
  const place = c.code.place(length / 8);
  c.eachLane((lane) => {
    const x = loadElement(c, dtype, element(lane));
    const m = { ...place, index: lane, scale: 4 };
    if (scalarType(dtype) === 'f32') c.write('vmovssStore', x, m, 128);
    else c.word('movStore', { a: x, m });
  });
  const whole: Source = { m: place };
  if (dtype !== 'bool') return c.two('vmovups', whole, length, into);
  return masks(c, c.two('vmovups', whole, length), into);
}

/** Stores a vector in the frame, where its lanes can be addressed one by one. */
export function spread(c: Context, x: Register): Memory {
  const length = c.length(c.lanes);
  const place = c.code.place(length / 8);
  c.write('vmovupsStore', x, place, length);
  return place;
}
