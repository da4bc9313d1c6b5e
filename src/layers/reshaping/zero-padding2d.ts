import type { Resolved } from '../../base/field/field.ts';
import type { Tensor } from '../../tensor/index.ts';
import { dataFormatField } from '../data-format.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { bordersField, padBorders } from './borders.ts';

const fields = {
  /** How many zeros are added before and after each spatial axis. */
  padding: bordersField(2, 1),
  /** The axis of the channels: last or first. */
  dataFormat: dataFormatField(),
};

export interface ZeroPadding2D extends Resolved<typeof fields> {}
/** Inputs `(n, height, width, c)` with zeros around them. @see https://keras.io/api/layers/reshaping_layers/zero_padding2d/ */
export class ZeroPadding2D extends Layer<typeof fields> {
  static override readonly className = 'ZeroPadding2D';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { ndim: 4 };

  call(inputs: Tensor): Tensor {
    return padBorders(inputs, this.padding, this.dataFormat);
  }
}
