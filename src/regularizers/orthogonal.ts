import { fail } from '../base/errors.ts';
import { f, type Resolved } from '../base/field/field.ts';
import { showShape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import { factorField } from './norms.ts';
import { Regularizer } from './regularizer.ts';

const fields = {
  /** Strength of the penalty; 0.01 by default. */
  factor: factorField(0.01, { isRounded: true }),
  /** What shall be orthogonal to each other. */
  mode: f.oneOf(['rows', 'columns'], 'rows'),
};
/** `factor` times the mean of |cos| over all pairs of rows (or columns) of a matrix. */
export class OrthogonalRegularizer extends Regularizer<typeof fields> {
  static override readonly className = 'OrthogonalRegularizer';
  static override readonly fields = fields;
  penalty(x: Tensor): Tensor {
    if (x.shape.length !== 2)
      fail(
        'OrthogonalRegularizer',
        `it needs a matrix, not shape ${showShape(x.shape)}`,
        'use it for weights of two axes',
      );
    const { factor, mode } = this.config;
    const rows = ops.normalize(mode === 'rows' ? x : ops.transpose(x), { axis: 1 });
    const size = rows.shape[0];
    const products = ops.matmul(rows, ops.transpose(rows));
    const apart = ops.multiply(products, ops.subtract(1, ops.eye(size, { dtype: x.dtype })));
    const pairs = (size * (size - 1)) / 2;
    return ops.divide(ops.multiply(ops.sum(ops.absolute(apart)), factor * 0.5), pairs);
  }
}
export interface OrthogonalRegularizer extends Resolved<typeof fields> {}
