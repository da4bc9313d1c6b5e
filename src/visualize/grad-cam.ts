import { imageDataFormat } from '../base/config.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import { showShape } from '../base/shape.ts';
import type { Model } from '../models/index.ts';
import { resize } from '../ops/image/resize.ts';
import {
  argmax,
  divide,
  equal,
  expandDims,
  max,
  mean,
  multiply,
  oneHot,
  relu,
  reshape,
  sum,
  where,
  zerosLike,
} from '../ops/index.ts';
import { asTensor, grad, jit, type Like, type Tensor } from '../tensor/index.ts';
import { findLayer, type LayerPath, lastMap, runTapped } from './tapped.ts';

/** Options of `gradCam`. */
export interface GradCamOptions {
  /**
   * The layer whose map is used, by name, or as `'base/block5'` within a nested model. By default the last one whose
   * output is a map.
   */
  readonly layer?: string | undefined;
  /** The class to explain for each image, `[n]`; by default the one with the highest score. */
  readonly classes?: Like | undefined;
}
export const gradCamNames: OptionNames<GradCamOptions> = { layer: true, classes: true };

/**
 * Class activation heat maps: where in each image a classifier sees the class, `[n, height, width]` from 0 to 1, as
 * large as the images. The channels of the layer's map are weighted by the mean gradient of the class's score
 * (Selvaraju et al., https://arxiv.org/abs/1610.02391). The model computes as in `predict`.
 * @example
 * const heat = keras.visualization.gradCam(model, photographs);
 * console.log(heat.shape); // [8, 160, 160], for 8 photographs
 */
export const gradCam = exact(
  'visualization.gradCam',
  3,
  function gradCam(model: Model<any>, images: Like, options: GradCamOptions = {}): Tensor {
    const { layer, classes } = optionsOf('gradCam', gradCamNames, options);
    const x = asTensor(images);
    const path = layer === undefined ? lastMap('gradCam', model) : findLayer('gradCam', model, layer);
    if (x.shape.length !== 4)
      fail('gradCam', `the images have shape ${showShape(x.shape)}`, 'give a batch: [n, height, width, channels]');
    const wanted = classes === undefined ? undefined : asTensor(classes, 'int32');
    if (wanted && (wanted.shape.length !== 1 || wanted.shape[0] !== x.shape[0]))
      fail('gradCam', `classes is ${show(classes)}`, `give one class for each of the ${x.shape[0]} images`);
    return jit((pixels: Tensor, asked: Tensor | null) => heatMaps(model, path, pixels, asked))(x, wanted ?? null);
  },
);

function heatMaps(model: Model<any>, path: LayerPath, images: Tensor, classes: Tensor | null): Tensor {
  let seen: Tensor | undefined;
  const scores = runTapped(model, [path], images, (x) => (seen = x)) as Tensor;
  if (!(scores.shape?.length === 2))
    fail('gradCam', 'the model gives no scores of classes', 'give a model with one output of shape [n, classes]');
  const map = seen!;
  const asked = oneHot(classes ?? argmax(scores, { axis: -1 }), scores.shape[1]);
  // The gradient of the scores with respect to the map.
  const score = (change: Tensor): Tensor =>
    sum(multiply(runTapped(model, [path], images, (x) => x.add(change)) as Tensor, asked));
  const gradients = grad(score)(zerosLike(map)) as Tensor;
  const isLast = imageDataFormat() === 'channels_last';
  const [sides, channels] = isLast ? [[1, 2], 3] : [[2, 3], 1];
  const weights = mean(gradients, { axis: sides, keepdims: true });
  const heat = relu(sum(multiply(map, weights), { axis: channels }));
  const size = isLast ? images.shape.slice(1, 3) : images.shape.slice(2);
  const large = resize(expandDims(heat, -1), size as [number, number], { dataFormat: 'channels_last' });
  const maps = reshape(large, [-1, ...size]);
  const highest = max(maps, { axis: [1, 2], keepdims: true });
  return divide(maps, where(equal(highest, 0), 1, highest));
}
