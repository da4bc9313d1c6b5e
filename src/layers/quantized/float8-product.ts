import { QuantizedFloat8DTypePolicy } from '../../base/quantized-policies.ts';
import * as ops from '../../ops/index.ts';
import {
  computeFloat8AmaxHistory,
  computeFloat8Scale,
  type Float8,
  largestFloat8,
  quantizeAndDequantize,
  roundedLikeBfloat16,
} from '../../quantizers/float8.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import { currentTraining } from '../layer/call-context.ts';
import type { Quantized } from '../layer/quantized.ts';
import { addTo } from './kept.ts';
import type { Product } from './product.ts';
import { finished } from './product-layers.ts';
import { ownPolicy } from './resolve.ts';

/** A scale, and the largest magnitudes of the last steps that it follows. */
interface Scaled {
  readonly scale: Variable;
  readonly history: Variable;
}

/**
 * A product whose inputs, kernel and gradients are rounded to 8-bit floats, each scaled by its magnitude in recent steps. The weights stay
 * floats. The optimizer overwrites scales and histories with their "gradients" (https://arxiv.org/abs/2209.05433).
 */
export function float8Product(product: Product): Quantized {
  const { layer } = product;
  const policy = ownPolicy(layer);
  const length =
    policy instanceof QuantizedFloat8DTypePolicy
      ? policy.amaxHistoryLength
      : QuantizedFloat8DTypePolicy.defaultAmaxHistoryLength;
  const add = (name: string, shape: readonly number[], initializer: 'ones' | 'zeros'): Variable =>
    addTo(layer, {
      name,
      shape,
      initializer,
      dtype: 'float32',
      trainable: true,
      autocast: false,
      overwriteWithGradient: true,
    });
  const scaled = (name: string): Scaled => ({
    scale: add(`${name}_scale`, [], 'ones'),
    history: add(`${name}_amax_history`, [length], 'zeros'),
  });
  const [inputs, kernel, gradient] = [scaled('inputs'), scaled('kernel'), scaled('outputs_grad')];
  const next = (seen: Tensor, scale: Tensor, history: Tensor, dtype: Float8): Tensor[] => [
    computeFloat8Scale(ops.max(history, { axis: 0 }), scale, largestFloat8(dtype)),
    computeFloat8AmaxHistory(seen, history),
  ];
  const rounded = (x: Tensor, { scale, history }: Scaled): Tensor => {
    const round = (given: Tensor, s: Tensor): Tensor =>
      quantizeAndDequantize(given, s, 'float8_e4m3fn', layer.computeDtype);
    if (!currentTraining()) return round(x, scale.read());
    return ops.customGradient((given: Tensor, s: Tensor, h: Tensor) => [
      round(given, s),
      (upstream: Tensor) => [upstream, ...next(given, s, h, 'float8_e4m3fn')],
    ])(x, scale.read(), history.read()) as Tensor;
  };
  const roundedBackwards = (y: Tensor): Tensor => {
    if (!currentTraining()) return y;
    return ops.customGradient((given: Tensor, s: Tensor, h: Tensor) => [
      ops.copy(given),
      (upstream: Tensor) => [
        quantizeAndDequantize(upstream, s, 'float8_e5m2', layer.computeDtype),
        ...next(upstream, s, h, 'float8_e5m2'),
      ],
    ])(y, gradient.scale.read(), gradient.history.read()) as Tensor;
  };
  return {
    shape: null,
    call: (x: Tensor) =>
      finished(
        product,
        roundedBackwards(
          product.multiply(rounded(x, inputs), rounded(ops.cast(layer.kernel.read(), layer.computeDtype), kernel)),
        ),
        (bias) => (layer.computeDtype === 'float32' ? inHalf(bias) : bias),
      ),
    stored: () => [
      layer.kernel,
      ...(layer.bias ? [layer.bias] : []),
      ...[inputs, kernel, gradient].flatMap(({ scale, history }) => [scale, history]),
    ],
  };
}

/** Rounded, like its gradient: Keras casts it there and back. */
const inHalf = (bias: Tensor): Tensor =>
  currentTraining()
    ? (ops.customGradient((b: Tensor) => [roundedLikeBfloat16(b), (upstream: Tensor) => roundedLikeBfloat16(upstream)])(
        bias,
      ) as Tensor)
    : roundedLikeBfloat16(bias);
