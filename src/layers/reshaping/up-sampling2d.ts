import { f, type Resolved } from '../../base/field/field.ts';
import { image } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { dataFormatField, spatialAxes } from '../data-format.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { enlarge } from './enlarge.ts';

const fields = {
  /** Factors of height and width. */
  size: f.sizes(2, 2),
  /** The axis of the channels: last or first. */
  dataFormat: dataFormatField(),
  /** What stands between the pixels. */
  interpolation: f.oneOf(['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5'], 'nearest'),
};

export interface UpSampling2D extends Resolved<typeof fields> {}
/** Images of `size` times their height and width. @see https://keras.io/api/layers/reshaping_layers/up_sampling2d/ */
export class UpSampling2D extends Layer<typeof fields> {
  static override readonly className = 'UpSampling2D';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { ndim: 4 };

  call(inputs: Tensor): Tensor {
    const { size, dataFormat, interpolation } = this;
    if (interpolation === 'nearest') return enlarge(inputs, size, dataFormat);
    const target = spatialAxes(dataFormat, 2).map((d, k) => inputs.shape[d] * size[k]);
    return image.resize(inputs, target, { interpolation, dataFormat });
  }
}
