import type { Tensor } from '../../tensor/index.ts';
import { Layer } from '../layer/layer.ts';

/** Returns the inputs unchanged. @see https://keras.io/api/layers/core_layers/identity/ */
export class Identity extends Layer<{}, [inputs: unknown], unknown> {
  static override readonly className = 'Identity';
  static override readonly needsBuild = false;
  override supportsMasking = true;

  call(inputs: unknown): unknown {
    return inputs as Tensor;
  }
}
