import { type DType, isInexact } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { range, type Shape, sameShape, showShape } from '../base/shape.ts';
import { Tensor } from '../ir/tensor.ts';
import { convert } from '../primitives/elementwise.ts';
import { full } from '../primitives/generators.ts';
import { broadcast } from '../primitives/movement.ts';
import { type Promotable, resultType } from './promotion.ts';
import { weaknessOf } from './weak-scalars.ts';

/** A tensor, or a plain number that adopts the dtype of the other operand. */
export type Operand = Tensor | number | boolean;

export const promotableOf = (x: Operand): Promotable =>
  x instanceof Tensor
    ? (weaknessOf(x) ?? x.dtype)
    : typeof x === 'boolean'
      ? 'bool'
      : Number.isInteger(x)
        ? 'int'
        : 'float';
export const shapeOf = (x: Operand): Shape => (x instanceof Tensor ? x.shape : []);

/** The operand as a tensor of the given dtype. */
export function cast(x: Operand, dtype: DType): Tensor {
  if (x instanceof Tensor) return x.dtype === dtype ? x : convert(x, { dtype });
  return filled([], dtype, Number(x));
}

/** One value everywhere. */
export const filled = (shape: Shape, dtype: DType, value: number): Tensor =>
  full({ shape, dtype, value: isInexact(dtype) ? value : dtype === 'bool' ? Number(value !== 0) : Math.trunc(value) });
/** One value in the shape and dtype of `x`. */
export const like = (x: Tensor, value: number): Tensor => filled(x.shape, x.dtype, value);

/** The shape to which all broadcast. */
export function broadcastShapes(who: string, shapes: readonly Shape[]): Shape {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  return range(rank).map((d) => {
    let size = 1;
    for (const shape of shapes) {
      const n = shape[d - rank + shape.length] ?? 1;
      if (n === 1) continue;
      if (size !== 1 && size !== n)
        fail(
          who,
          `shapes ${shapes.map(showShape).join(' and ')} do not broadcast together`,
          'give them equal sizes, or size 1, counted from the last axis',
        );
      size = n;
    }
    return size;
  });
}

/** Broadcasts a tensor to a larger shape. */
export const spreadTo = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape)
    ? x
    : broadcast(x, { shape, axes: x.shape.map((_, d) => d + shape.length - x.shape.length) });

/**
 * The operands in one dtype and shape, as strict primitives need them; `dtype` derives the dtype from the operands'
 * common one.
 */
export function align<X extends readonly Operand[]>(
  who: string,
  operands: X,
  dtype: (common: DType) => DType = (common) => common,
): { [K in keyof X]: Tensor } {
  const type = dtype(resultType(...operands.map(promotableOf)));
  return spread(who, operands, type);
}

/** The operands converted to a dtype and broadcast to their common shape. */
export function spread<X extends readonly Operand[]>(
  who: string,
  operands: X,
  dtype: DType,
): { [K in keyof X]: Tensor } {
  const shape = broadcastShapes(who, operands.map(shapeOf));
  return operands.map((x) =>
    x instanceof Tensor ? spreadTo(cast(x, dtype), shape) : filled(shape, dtype, Number(x)),
  ) as { [K in keyof X]: Tensor };
}
