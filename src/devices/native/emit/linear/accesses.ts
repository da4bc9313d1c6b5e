import { dtypeInfo } from '../../../../base/dtype.ts';
import { applied, register, type Scattered, type Statement, type Value } from '../../../../codegen/linear/ir.ts';
import { type ScalarType, scalarType } from '../../../../ir/expr.ts';
import type { Memory, Register } from '../../encoder/operands.ts';
import {
  collect,
  gatherWords,
  isWhole,
  loadElement,
  loadSideBySide,
  scatterWords,
  spread,
  storeElement,
  storeSideBySide,
} from '../memory.ts';
import { isFloat } from '../vector-operations.ts';
import { baseOf, placeOf, scales, type Values } from './operands.ts';

export function loadValue(w: Values, x: Value & { op: 'load' }, into?: Register): Register {
  const { c } = w;
  const { dtype, stride, lanes } = x;
  const { bytes } = dtypeInfo[dtype];
  if (lanes === 1) return loadElement(c, dtype, placeOf(w, x), into);
  if (stride === bytes) return loadSideBySide(c, dtype, placeOf(w, x), into);
  if (isWhole(dtype)) {
    if (stride === -4) {
      const m = placeOf(w, x);
      const low = { ...m, displacement: m.displacement - 4 * (lanes - 1) };
      const backwards = c.two(
        'vmovups',
        { m: c.series(Array.from({ length: lanes }, (_, i) => lanes - 1 - i)) },
        c.length(lanes),
      );
      return c.three('vpermd', backwards, { m: low }, c.length(lanes), into);
    }
    const distances = w.value({ op: 'series', type: 'i32', lanes, first: 0, step: stride });
    return gatherWords(c, baseOf(w, x), distances, 1, into);
  }
  const base = baseOf(w, x);
  return collect(c, dtype, (lane) => strided(w, base, lane, stride), into);
}

export function gatherValue(w: Values, x: Value & { op: 'gather' }, into?: Register): Register {
  const { c } = w;
  const { dtype, indices } = x;
  const base = baseOf(w, x);
  const held = w.value(indices);
  if (isWhole(dtype)) return gatherWords(c, base, held, 4, into);
  const places = spread(c, held);
  return collect(c, dtype, (lane) => scattered(w, base, places, lane, dtypeInfo[dtype].bytes), into);
}

export function storeValue(w: Values, s: Statement & { op: 'store' }): void {
  const { c } = w;
  const { dtype, stride, combine, value } = s;
  if (value.lanes === 1) {
    const isNumber = value.op === 'const' && !isFloat(value.type as ScalarType) && isWhole(dtype);
    if (isNumber) {
      c.word('movNumber', { m: placeOf(w, s), immediate: value.value | 0 });
      return;
    }
    const held = w.value(value);
    storeElement(c, dtype, held, placeOf(w, s));
    return;
  }
  const held = w.value(value);
  if (stride === dtypeInfo[dtype].bytes && !combine) {
    storeSideBySide(c, dtype, held, placeOf(w, s));
    return;
  }
  const base = baseOf(w, s);
  if (c.isLarge && isWhole(dtype) && !combine) {
    const distances = w.value({ op: 'series', type: 'i32', lanes: value.lanes, first: 0, step: stride });
    scatterWords(c, base, distances, 1, held);
    return;
  }
  oneByOne(w, s, held, (lane) => strided(w, base, lane, stride));
}

export function scatterValue(w: Values, s: Statement & { op: 'scatter' } & Scattered): void {
  const { c } = w;
  const { dtype, combine, value, indices } = s;
  const held = w.value(value);
  const at = w.value(indices);
  const base = baseOf(w, s);
  if (c.isLarge && isWhole(dtype) && !combine) {
    scatterWords(c, base, at, 4, held);
    return;
  }
  const places = spread(c, at);
  oneByOne(w, s, held, (lane) => scattered(w, base, places, lane, dtypeInfo[dtype].bytes));
}

export function strided(w: Values, base: Memory, lane: Register, stride: number): Memory {
  if (scales.has(stride)) return { ...base, index: lane, scale: stride };
  const index = w.c.general();
  w.c.word('imulNumber', { a: index, m: lane, immediate: stride, wide: true });
  return { ...base, index, scale: 1 };
}

/** The element addressed by one lane of indices that were stored in memory. */
export function scattered(w: Values, base: Memory, indices: Memory, lane: Register, bytes: number): Memory {
  const index = w.c.general();
  w.c.word('movsxd', { a: index, m: { ...indices, index: lane, scale: 4 }, wide: true });
  return { ...base, index, scale: bytes };
}

/** Lanes may address the same element, so they are processed in order. */
export function oneByOne(
  w: Values,
  { dtype, combine }: Pick<Statement & { op: 'scatter' }, 'dtype' | 'combine'>,
  vector: Register,
  element: (lane: Register) => Memory,
): void {
  const { c } = w;
  const type = scalarType(dtype);
  const lanes = spread(c, vector);
  c.eachLane((lane) => {
    const from = { ...lanes, index: lane, scale: 4 };
    let x = loadElement(c, type === 'f32' ? 'float32' : 'int32', from);
    if (type === 'bool') c.word('andNumber', { m: x, immediate: 1 });
    let m = element(lane);
    if (combine) {
      const address = c.general();
      c.word('lea', { a: address, m, wide: true });
      m = { base: address, displacement: 0 };
      const [old, more] = [register(type), register(type)];
      w.registers.set(old, loadElement(c, dtype, m)).set(more, x);
      x = w.value(applied(combine, type, [old, more]));
    }
    storeElement(c, dtype, x, m);
  });
}
