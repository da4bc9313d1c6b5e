import * as ops from '../../ops/index.ts';
import { packInt4, unpackInt4 } from '../../quantizers/index.ts';
import { dequantizeByGroups } from '../../quantizers/parameters.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { Quantized } from '../layer/quantized.ts';
import { addScale, addTo, addWhole } from './kept.ts';
import type { Product } from './product.ts';
import { finished } from './product-layers.ts';

/** What calibration found of a kernel, as a matrix `(outputs, inputs)`. */
export interface Calibrated {
  /** Whole numbers from 0. */
  readonly whole: Tensor;
  /** Scales and zeros of shape `(outputs, groups)`. */
  readonly scale: Tensor;
  readonly zero: Tensor;
  /** The group of each input. */
  readonly groups: Tensor;
  /** AWQ's factor of each input. */
  readonly inputScales?: Tensor;
}

/**
 * A kernel whose integers, scales and zeros were calibrated with data: `(kernel - zero) · scale`, by AWQ also divided by a factor for
 * each input. Weights of 4 bits stand two in a byte.
 */
export function calibratedProduct(
  product: Product,
  mode: 'gptq' | 'awq',
  { weightBits, groupSize }: { readonly weightBits: number; readonly groupSize: number },
): { quantized: Quantized; main: Variable; take(found: Calibrated): void } {
  const { layer, shape } = product;
  const [rows, columns] = product.calibrated;
  const isPacked = weightBits === 4;
  const main = addWhole(layer, 'kernel', [isPacked ? Math.ceil(columns / 2) : columns, rows], 'uint8');
  const scaleShape = [columns, groupSize === -1 ? 1 : Math.ceil(rows / groupSize)];
  const scale = addScale(layer, 'kernel_scale', scaleShape);
  const zero = addWhole(layer, product.zeroName, scaleShape, 'uint8');
  const inputScales = mode === 'awq' ? [addScale(layer, 'awq_scales', [rows])] : [];
  const groups = addTo(layer, { name: 'g_idx', shape: [rows], dtype: 'float32', initializer: 'zeros' });
  const floats = (): Tensor => {
    const whole = isPacked ? unpackInt4(main.read(), columns, { dtype: 'uint8' }) : main.read();
    const matrix = ops.transpose(dequantizeByGroups(whole, scale, zero, groups));
    const unscaled = inputScales.reduce<Tensor>((x, s) => ops.divide(x, ops.expandDims(s, -1)), matrix);
    return ops.reshape(ops.cast(unscaled, layer.computeDtype), shape);
  };
  const quantized: Quantized = {
    shape: null,
    call: (x: Tensor) => finished(product, product.multiply(x, floats())),
    stored: () => [...(layer.bias ? [layer.bias] : []), main, scale, zero, ...inputScales, groups],
  };
  const take = (found: Calibrated): void => {
    const whole = ops.cast(found.whole, 'uint8');
    main.assign(isPacked ? packInt4(whole, { dtype: 'uint8' })[0] : whole);
    scale.assign(found.scale);
    zero.assign(found.zero);
    groups.assign(found.groups);
    if (found.inputScales) inputScales[0].assign(found.inputScales);
  };
  return { quantized, main, take };
}
