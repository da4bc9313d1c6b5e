import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';
import { type Assigned, assignedTargets, sumOverPositives } from './targets.ts';

/** What the library has for boxes of cells. In pages it is in a file of its own, `hornbeam/browser/tools`. */
export type BoxTools = Pick<typeof keras.utils.boundingBoxes, 'generateAnchors' | 'decodeDistancesToBoxes'>;

/** Convolution, batch normalisation, mish. */
export function convBnMish(x: keras.Tensor, filters: number, { kernelSize = 3, strides = 1 } = {}): keras.Tensor {
  const y = new layers.Conv2D({ filters, kernelSize, strides, padding: 'same', useBias: false })(x);
  return new layers.Activation({ activation: 'mish' })(new layers.BatchNormalization({ momentum: 0.9 })(y));
}

/** A cross-stage partial block (https://arxiv.org/abs/1911.11929): half of the channels go around the residual steps. */
export function cspBlock(x: keras.Tensor, filters: number, depth = 1): keras.Tensor {
  const around = convBnMish(x, filters / 2, { kernelSize: 1 });
  let y = convBnMish(x, filters / 2, { kernelSize: 1 });
  for (let k = 0; k < depth; k++)
    y = new layers.Add()([y, convBnMish(convBnMish(y, filters / 2, { kernelSize: 1 }), filters / 2)]);
  return convBnMish(new layers.Concatenate()([around, y]), filters, { kernelSize: 1 });
}

export interface YoloOptions {
  /** Side of the images, which 2^levels divides: 608 gives maps of 76, 38 and 19 cells. */
  readonly size: number;
  readonly channels?: number;
  readonly classes: number;
  /** Levels on which objects are sought: cells of 2^level pixels. */
  readonly levels?: readonly number[];
  /** Channels of the first convolution; each level doubles them. */
  readonly filters?: number;
}

/**
 * An anchor-free detector in the style of YOLO: a backbone of CSP blocks, coarse maps handed down to finer ones, and in each cell of
 * each level four distances to the sides of a box and a logit for each class: `[batch, cells, 4 + classes]`.
 */
export function makeYolo({ size, channels = 3, classes, levels = [3, 4, 5], filters = 32 }: YoloOptions): keras.Model {
  const inputs = keras.Input({ shape: [size, size, channels], name: 'image' });
  let x = convBnMish(inputs, filters, { strides: 2 });
  const maps: keras.Tensor[] = [];
  for (let level = 2; level <= levels.at(-1)!; level++) {
    x = cspBlock(convBnMish(x, filters * 2 ** (level - 1), { strides: 2 }), filters * 2 ** (level - 1));
    if (levels.includes(level)) maps.push(x);
  }
  const width = filters * 2 ** (levels[0]! - 1);
  let above = convBnMish(maps.at(-1)!, width, { kernelSize: 1 });
  const joined = [above];
  for (const map of maps.slice(0, -1).reverse()) {
    const both = new layers.Concatenate()([map, new layers.UpSampling2D()(above)]);
    above = cspBlock(both, width);
    joined.unshift(above);
  }
  const heads = joined.map((map, n) => {
    const y = convBnMish(map, width);
    const name = `level${levels[n]}`;
    const boxes = new layers.Conv2D({ filters: 4, kernelSize: 1, name: `${name}_boxes` })(y);
    // So that no cell claims an object to begin with (https://arxiv.org/abs/1708.02002, 4.1).
    const biasInitializer = new keras.initializers.Constant({ value: -Math.log(99) });
    const named = new layers.Conv2D({ filters: classes, kernelSize: 1, biasInitializer, name: `${name}_classes` })(y);
    return new layers.Reshape({ targetShape: [-1, 4 + classes] })(new layers.Concatenate()([boxes, named]));
  });
  const outputs = heads.length > 1 ? new layers.Concatenate({ axis: 1 })(heads) : heads[0]!;
  return new keras.Model({ inputs, outputs, name: 'yolo' });
}

