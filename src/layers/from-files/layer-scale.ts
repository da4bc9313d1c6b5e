import { f, type Resolved } from '../../base/field/field.ts';
import { origin } from '../../base/registry/serialize.ts';
import { Constant } from '../../initializers/index.ts';
import { multiply } from '../../ops/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';

const fields = {
  /** Initial value of the factors. */
  initValues: f.number(),
  /** Size of the last axis. */
  projectionDim: f.int({ min: 1 }),
};

export interface LayerScale extends Resolved<typeof fields> {}
/** A learned factor for each channel (https://arxiv.org/abs/2103.17239); in Keras it is part of ConvNeXt only. */
export class LayerScale extends Layer<typeof fields> {
  static override readonly className = 'LayerScale';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};
  gamma!: Variable;

  get [origin]() {
    return { module: 'keras.src.applications.convnext', registered_name: 'LayerScale' };
  }
  override build(): void {
    this.gamma = this.addWeight({
      shape: [this.projectionDim],
      initializer: new Constant({ value: this.initValues }),
    });
  }
  call(inputs: Tensor): Tensor {
    return multiply(inputs, this.gamma);
  }
}
