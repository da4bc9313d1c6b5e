import { add, divide } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { Layer } from '../layer/layer.ts';
import { checkShapes, jointMask, merge, withKnownBatch } from './merge.ts';

/** The mean of the inputs, element by element. @see https://keras.io/api/layers/merging_layers/average/ */
export class Average extends Layer<{}, [inputs: readonly Tensor[]]> {
  static override readonly className = 'Average';
  override supportsMasking = true;

  override build(inputShapes: unknown): void {
    checkShapes(this, inputShapes);
  }
  override computeOutputSpec(...args: unknown[]) {
    return withKnownBatch(super.computeOutputSpec(...args), args[0]);
  }
  call(inputs: readonly Tensor[]): Tensor {
    return divide(merge(this, inputs, add), inputs.length);
  }
  override computeMask(_inputs: unknown, masks: unknown): Tensor | null {
    return jointMask(masks);
  }
}