/** The cells of all levels, `[cells, 4]`: x1, y1, x2, y2 in pixels. */
export const cellsOf = (
  size: number,
  levels: readonly number[],
  { generateAnchors }: Pick<BoxTools, 'generateAnchors'> = keras.utils.boundingBoxes,
): keras.Tensor =>
  generateAnchors([size, size], {
    minLevel: levels[0]!,
    maxLevel: levels.at(-1)!,
    numScales: 1,
    aspectRatios: [1],
    anchorSize: 1,
  });

/** Boxes in pixels and logits of the classes. */
export function readYolo(
  predictions: keras.Tensor,
  cells: keras.Tensor,
  { decodeDistancesToBoxes }: Pick<BoxTools, 'decodeDistancesToBoxes'> = keras.utils.boundingBoxes,
) {
  const distances = ops.softplus(ops.getItem(predictions, ['...', { slice: [0, 4] }]));
  return {
    boxes: decodeDistancesToBoxes(cells, distances),
    logits: ops.getItem(predictions, ['...', { slice: [4, null] }]),
  };
}

/**
 * Which object each cell must find: the one whose centre is nearest, less than a cell away, if its longer side is between 2.5 and 5
 * cells; the finest level takes smaller ones as well, the coarsest larger ones.
 */
function assign(yTrue: keras.Tensor, cells: keras.Tensor, levels: readonly number[]): Assigned {
  const [x1, y1, x2, y2, label] = ops.unstack(ops.expandDims(yTrue, 1), { axis: -1 });
  const [left, top, right] = ops.unstack(ops.expandDims(cells, 1), { axis: -1 });
  const stride = ops.subtract(right!, left!);
  const away = (low: keras.Tensor, high: keras.Tensor, edge: keras.Tensor) =>
    ops.abs(ops.subtract(ops.multiply(ops.add(low, high), 0.5), ops.add(edge, ops.multiply(stride, 0.5))));
  const distance = ops.divide(ops.maximum(away(x1!, x2!, left!), away(y1!, y2!, top!)), stride);
  const side = ops.divide(ops.maximum(ops.subtract(x2!, x1!), ops.subtract(y2!, y1!)), stride);
  const isLargeEnough = ops.logicalOr(ops.greater(side, 2.5), ops.equal(stride, 2 ** levels[0]!));
  const isSmallEnough = ops.logicalOr(ops.lessEqual(side, 5), ops.equal(stride, 2 ** levels.at(-1)!));
  const isObject = ops.logicalAnd(ops.greaterEqual(label!, 0), ops.less(distance, 1));
  const isMine = ops.logicalAnd(isObject, ops.logicalAnd(isLargeEnough, isSmallEnough));
  const nearest = ops.where(isMine, distance, 1e6);
  return {
    isPositive: ops.less(ops.min(nearest, { axis: -1 }), 1e6),
    object: ops.oneHot(ops.argmin(nearest, { axis: -1 }), yTrue.shape[1]!),
  };
}

/** Focal cross-entropy of the classes in all cells, complete IoU of the boxes in those that must find an object. */
export function yoloLoss(cells: keras.Tensor, levels: readonly number[], classes: number) {
  return (yTrue: keras.Tensor, yPred: keras.Tensor): keras.Tensor => {
    const { boxes, logits } = readYolo(yPred, cells);
    const { isPositive, target, labels } = assignedTargets(yTrue, assign(yTrue, cells, levels), classes);
    const apart = ops.subtract(1, ops.boxCiou(target, boxes));
    const named = keras.losses.binaryFocalCrossentropy(labels, logits, { fromLogits: true, applyClassBalancing: true });
    return sumOverPositives(
      isPositive,
      ops.add(ops.where(isPositive, ops.multiply(apart, 2), 0), ops.multiply(named, classes)),
    );
  };
}
