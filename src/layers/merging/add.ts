import { add as join } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { Layer } from '../layer/layer.ts';
import { checkShapes, jointMask, merge, withKnownBatch } from './merge.ts';

/** The sum of the inputs. @example new Add()([x, y]) @see https://keras.io/api/layers/merging_layers/add/ */
export class Add extends Layer<{}, [inputs: readonly Tensor[]]> {
  static override readonly className = 'Add';
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
