import { fail } from '../../base/errors.ts';
import type { Resolved } from '../../base/field/field.ts';
import type { Tensor } from '../../tensor/index.ts';
import { Layer, type Shapes } from '../layer/layer.ts';
import { layerField } from '../nested-layer.ts';

const fields = {
  /** The layer inside. */
  layer: layerField(),
};

export interface Wrapper extends Resolved<typeof fields> {}
/** A layer around another one: extend it and write `call`. @see https://keras.io/api/layers/core_layers/wrapper/ */
export class Wrapper extends Layer<typeof fields> {
  static override readonly className: string = 'Wrapper';
  static override readonly fields = fields;

  override build(...inputShapes: Shapes[]): void {
    this.layer.build(...inputShapes);
  }
  call(_inputs: Tensor): Tensor {
    return fail(this, 'it has no call()', 'extend Wrapper and write call(inputs), which uses this.layer');
  }
}
