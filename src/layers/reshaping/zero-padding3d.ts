import type { Resolved } from '../../base/field/field.ts';
import type { Tensor } from '../../tensor/index.ts';
import { dataFormatField } from '../data-format.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { bordersField, padBorders } from './borders.ts';

const fields = {
  /** How many zeros are added before and after each spatial axis. */
  padding: bordersField(3, 1),
  /** The axis of the channels: last or first. */
  dataFormat: dataFormatField(),
};

export interface ZeroPadding3D extends Resolved<typeof fields> {}
/** Inputs `(n, depth, height, width, c)` with zeros around them. @see https://keras.io/api/layers/reshaping_layers/zero_padding3d/ */
export class ZeroPadding3D extends Layer<typeof fields> {
  static override readonly className = 'ZeroPadding3D';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { ndim: 5 };

  call(inputs: Tensor): Tensor {
    return padBorders(inputs, this.padding, this.dataFormat);
  }
}
