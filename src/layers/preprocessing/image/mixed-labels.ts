import { fail, type Named } from '../../../base/errors.ts';
import { showShape } from '../../../base/shape.ts';
import { add, multiply, reshape, subtract, take } from '../../../ops/index.ts';
import type { Tensor } from '../../../tensor/index.ts';

/** What is mixed with what, and how much of an image itself stays: `[n]`. */
interface Mix {
  readonly permutationOrder: Tensor;
  readonly mixWeight: Tensor;
}
/** Labels `[n, classes]` mixed as their images are. */
export function mixedLabels(layer: Named, labels: Tensor, { permutationOrder, mixWeight }: Mix): Tensor {
  if (labels.shape.length < 2)
    fail(
      layer,
      `labels have shape ${showShape(labels.shape)}`,
      'give them one-hot: [n, classes], e.g. by keras.ops.oneHot',
    );
  const share = reshape(mixWeight, [-1, ...new Array<number>(labels.shape.length - 1).fill(1)]);
  return add(multiply(share, labels), multiply(subtract(1, share), take(labels, permutationOrder, { axis: 0 })));
}
