import type { Resolved } from '../../base/field/field.ts';
import type { Config } from '../../base/registry/serialize.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { poolFields } from './fields.ts';
import { callAveragePool } from './pooling.ts';

const fields = poolFields(3);

export interface AveragePooling3D extends Resolved<typeof fields> {}
/** The mean of a sliding window over inputs `(n, depth, height, width, c)`. @see https://keras.io/api/layers/pooling_layers/average_pooling3d/ */
export class AveragePooling3D extends Layer<typeof fields> {
  static override readonly className = 'AveragePooling3D';
  static override readonly fields = fields;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = { ndim: 5 };

  call(inputs: Tensor): Tensor {
    return callAveragePool(this, inputs);
  }
  override getConfig(): Config {
    return { ...super.getConfig(), strides: this.strides ?? this.poolSize };
  }
}
