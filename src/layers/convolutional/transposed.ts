import { fail } from '../../base/errors.ts';
import type { Resolved } from '../../base/field/field.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { convTranspose } from '../../ops/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import { addBias, type Convolutional, channelsOf, checkWindow, finish, windowOf } from './convolution.ts';
import type { convTransposeFields } from './fields.ts';

type Transposed = Convolutional &
  Pick<
    Resolved<ReturnType<typeof convTransposeFields>>,
    'filters' | 'outputPadding' | 'kernelInitializer' | 'kernelRegularizer' | 'kernelConstraint'
  > & { kernel: Variable };

/** Refuses options that do not go together. */
export function checkTranspose(layer: Transposed): void {
  checkWindow(layer);
  const { outputPadding, strides } = layer;
  if (outputPadding?.some((n, d) => n >= strides[d]))
    fail(
      layer,
      `outputPadding [${outputPadding.join(', ')}] is not less than strides [${strides.join(', ')}]`,
      'make outputPadding smaller than strides along each axis',
    );
}
/** The kernel `[…k, filters, channels]` and the bias. */
export function buildTranspose(layer: Transposed, inputShape: SymbolicShape): void {
  const channels = channelsOf(layer, inputShape);
  layer.kernel = layer.addWeight({
    name: 'kernel',
    shape: [...layer.kernelSize, layer.filters, channels],
    initializer: layer.kernelInitializer,
    regularizer: layer.kernelRegularizer,
    constraint: layer.kernelConstraint,
  });
  addBias(layer, layer.filters);
}
export const callTranspose = (layer: Transposed, x: Tensor): Tensor =>
  finish(layer, convTranspose(x, layer.kernel, { ...windowOf(layer), outputPadding: layer.outputPadding }));
