import * as ops from '../../ops/index.ts';
import { AbsMaxQuantizer } from '../../quantizers/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { Quantized } from '../layer/quantized.ts';
import { addScale, addWhole, type Config, type Kept, storeTogether } from './kept.ts';
import type { Product } from './product.ts';
import { multiplyQuantized, quantizedProduct } from './product-layers.ts';

/** A kernel of 8-bit integers with a scale for each output: `kernel / scale`. Inputs become 8-bit integers too, unless told otherwise. */
export function int8Product(product: Product, config: Config): { quantized: Quantized; kept: Kept } {
  const { layer, shape, kernelAxes, inputAxes } = product;
  const weightQuantizer = config?.weightQuantizer ?? new AbsMaxQuantizer({ axis: kernelAxes });
  const inputQuantizer = config ? config.activationQuantizer : new AbsMaxQuantizer();
  const main = addWhole(layer, 'kernel', shape, 'int8');
  const bare = ops.zeros(shape.map((n, d) => (kernelAxes.includes(d) ? 1 : n)));
  const scale = addScale(layer, 'kernel_scale', product.kernelScale(bare).shape);
  const kept: Kept = {
    main,
    values(weight) {
      const [whole, factors] = weightQuantizer(weight, { toNumpy: true });
      return new Map([
        [main, whole],
        [scale, product.kernelScale(factors)],
      ]);
    },
    floats: () => ops.divide(ops.cast(main, layer.computeDtype), product.backToKernel(scale)),
  };
  storeTogether(kept, [main, scale]);
  const multiply = (x: Tensor): Tensor => {
    if (!inputQuantizer) return ops.divide(ops.cast(product.multiply(x, main), layer.computeDtype), scale);
    const forward = (given: Tensor): Tensor => {
      const [whole, factors] = inputQuantizer(given, { axis: inputAxes });
      const y = ops.cast(product.multiply(whole, main), layer.computeDtype);
      return ops.divide(y, ops.multiply(product.inputScale(factors), scale));
    };
    return multiplyQuantized(x, forward, (upstream) => product.backward(upstream, kept.floats()));
  };
  return {
    kept,
    quantized: quantizedProduct(
      product,
      () => main,
      multiply,
      () => [scale],
    ),
  };
}
