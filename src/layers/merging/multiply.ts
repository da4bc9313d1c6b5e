import { broadcastTo, cast, expandDims, logicalOr, multiply, where } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { Layer } from '../layer/layer.ts';
import { maskOf } from '../layer/masks.ts';
import { alignRanks, checkShapes, jointMask, requireList, withKnownBatch } from './merge.ts';

/** The product of the inputs; masked steps count as 1, and are 0 where no input counts. @see https://keras.io/api/layers/merging_layers/multiply/ */
export class Multiply extends Layer<{}, [inputs: readonly Tensor[]]> {
  static override readonly className = 'Multiply';
  override supportsMasking = true;

  override build(inputShapes: unknown): void {
    checkShapes(this, inputShapes);
  }
  override computeOutputSpec(...args: unknown[]) {
    return withKnownBatch(super.computeOutputSpec(...args), args[0]);
  }
  call(inputs: readonly Tensor[]): Tensor {
    requireList(this, inputs);
    const spread = inputs.map((x) => {
      const mask = maskOf(x);
      return mask && broadcastTo(expandDims(mask, -1), x.shape);
    });
    const factors = inputs.map((x, k) => (spread[k] ? where(spread[k], x, cast(1, x.dtype)) : x));
    const product = alignRanks(factors).reduce((x, y) => multiply(x, y));
    if (spread.some((m) => !m)) return product;
    const counts = (spread as Tensor[]).reduce((a, b) => logicalOr(a, b));
    return where(counts, product, cast(0, product.dtype));
  }
  override computeMask(_inputs: unknown, masks: unknown): Tensor | null {
    return jointMask(masks);
  }
}
