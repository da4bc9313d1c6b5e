import type { Resolved } from '../../base/field/field.ts';
import type { Tensor } from '../../tensor/index.ts';
import { dataFormatField } from '../data-format.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { bordersField, cropBorders } from './borders.ts';

const fields = {
  /** How many positions are cut off at the beginning and end of each spatial axis. */
  cropping: bordersField(2, [
    [0, 0],
    [0, 0],
  ]),
  /** The axis of the channels: last or first. */
  dataFormat: dataFormatField(),
};

export interface Cropping2D extends Resolved<typeof fields> {}
/** Inputs `(n, height, width, c)` without their borders. @see https://keras.io/api/layers/reshaping_layers/cropping2d/ */
export class Cropping2D extends Layer<typeof fields> {
  static override readonly className = 'Cropping2D';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { ndim: 4 };

  call(inputs: Tensor): Tensor {
    return cropBorders(this, inputs, this.cropping, this.dataFormat);
  }
}
