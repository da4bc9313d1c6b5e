import { f, type Resolved } from '../../base/field/field.ts';
import type { Tensor } from '../../tensor/index.ts';
import { dataFormatField } from '../data-format.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { enlarge } from './enlarge.ts';

const fields = {
  /** How often each element is repeated along each spatial axis. */
  size: f.sizes(3, 2),
  /** The axis of the channels: last or first. */
  dataFormat: dataFormatField(),
};

export interface UpSampling3D extends Resolved<typeof fields> {}
/** Repeats each element along depth, height and width. @see https://keras.io/api/layers/reshaping_layers/up_sampling3d/ */
export class UpSampling3D extends Layer<typeof fields> {
  static override readonly className = 'UpSampling3D';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { ndim: 5 };

  call(inputs: Tensor): Tensor {
    return enlarge(inputs, this.size, this.dataFormat);
  }
}
