import type { Resolved } from '../../base/field/field.ts';
import type { Tensor } from '../../tensor/index.ts';
import { dataFormatField } from '../data-format.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { borderField, padBorders } from './borders.ts';

const fields = {
  /** How many zeros are added before and after the steps. */
  padding: borderField(1),
  /** The axis of the channels: last or first. */
  dataFormat: dataFormatField(),
};

export interface ZeroPadding1D extends Resolved<typeof fields> {}
/** Inputs `(n, steps, c)` with zeros around them. @see https://keras.io/api/layers/reshaping_layers/zero_padding1d/ */
export class ZeroPadding1D extends Layer<typeof fields> {
  static override readonly className = 'ZeroPadding1D';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { ndim: 3 };

  call(inputs: Tensor): Tensor {
    return padBorders(inputs, [this.padding], this.dataFormat);
  }
}
