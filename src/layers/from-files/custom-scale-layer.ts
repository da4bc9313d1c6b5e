import { f, type Resolved } from '../../base/field/field.ts';
import { origin } from '../../base/registry/serialize.ts';
import { add, multiply } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';

const fields = {
  /** Factor of the second input. */
  scale: f.number(),
};

export interface CustomScaleLayer extends Resolved<typeof fields> {}
/** `a + scale · b`; in Keras it is part of InceptionResNetV2 only. */
export class CustomScaleLayer extends Layer<typeof fields, [inputs: readonly Tensor[]]> {
  static override readonly className = 'CustomScaleLayer';
  static override readonly fields = fields;
  override inputSpec: readonly InputSpec[] = [{}, {}];

  get [origin]() {
    return { module: 'keras.src.applications.inception_resnet_v2', registered_name: 'CustomScaleLayer' };
  }

  call([a, b]: readonly Tensor[]): Tensor {
    return add(a, multiply(b, this.scale));
  }
}
