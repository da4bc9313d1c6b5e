import { imageDataFormat } from '../base/config.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import type { Shape } from '../base/shape.ts';
import type { Model } from '../models/index.ts';
import { add, clip, divide, mean, multiply, oneHot, sqrt, square, std, subtract, sum } from '../ops/index.ts';
import { uniform } from '../random/index.ts';
import { grad, jit, type Tensor, tensor } from '../tensor/index.ts';
import { findLayer, runTapped } from './tapped.ts';

/** Options of `filterPatterns`. */
export interface FilterPatternsOptions {
  /** Which filters: a list of indices, or the number of first filters. 16 by default. */
  readonly filters?: number | readonly number[] | undefined;
  /** Height and width of the patterns; required if the model's input size is unknown. */
  readonly size?: readonly [height: number, width: number] | undefined;
  /** Number of ascent steps. 30 by default. */
  readonly steps?: number | undefined;
  /** Mean change of a pixel per step, on a scale from 0 (black) to 1 (white). 0.03 by default. */
  readonly learningRate?: number | undefined;
  /** The model's values of black and white. `[0, 255]` by default. */
  readonly valueRange?: readonly [low: number, high: number] | undefined;
  /** Seed of the initial noise. 0 by default. */
  readonly seed?: number | undefined;
}
export const filterPatternsNames: OptionNames<FilterPatternsOptions> = {
  filters: true,
  size: true,
  steps: true,
  learningRate: true,
  valueRange: true,
  seed: true,
};

/**
 * The pattern that activates each filter of a layer most, found by gradient ascent from grey noise: images `[filters,
 * height, width, channels]` from 0 to 1 (Chollet, Deep Learning with Python, 10.4).
 * @example
 * const patterns = keras.visualization.filterPatterns(model, 'block3_conv1', { filters: 8, size: [64, 64] });
 * console.log(patterns.shape); // [8, 64, 64, 3]
 */
export const filterPatterns = exact(
  'visualization.filterPatterns',
  3,
  function filterPatterns(model: Model<any>, layer: string, options: FilterPatternsOptions = {}): Tensor {
    const {
      filters = 16,
      size,
      steps = 30,
      learningRate = 0.03,
      valueRange: [low, high] = [0, 255],
      seed = 0,
    } = optionsOf('filterPatterns', filterPatternsNames, options);
    const path = findLayer('filterPatterns', model, layer);
    const numbers = typeof filters === 'number' ? Array.from({ length: filters }, (_, k) => k) : [...filters];
    if (!(high > low))
      fail('filterPatterns', `valueRange is [${low}, ${high}]`, 'give black and white, the lower first');
    const shape = [numbers.length, ...shapeOfImages(model, size)];
    const isLast = imageDataFormat() === 'channels_last';
    const [sides, channels] = isLast ? [[1, 2], 3] : [[2, 3], 1];

    const step = jit((images: Tensor): Tensor => {
      const answer = (x: Tensor): Tensor => {
        let map: Tensor | undefined;
        runTapped(model, [path], add(multiply(x, high - low), low), (y) => (map = y));
        const count = map!.shape[channels];
        const wrong = numbers.find((n) => !Number.isInteger(n) || n < 0 || n >= count);
        if (wrong !== undefined)
          fail('filterPatterns', `filters has ${show(wrong)}`, `layer "${layer}" has filters 0 to ${count - 1}`);
        const own = oneHot(tensor(numbers, { dtype: 'int32' }), count);
        return sum(multiply(mean(map!, { axis: sides }), own));
      };
      const slope = grad(answer)(images) as Tensor;
      // Gradients are normalised for each image separately.
      const length = sqrt(add(mean(square(slope), { axis: [1, 2, 3], keepdims: true }), 1e-30));
      return add(images, multiply(divide(slope, length), learningRate));
    });
    let images = uniform(shape, { minval: 0.4, maxval: 0.6, seed });
    for (let k = 0; k < steps; k++) images = step(images);
    // Normalise the contrast for display.
    const axis = [1, 2, 3];
    const even = divide(
      subtract(images, mean(images, { axis, keepdims: true })),
      add(std(images, { axis, keepdims: true }), 1e-6),
    );
    return clip(add(multiply(even, 0.25), 0.5), 0, 1);
  },
);

function shapeOfImages({ name, inputs }: Model<any>, size: readonly number[] | undefined): Shape {
  const shape = inputs?.[0]?.symbolicShape.slice(1) ?? [];
  if (inputs?.length !== 1 || shape.length !== 3)
    fail('filterPatterns', `model "${name}" does not take one image`, 'give a functional model of one input');
  const isLast = imageDataFormat() === 'channels_last';
  const [height, width] = size ?? (isLast ? shape : shape.slice(1));
  const channels = isLast ? shape[2] : shape[0];
  const whole = isLast ? [height, width, channels] : [channels, height, width];
  if (whole.some((n) => !Number.isInteger(n)))
    return fail('filterPatterns', `model "${name}" leaves the size of images open`, 'say it: { size: [128, 128] }');
  return whole as number[];
}
