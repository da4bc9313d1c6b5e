import { fail } from '../../base/errors.ts';
import { f, type Resolved } from '../../base/field/field.ts';
import { type SymbolicShape, showShape, sizeOf } from '../../base/shape.ts';
import { reshape } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';

const fields = {
  /** Shape of one example; one size may be -1, for the remaining size. */
  targetShape: f.ints(),
};

export interface Reshape extends Resolved<typeof fields> {}
/** The same elements in another shape: `(n, …)` becomes `(n, …targetShape)`. @see https://keras.io/api/layers/reshaping_layers/reshape/ */
export class Reshape extends Layer<typeof fields> {
  static override readonly className = 'Reshape';
  static override readonly fields = fields;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = {};

  call(inputs: Tensor): Tensor {
    const [n, ...sample] = inputs.shape as readonly [number, ...number[]];
    const { targetShape } = this;
    const known = sizeOf(targetShape.filter((size) => size !== -1));
    const fits = targetShape.includes(-1) ? known > 0 && sizeOf(sample) % known === 0 : known === sizeOf(sample);
    if (!fits)
      fail(
        this,
        `an example of shape ${showShape(sample as SymbolicShape)} (${sizeOf(sample)} elements) cannot take targetShape ${showShape(targetShape)}`,
        'keep the number of elements; one size may be -1',
      );
    return reshape(inputs, [n, ...targetShape.map((size) => (size === -1 ? sizeOf(sample) / known : size))]);
  }
}
