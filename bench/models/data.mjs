import { floats, integers, sizeOf } from '../numbers.mjs';

const numbers = (batch, shape) => ({ shape, values: floats(batch * sizeOf(shape)) });
const labels = (batch) => ({ shape: [], values: integers(batch, 10) });

/** One batch of each model: shape of a sample, and values. */
export const batches = {
  tiny: () => ({ batch: 32, x: numbers(32, [8]), y: labels(32) }),
  mlp: () => ({ batch: 128, x: numbers(128, [784]), y: labels(128) }),
  resnet20: () => ({ batch: 64, x: numbers(64, [32, 32, 3]), y: labels(64) }),
  cspmish: () => ({ batch: 8, x: numbers(8, [128, 128, 3]), y: numbers(8, [16, 16, 18]) }),
  transformer: () => ({ batch: 32, x: { shape: [64], values: integers(32 * 64, 2000) }, y: labels(32) }),
};
