import { fail } from '../../base/errors.ts';
import { subtract } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { Layer } from '../layer/layer.ts';
import { checkShapes, jointMask, merge, withKnownBatch } from './merge.ts';

/** The first of two inputs minus the second. @see https://keras.io/api/layers/merging_layers/subtract/ */
export class Subtract extends Layer<{}, [inputs: readonly Tensor[]]> {
  static override readonly className = 'Subtract';
  override supportsMasking = true;

  override build(inputShapes: unknown): void {
    checkShapes(this, inputShapes);
    if ((inputShapes as unknown[]).length !== 2)
      fail(
        this,
        `it takes exactly 2 inputs, but was called on ${(inputShapes as unknown[]).length}`,
        `call it on two tensors: ${this.name}([a, b])`,
      );
  }
  override computeOutputSpec(...args: unknown[]) {
    return withKnownBatch(super.computeOutputSpec(...args), args[0]);
  }
  call(inputs: readonly Tensor[]): Tensor {
    return merge(this, inputs, subtract);
  }
  override computeMask(_inputs: unknown, masks: unknown): Tensor | null {
    return jointMask(masks);
  }
}
