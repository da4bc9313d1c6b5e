import * as ops from '../ops/index.ts';
import { jit, type Tensor } from '../tensor/index.ts';
import { dequantizeByGroups, quantizationParameters, quantizeByGroups } from './parameters.ts';

interface AWQOptions {
  /** How many inputs share a scale; -1 for all. */
  readonly groupSize: number;
  /** How many exponents of the magnitudes to try. */
  readonly numGridPoints: number;
}

/**
 * Rounds a matrix `(outputs, inputs)` to 4 bits, with each input scaled by a power of its largest magnitude in the
 * data; the exponent with the least error is chosen (https://arxiv.org/abs/2306.00978).
 */
export function awq(weights: Tensor, magnitudes: Tensor, options: AWQOptions) {
  const find = jit((w: Tensor, m: Tensor) => {
    const scales = bestScales(w, m, options);
    return [scales, ...rounded(ops.multiply(w, scales), options.groupSize)];
  });
  const [inputScales, whole, scale, zero] = find(weights, magnitudes);
  return { inputScales, whole, scale, zero, groups: groupsOf(weights.shape[1], options.groupSize) };
}
const groupsOf = (inputs: number, groupSize: number): Tensor =>
  ops.floor(ops.divide(ops.arange(inputs, { dtype: 'float32' }), groupSize === -1 ? inputs : groupSize));

function rounded(weights: Tensor, groupSize: number): [whole: Tensor, scale: Tensor, zero: Tensor] {
  const { scale, zero, greatest } = quantizationParameters(weights, { bits: 4, perChannel: true, groupSize });
  const groups = groupsOf(weights.shape[1], groupSize);
  return [quantizeByGroups(weights, scale, zero, groups, greatest), scale, zero];
}

/** The factors of the inputs with the least error, weighted by the inputs' magnitudes. */
function bestScales(weights: Tensor, magnitudes: Tensor, { groupSize, numGridPoints }: AWQOptions): Tensor {
  const largest = ops.where(ops.less(magnitudes, 1e-8), 1, magnitudes);
  const groups = groupsOf(weights.shape[1], groupSize);
  let [best, least]: [Tensor, Tensor | null] = [ops.onesLike(largest), null];
  for (let k = 0; k <= numGridPoints; k++) {
    const powers = ops.maximum(k === 0 ? ops.onesLike(largest) : ops.power(largest, k / numGridPoints), 1e-4);
    const middle = ops.maximum(ops.sqrt(ops.multiply(ops.max(powers), ops.min(powers))), 1e-8);
    const scales = ops.divide(powers, middle);
    const [whole, scale, zero] = rounded(ops.multiply(weights, scales), groupSize);
    const kept = ops.divide(dequantizeByGroups(whole, scale, zero, groups), scales);
    const loss = ops.mean(ops.multiply(ops.square(ops.subtract(weights, kept)), ops.square(largest)));
    if (!least) [best, least] = [scales, loss];
    else {
      const isBetter: Tensor = ops.less(loss, least);
      [best, least] = [ops.where(isBetter, scales, best), ops.where(isBetter, loss, least)];
    }
  }
  return best;
}
