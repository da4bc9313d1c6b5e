import { maximum as join } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { Layer } from '../layer.ts';
import { checkShapes, jointMask, merge, withKnownBatch } from './merge.ts';

/** The largest of the inputs, element by element. @example new Maximum()([x, y]) @see https://keras.io/api/layers/merging_layers/maximum/ */
export class Maximum extends Layer<{}, [inputs: readonly Tensor[]]> {
  static override readonly className = 'Maximum';
  override supportsMasking = true;

  override build(inputShapes: unknown): void {
    checkShapes(this, inputShapes);
  }
  override computeOutputSpec(...args: unknown[]) {
    return withKnownBatch(super.computeOutputSpec(...args), args[0]);
  }
  call(inputs: readonly Tensor[]): Tensor {
    return merge(this, inputs, join);
  }
  override computeMask(_inputs: unknown, masks: unknown): Tensor | null {
    return jointMask(masks);
  }
}
