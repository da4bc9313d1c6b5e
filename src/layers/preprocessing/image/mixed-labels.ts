import { fail, type Named } from '../../../base/errors.ts';
import { showShape } from '../../../base/shape.ts';
import { add, multiply, reshape, subtract, take } from '../../../ops/index.ts';
import type { Tensor } from '../../../tensor/index.ts';

/** Which images are mixed, and how much of the image itself remains: `[n]`. */
interface Mix {
  readonly permutationOrder: Tensor;
  readonly mixWeight: Tensor;
}
/** Labels `[n, classes]`, mixed like their images. */
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
