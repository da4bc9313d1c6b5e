import type { Resolved } from '../../base/field/field.ts';
import { range, sizeOf } from '../../base/shape.ts';
import { reshape, transpose } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { dataFormatField } from '../data-format.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';

const fields = {
  /** Where the channels stand; they are made to change fastest. */
  dataFormat: dataFormatField(),
};

export interface Flatten extends Resolved<typeof fields> {}
/** `(n, …)` becomes `(n, product of …)`. @see https://keras.io/api/layers/reshaping_layers/flatten/ */
export class Flatten extends Layer<typeof fields> {
  static override readonly className = 'Flatten';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { minNdim: 1 };

  call(inputs: Tensor): Tensor {
    const rank = inputs.shape.length;
    const x =
      this.dataFormat === 'channels_first' && rank > 1
        ? transpose(inputs, { axes: [0, ...range(rank).slice(2), 1] })
        : inputs;
    return reshape(x, [x.shape[0], sizeOf(x.shape.slice(1))]);
  }
}
