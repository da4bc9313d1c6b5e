import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import { type SymbolicShape, showShape } from '../base/shape.ts';
import { Add, Conv2D, ReLU, UpSampling2D } from '../layers/index.ts';
import { Model } from '../models/index.ts';
import { callsOf, type KerasTensor, type Tensor } from '../tensor/index.ts';
import { sidesOf } from './image-axes.ts';

/** Options of `featurePyramid`. */
export interface FeaturePyramidOptions {
  /** Channels of each level. 256 by default. */
  readonly filters?: number;
  /** Name of the model. */
  readonly name?: string;
}
const names: OptionNames<FeaturePyramidOptions> = { filters: true, name: true };

/** The last map of a model whose height and width are those of the images divided by `stride`. */
function mapOf(backbone: Model<any>, stride: number): KerasTensor | undefined {
  const image = sidesOf(backbone.inputs![0].symbolicShape.slice(1) as SymbolicShape);
  const maps = backbone.layers.map((layer) => callsOf(layer).at(-1)?.outputs[0]);
  return maps.findLast((map) => {
    if (map?.symbolicShape.length !== 4) return false;
    return sidesOf(map.symbolicShape.slice(1)).every((side, d) => side! * stride === image[d]);
  });
}

/**
 * A feature pyramid (https://arxiv.org/abs/1612.03144) on top of an image model: for each level k a map of `filters` channels whose
 * height and width are those of the images divided by 2^k; finer maps receive what coarser ones found. Levels beyond the backbone's last map are
 * convolutions of stride 2, as in RetinaNet (https://arxiv.org/abs/1708.02002).
 * @example
 * const backbone = keras.applications.MobileNetV2({ weights: null, alpha: 0.35, inputShape: [64, 64, 3], includeTop: false });
 * keras.applications.featurePyramid(backbone, [3, 4, 5], { filters: 32 }).outputShape // [[null, 8, 8, 32], [null, 4, 4, 32], [null, 2, 2, 32]]
 */
export const featurePyramid = exact(
  'applications.featurePyramid',
  3,
  function featurePyramid(
    backbone: Model<any>,
    levels: readonly number[],
    options: FeaturePyramidOptions = {},
  ): Model<Tensor[]> {
    const who = 'featurePyramid';
    const { filters = 256, name } = optionsOf(who, names, options);
    const isRow =
      Array.isArray(levels) &&
      levels.every((k, n) => Number.isInteger(k) && k >= 1 && (n === 0 || k === levels[n - 1] + 1));
    if (!isRow || levels.length === 0)
      fail(who, `levels is ${show(levels)}`, 'give whole numbers that follow one another, as in [3, 4, 5, 6, 7]');
    const shape = backbone.inputs?.length === 1 ? backbone.inputs[0].symbolicShape : [];
    const sides = shape.length === 4 ? sidesOf(shape.slice(1)) : [];
    if (sides.length === 0)
      fail(who, `"${backbone.name}" takes no single image`, 'give a functional model of one input');
    const found = levels.map((k) => mapOf(backbone, 2 ** k));
    const own = found.findIndex((map) => !map);
    const count = own < 0 ? levels.length : own;
    if (count === 0 || sides.some((side) => side === null || side % 2 ** levels[count - 1] !== 0))
      fail(
        who,
        `"${backbone.name}" has no map of level ${levels[0]} for images of shape ${showShape(shape.slice(1))}`,
        'give images of fixed sides that 32 divides, and levels from 2 to 5 at least',
      );

    const convolution = (k: number, part: string, kernelSize: number, strides = 1) =>
      new Conv2D({ filters, kernelSize, strides, padding: 'same', name: `level${k}_${part}` });
    // From the coarsest to the finest, each joined with the one above.
    const merged: Tensor[] = [];
    for (let n = count - 1; n >= 0; n--) {
      const k = levels[n];
      const lateral = convolution(k, 'lateral', 1)(found[n]!);
      const above = merged[0];
      const joined = above
        ? new Add({ name: `level${k}_sum` })([lateral, new UpSampling2D({ size: 2, name: `level${k}_above` })(above)])
        : lateral;
      merged.unshift(joined);
    }
    const outputs = merged.map((map, n) => convolution(levels[n], 'output', 3)(map));
    for (const k of levels.slice(count)) {
      const last = outputs.at(-1)!;
      const active = k === levels[count] ? last : new ReLU({ name: `level${k}_relu` })(last);
      outputs.push(convolution(k, 'output', 3, 2)(active));
    }
    return new Model<Tensor[]>({ inputs: backbone.inputs!, outputs, ...(name !== undefined && { name }) });
  },
);
