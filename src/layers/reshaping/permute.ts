import { fail } from '../../base/errors.ts';
import { f, type Options, type Resolved } from '../../base/field/field.ts';
import { transpose } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { Layer, type LayerOptions } from '../layer/layer.ts';

const fields = {
  /** The axes in their new order, counted from 1 (the batch axis, 0, stays). */
  dims: f.ints(),
};

export interface Permute extends Resolved<typeof fields> {}
/** Axes in another order. @example new Permute({ dims: [2, 1] })(x) @see https://keras.io/api/layers/reshaping_layers/permute/ */
export class Permute extends Layer<typeof fields> {
  static override readonly className = 'Permute';
  static override readonly fields = fields;

  constructor(options: Options<typeof fields> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    const { dims } = this;
    if ([...dims].sort((a, b) => a - b).some((d, k) => d !== k + 1))
      fail(
        this,
        `dims [${dims.join(', ')}] do not order the axes`,
        'name each axis from 1 on once; the batch axis stays',
      );
    this.inputSpec = { ndim: dims.length + 1 };
  }
  call(inputs: Tensor): Tensor {
    return transpose(inputs, { axes: [0, ...this.dims] });
  }
}
