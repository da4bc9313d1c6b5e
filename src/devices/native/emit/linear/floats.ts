import type { Apply, Operation, Value } from '../../../../codegen/linear/ir.ts';
import type { ScalarType } from '../../../../ir/expr.ts';
import type { Length } from '../../encoder/assembler.ts';
import type { Register } from '../../encoder/operands.ts';
import type { Context } from '../context.ts';
import { commutes, extreme, instructionOf, roundingOf } from '../vector-operations.ts';
import { isFoldable, isOwn, sourceOf, type Values } from './operands.ts';

const signOf = (type: ScalarType): readonly number[] => (type === 'f64' ? [0, 0x80000000] : [0x80000000]);

/** An operation with instructions for both single floats and vectors. */
export function plainFloat(w: Values, x: Apply, into?: Register): Register | undefined {
  const { c } = w;
  const { f, from, args } = x;
  const length = w.c.length(x.lanes);
  const suffix = from === 'f64' ? 'pd' : 'ps';
  const [a, b] = args as [Value, Value];
  const name = instructionOf(f, from);
  if (name) return binary(w, name, f, a, b, length, into);
  const rounding = roundingOf(f);
  if (rounding !== undefined) return c.two(`vround${suffix}`, sourceOf(w, a), length, into, { immediate: rounding });
  switch (f) {
    case 'sqrt':
      return c.two(`vsqrt${suffix}`, sourceOf(w, a), length, into);
    case 'neg':
      return c.three('vpxor', w.value(a), c.bits(signOf(from), length), length, into);
    case 'abs':
      return c.three('vpandn', c.held(signOf(from), length), sourceOf(w, a), length, into);
    case 'max':
    case 'min':
      return extreme(c, f, from, [w.value(a), w.value(b)], length, into);
    case 'upper':
    case 'lower': {
      // The instruction returns its second operand if either is NaN.
      const first = w.value(b);
      return c.three(f === 'upper' ? `vmax${suffix}` : `vmin${suffix}`, first, sourceOf(w, a), length, into);
    }
    case 'fma':
      return fma(w, x, suffix, length, into);
  }
  return undefined;
}

export function binary(
  w: Values,
  name: Parameters<Context['three']>[0],
  f: Operation,
  a: Value,
  b: Value,
  length: Length,
  into?: Register,
): Register {
  const { c } = w;
  const isSwapped = commutes(f) && isFoldable(a) && !isFoldable(b);
  const [left, right] = isSwapped ? [b, a] : [a, b];
  const v = w.value(left);
  return c.three(name, v, sourceOf(w, right), length, into);
}

/** a · b + c, in the register of an operand that is no longer needed. */
export function fma(w: Values, { args }: Apply, suffix: 'ps' | 'pd', length: Length, into?: Register): Register {
  const { c } = w;
  let [a, b, sum] = args as [Value, Value, Value];
  if (isFoldable(a) && !isFoldable(b)) [a, b] = [b, a];
  const x = w.value(a);
  const isSum = into !== undefined && isAt(w, sum, into);
  if (isSum) {
    const m = sourceOf(w, b);
    c.word(`vfmadd231${suffix}`, { a: into, v: x, ...m, length });
    return into;
  }
  const finish = (result: Register): Register => {
    if (into) c.move(into, result);
    return into ?? result;
  };
  if (isOwn(sum)) {
    const total = w.value(sum);
    c.word(`vfmadd231${suffix}`, { a: total, v: x, ...sourceOf(w, b), length });
    return finish(total);
  }
  if (isFoldable(sum)) {
    // a = v · a + m.
    const y = w.value(b);
    const total = fresh(w, a, x, length);
    c.word(`vfmadd213${suffix}`, { a: total, v: y, ...sourceOf(w, sum), length });
    return finish(total);
  }
  const m = sourceOf(w, b);
  const total = w.value(sum);
  if (isOwn(a)) {
    // a = a · m + v.
    c.word(`vfmadd132${suffix}`, { a: x, v: total, ...m, length });
    return finish(x);
  }
  const copy = c.two('vmovups', { m: total }, length);
  c.word(`vfmadd231${suffix}`, { a: copy, v: x, ...m, length });
  return finish(copy);
}

/** The register itself if it has no other use, else a copy. */
export function fresh(w: Values, x: Value, held: Register, length: Length): Register {
  return isOwn(x) ? held : w.c.two('vmovups', { m: held }, length);
}

export function isAt(w: Values, x: Value, held: Register): boolean {
  return x.op === 'register' && w.registers.get(x) === held;
}
