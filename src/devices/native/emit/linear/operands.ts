import type { LinearFunction, Strided, Value, Register as Virtual } from '../../../../codegen/linear/ir.ts';
import type { ScalarType } from '../../../../ir/expr.ts';
import type { Memory, Register } from '../../encoder/operands.ts';
import { type Context, isShort, type Source } from '../context.ts';
import { isWhole } from '../memory.ts';
import type { Word } from '../scalar-operations.ts';
import { wordsOf } from '../vector-operations.ts';

/** What the parts of the writer need from each other: values in registers. */
export interface Values {
  readonly c: Context;
  /** The machine register of each virtual one. */
  readonly registers: Map<Virtual, Register>;
  /** A value in a register: `into`, if given. */
  value(x: Value, into?: Register): Register;
  /** The result of a function that is inlined. */
  inline(f: LinearFunction, args: readonly Register[]): Register;
}

/** Whether a value lives in a vector register, as vectors and single floats do. */
export const isInVector = (x: { readonly type: Value['type']; readonly lanes: number }): boolean =>
  x.lanes > 1 || x.type === 'f32' || x.type === 'f64';

/** Whether a value's register has no other use, so that it may be overwritten. */
export function isOwn(x: Value): boolean {
  if (x.op === 'apply') return x.f !== 'reinterpret' && x.f !== 'convert';
  return x.op !== 'register';
}

/** Whether a value can be a memory operand of an instruction. */
export function isFoldable(x: Value): boolean {
  if (x.op === 'const' || x.op === 'series') return true;
  if (x.op === 'load') return x.lanes > 1 && isWhole(x.dtype) && x.stride === 4;
  return x.op === 'splat' && x.x.op === 'load' && isWhole(x.x.dtype) && x.lanes === 16;
}

/** Scale factors of an index in an address. */
export const scales: ReadonlySet<number> = new Set([1, 2, 4, 8]);

/** A value as a constant or a register. */
export function wordOf(w: Values, x: Value): Word {
  return x.op === 'const' ? x.value | 0 : w.value(x);
}

/** A value as the last operand of a vector instruction, which may be memory. */
export function sourceOf(w: Values, x: Value): Source {
  const length = w.c.length(x.lanes);
  if (x.op === 'const') return w.c.bits(wordsOf(x.value, x.type as ScalarType), length);
  if (x.op === 'series') return { m: seriesOf(w, x) };
  if (x.lanes > 1 && x.op === 'load' && isWhole(x.dtype) && x.stride === 4) return { m: placeOf(w, x) };
  if (x.op === 'splat' && x.x.op === 'load' && isWhole(x.x.dtype) && w.c.isLarge)
    return { m: placeOf(w, x.x), broadcast: true };
  return { m: w.value(x) };
}

export function seriesOf(w: Values, { first, step, lanes }: Value & { op: 'series' }): Memory {
  return w.c.series(Array.from({ length: lanes }, (_, i) => (first + i * step) >>> 0));
}

/** An address and an offset as an operand. */
export function addressOf(w: Values, x: Value, offset: number): Memory {
  const { c } = w;
  if (!isShort(offset)) {
    const base = c.number(offset);
    c.word('add', { a: base, m: w.value(x), wide: true });
    return { base, displacement: 0 };
  }
  if (x.op !== 'move') return { base: w.value(x), displacement: offset };
  const { base, index, scale } = x;
  if (index.op === 'const') return addressOf(w, base, offset + index.value * scale);
  const held = w.value(base);
  const wide = c.general();
  c.word('movsxd', { a: wide, m: w.value(index), wide: true });
  if (scales.has(scale)) return { base: held, index: wide, scale, displacement: offset };
  if (isShort(scale)) c.word('imulNumber', { a: wide, m: wide, immediate: scale, wide: true });
  else c.word('imul', { a: wide, m: c.number(scale), wide: true });
  return { base: held, index: wide, scale: 1, displacement: offset };
}

export function placeOf(w: Values, { address, offset }: Pick<Strided, 'address' | 'offset'>): Memory {
  return addressOf(w, address, offset);
}

/** The same as a single register, to which an index can be added. */
export function baseOf(w: Values, at: Pick<Strided, 'address' | 'offset'>): Memory {
  const m = placeOf(w, at);
  if (!m.index) return m;
  const base = w.c.general();
  w.c.word('lea', { a: base, m, wide: true });
  return { base, displacement: 0 };
}
