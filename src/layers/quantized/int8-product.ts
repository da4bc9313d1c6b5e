import { range, sizeOf } from '../../base/shape.ts';
import * as ops from '../../ops/index.ts';
import { AbsMaxQuantizer } from '../../quantizers/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { Quantized } from '../layer/quantized.ts';
import { addScale, addWhole, type Config, type Kept, storeTogether } from './kept.ts';
import type { Product } from './product.ts';
import { multiplyQuantized, quantizedProduct } from './product-layers.ts';

/** So many products of 8-bit integers are summed exactly by float32: 128² · 1024 = 2²⁴. */
const exact = 1024;
/** A single row is done before a kernel has become floats. */
const fewRows = 2;

/**
 * The product of 8-bit integers, as floats. Devices multiply float32 many times faster than integers, so parts of the sum are taken
 * in float32, where they are exact.
 */
function multiplyWhole(product: Product, x: Tensor, kernel: Tensor): Tensor {
  const { kernelAxes, inputAxes, shape } = product;
  const depth = sizeOf(kernelAxes.map((d) => shape[d]));
  const isApart = depth > exact && kernelAxes.length > 1;
  if (x.dtype !== 'int8' || sizeOf(x.shape) < fewRows * depth || isApart) return product.multiply(x, kernel);
  const inFloats = (a: Tensor, b: Tensor): Tensor => product.multiply(ops.cast(a, 'float32'), ops.cast(b, 'float32'));
  if (depth <= exact) return inFloats(x, kernel);
  const cuts = range(Math.ceil(depth / exact) - 1).map((k) => (k + 1) * exact);
  const kernels = ops.split(kernel, cuts, { axis: kernelAxes[0] });
  return ops
    .split(x, cuts, { axis: inputAxes[0] })
    .map((part, k) => ops.cast(inFloats(part, kernels[k]), 'int32'))
    .reduce((a, b) => ops.add(a, b));
}

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
      const y = ops.cast(multiplyWhole(product, whole, main.read()), layer.computeDtype);
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
