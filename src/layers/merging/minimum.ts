import { minimum as join } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { Layer } from '../layer/layer.ts';
import { maskOf } from '../layer/masks.ts';
import { checkShapes, jointMask, mergeCounted, requireList, withKnownBatch } from './merge.ts';

/** The smallest of the inputs, element by element; masked steps do not count. @example new Minimum()([x, y]) @see https://keras.io/api/layers/merging_layers/minimum/ */
export class Minimum extends Layer<{}, [inputs: readonly Tensor[]]> {
  static override readonly className = 'Minimum';
  override supportsMasking = true;

  override build(inputShapes: unknown): void {
    checkShapes(this, inputShapes);
  }
  override computeOutputSpec(...args: unknown[]) {
    return withKnownBatch(super.computeOutputSpec(...args), args[0]);
  }
  call(inputs: readonly Tensor[]): Tensor {
    requireList(this, inputs);
    return mergeCounted(this, inputs, inputs.map(maskOf), join);
  }
  override computeMask(_inputs: unknown, masks: unknown): Tensor | null {
    return jointMask(masks);
  }
}
