import * as ops from '../../ops/index.ts';
import { AbsMaxQuantizer, absMaxQuantizeGroupedWithZeroPoint, packInt4, unpackInt4 } from '../../quantizers/index.ts';
import { dequantizeByGroups } from '../../quantizers/parameters.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { Quantized } from '../layer/quantized.ts';
import { addGroups, addScale, addWhole, type Config, type Kept, storeTogether } from './kept.ts';
import type { Product } from './product.ts';
import { multiplyQuantized, quantizedProduct } from './product-layers.ts';

/**
 * A kernel of 4-bit integers, two in a byte. With blocks, each of which has a scale and a zero for each output, it is
 * `(kernel - zero) · scale`; with one scale for each output `kernel / scale`. Inputs stay floats unless told otherwise.
 */
export function int4Product(
  product: Product,
  config: Config,
  blockSize: number | null,
): { quantized: Quantized; kept: Kept } {
  const { layer, shape, inputAxes } = product;
  const [rows, columns] = product.matrix;
  const inputQuantizer = config?.activationQuantizer ?? null;
  const weightQuantizer = config?.weightQuantizer ?? new AbsMaxQuantizer({ axis: 0, valueRange: [-8, 7] });
  const main = addWhole(layer, 'kernel', [rows, Math.ceil(columns / 2)], 'int8');
  const scaleShape = blockSize === null ? [columns] : [Math.ceil(rows / blockSize), columns];
  const scale = addScale(layer, 'kernel_scale', scaleShape);
  const blocks =
    blockSize === null
      ? null
      : {
          size: blockSize,
          zero: addWhole(layer, 'kernel_zero', scaleShape, 'int8'),
          groups: addGroups(layer, rows, blockSize),
        };
  const others = blocks ? [scale, blocks.zero, blocks.groups] : [scale];
  const kept: Kept = {
    main,
    values(weight) {
      const matrix = ops.reshape(weight, [rows, columns]);
      const packed = (whole: Tensor): [Variable, Tensor] => [main, packInt4(whole, { axis: -1 })[0]];
      if (!blocks) {
        const [whole, factors] = weightQuantizer(matrix, { toNumpy: true });
        return new Map([packed(whole), [scale, ops.reshape(factors, [columns])]]);
      }
      const [whole, factors, zeros] = absMaxQuantizeGroupedWithZeroPoint(matrix, blocks.size, { toNumpy: true });
      return new Map([packed(whole), [scale, factors], [blocks.zero, zeros]]);
    },
    floats() {
      const whole = unpackInt4(main.read(), columns, { axis: -1 });
      const floats = blocks
        ? dequantizeByGroups(whole, scale, blocks.zero, blocks.groups, 0)
        : ops.divide(ops.cast(whole, layer.computeDtype), scale);
      return ops.reshape(ops.cast(floats, layer.computeDtype), shape);
    },
  };
  storeTogether(kept, [main, ...others]);
  const multiply = (x: Tensor): Tensor => {
    if (!inputQuantizer) return product.multiply(x, kept.floats());
    const forward = (given: Tensor): Tensor => {
      const [whole, factors] = inputQuantizer(given, { axis: inputAxes });
      const y = product.multiply(ops.cast(whole, layer.computeDtype), kept.floats());
      return ops.divide(y, product.inputScale(factors));
    };
    return multiplyQuantized(x, forward, (upstream) => product.backward(upstream, kept.floats()));
  };
  return {
    kept,
    quantized: quantizedProduct(
      product,
      () => main,
      multiply,
      () => others,
    ),
  };
}
