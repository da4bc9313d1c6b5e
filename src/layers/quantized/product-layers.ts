import * as ops from '../../ops/index.ts';
import { currentFrame, type Tensor, type Variable } from '../../tensor/index.ts';
import { loraOf } from '../layer/lora.ts';
import type { Quantized } from '../layer/quantized.ts';
import type { Product } from './product.ts';

/** Bias and activation, which stay what they are. */
export function finished({ layer }: Product, y: Tensor, bias: (bias: Tensor) => Tensor = (b) => b): Tensor {
  return layer.activation(layer.bias ? ops.add(y, bias(layer.bias.read())) : y);
}

/** A layer whose product is computed with a quantized kernel; a correction of low rank comes on top. */
export function quantizedProduct(
  product: Product,
  main: () => Variable,
  multiply: (x: Tensor) => Tensor,
  others: () => readonly Variable[],
  kernelFirst = true,
): Quantized {
  const { layer } = product;
  return {
    shape: product.shape,
    call(x: Tensor): Tensor {
      const y = multiply(x);
      const lora = loraOf(main());
      if (!lora) return finished(product, y);
      const correction = lora.correct(product.multiply(x, lora.a));
      return finished(product, ops.cast(ops.add(y, correction), layer.computeDtype));
    },
    stored: () => {
      const bias = layer.bias ? [layer.bias] : [];
      return kernelFirst ? [main(), ...bias, ...others()] : [...bias, main(), ...others()];
    },
  };
}

/** The product with quantized inputs, with a gradient of its own: that of the product with a kernel of floats. */
export const multiplyQuantized = (
  x: Tensor,
  forward: (x: Tensor) => Tensor,
  backward: (upstream: Tensor) => Tensor,
): Tensor => {
  // Where nobody asks for gradients, ops compute one by one, with programs that are compiled once.
  if (!currentFrame()) return forward(x);
  return ops.customGradient((given: Tensor) => [forward(given), backward])(x) as Tensor;
};
