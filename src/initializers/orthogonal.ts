import type { DType } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { f } from '../base/field/field.ts';
import { type Shape, showShape, sizeOf } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import { normal } from '../random/index.ts';
import { onHost } from '../runtime/device.ts';
import { tensor } from '../tensor/like.ts';
import { type RandomAttributes, RandomInitializer, seedField } from './random.ts';

/**
 * The columns of a matrix of `rows x columns` numbers made orthonormal, each with the sign that gives R a positive
 * diagonal: modified Gram-Schmidt, twice for each column so that the result is orthogonal to the last bit.
 */
function orthonormalised(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const q = Float64Array.from(matrix);
  const dot = (j: number, k: number): number => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += q[i * columns + j] * q[i * columns + k];
    return sum;
  };
  for (let j = 0; j < columns; j++) {
    for (let pass = 0; pass < 2; pass++)
      for (let k = 0; k < j; k++) {
        const along = dot(j, k);
        for (let i = 0; i < rows; i++) q[i * columns + j] -= along * q[i * columns + k];
      }
    const length = Math.sqrt(dot(j, j));
    for (let i = 0; i < rows; i++) q[i * columns + j] /= length;
  }
  return q;
}

const fields = {
  /** Seed of the numbers: the same seed draws the same values. By default one is drawn. */
  seed: seedField,
  /** Factor on the matrix. */
  gain: f.number({ initial: 1 }),
};
/** A random matrix with orthonormal rows or columns, times `gain` (Saxe et al., 2014). */
export class Orthogonal extends RandomInitializer<typeof fields> {
  static override readonly className = 'Orthogonal';
  static override readonly fields = fields;
  values(shape: Shape, dtype: DType): Tensor {
    if (shape.length < 2)
      fail('Orthogonal', `it makes matrices, not shape ${showShape(shape)}`, 'use it for weights of two axes or more');
    const [rows, columns] = [sizeOf(shape.slice(0, -1)), shape.at(-1)!];
    const [tall, narrow] = [Math.max(rows, columns), Math.min(rows, columns)];
    const drawn = onHost(() => normal([tall, narrow], { seed: this.seed }).dataSync());
    const q = tensor(Float32Array.from(orthonormalised(Float64Array.from(drawn), tall, narrow)), {
      shape: [tall, narrow],
    });
    const placed = rows < columns ? ops.transpose(q) : q;
    return ops.cast(ops.multiply(ops.reshape(placed, shape), this.config.gain), dtype);
  }
}
export interface Orthogonal extends RandomAttributes<typeof fields> {}
