import type { Resolved } from '../../base/field/field.ts';
import type { Tensor } from '../../tensor/index.ts';
import { dataFormatField } from '../data-format.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { bordersField, cropBorders } from './borders.ts';

const fields = {
  /** How many positions are cut off at the beginning and end of each spatial axis. */
  cropping: bordersField(3, 1),
  /** The axis of the channels: last or first. */
  dataFormat: dataFormatField(),
};

export interface Cropping3D extends Resolved<typeof fields> {}
/** Inputs `(n, depth, height, width, c)` without their borders. @see https://keras.io/api/layers/reshaping_layers/cropping3d/ */
export class Cropping3D extends Layer<typeof fields> {
  static override readonly className = 'Cropping3D';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { ndim: 5 };

  call(inputs: Tensor): Tensor {
    return cropBorders(this, inputs, this.cropping, this.dataFormat);
  }
}
