import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';
import { type Assigned, assignedTargets, sumOverPositives } from './targets.ts';

const { boundingBoxes } = keras.utils;
/** The deltas are learnt in units of these (https://keras.io/examples/vision/retinanet/). */
const variance = [0.1, 0.1, 0.2, 0.2] as const;

export interface RetinaNetOptions {
  readonly classes: number;
  /** Levels of the pyramid: cells of 2^level pixels. */
  readonly levels?: readonly number[];
  /** Channels of the pyramid and of the heads. */
  readonly filters?: number;
  /** Convolutions of each head. */
  readonly depth?: number;
  readonly anchors?: Omit<keras.utils.boundingBoxes.AnchorOptions, 'minLevel' | 'maxLevel'>;
}
const standard = { numScales: 3, aspectRatios: [0.5, 1, 2], anchorSize: 4 };

/**
 * RetinaNet (https://arxiv.org/abs/1708.02002) on any model of images: a feature pyramid, over whose levels one head says the classes and
 * another where the boxes are, seen from each anchor: `[batch, anchors, 4 + classes]`.
 */
export function makeRetinaNet(backbone: keras.Model, options: RetinaNetOptions): keras.Model {
  const { classes, levels = [3, 4, 5, 6, 7], filters = 256, depth = 4, anchors = standard } = options;
  const each = { ...standard, ...anchors };
  const count = each.numScales * each.aspectRatios.length;
  const pyramid = keras.applications.featurePyramid(backbone, levels, { filters });
  const head = (name: string, numbers: number, bias: number): ((x: keras.Tensor) => keras.Tensor) => {
    const convs = Array.from({ length: depth }, (_, k) => {
      return new layers.Conv2D({
        filters,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        name: `${name}_${k + 1}`,
      });
    });
    const last = new layers.Conv2D({
      filters: count * numbers,
      kernelSize: 3,
      padding: 'same',
      biasInitializer: new keras.initializers.Constant({ value: bias }),
      name: `${name}_output`,
    });
    const rows = new layers.Reshape({ targetShape: [-1, numbers], name: `${name}_rows` });
    return (x) => rows(last(convs.reduce((y, conv) => conv(y), x)));
  };
  const [boxes, named] = [head('boxes', 4, 0), head('classes', classes, -Math.log(99))];
  const maps: readonly keras.Tensor[] = pyramid.outputs!;
  const outputs = maps.map((map) => new layers.Concatenate()([boxes(map), named(map)]));
  return new keras.Model({
    inputs: pyramid.inputs!,
    outputs: outputs.length > 1 ? new layers.Concatenate({ axis: 1 })(outputs) : outputs[0]!,
    name: 'retina_net',
  });
}

/** Boxes in pixels and logits of the classes. */
export function readRetinaNet(predictions: keras.Tensor, anchors: keras.Tensor) {
  const deltas = ops.getItem(predictions, ['...', { slice: [0, 4] }]);
  return {
    boxes: boundingBoxes.decodeDeltasToBoxes(anchors, deltas, { variance }),
    logits: ops.getItem(predictions, ['...', { slice: [4, null] }]),
  };
}

/**
 * Which object each anchor must find: the one that it overlaps most, by half at least; and for each object the anchors that overlap it most
 * of all. Anchors that overlap one by 0.4 to 0.5 are not asked.
 */
function assign(yTrue: keras.Tensor, anchors: keras.Tensor): Assigned & { readonly isNegative: keras.Tensor } {
  const isObject = ops.expandDims(ops.greaterEqual(ops.getItem(yTrue, ['...', 4]), 0), 1);
  const boxes = ops.getItem(yTrue, ['...', { slice: [0, 4] }]);
  const overlaps = ops.where(isObject, ops.pairwiseIou(anchors, boxes), 0); // [batch, anchors, objects]
  const best = ops.max(overlaps, { axis: 1, keepdims: true });
  const isBest = ops.logicalAnd(ops.equal(overlaps, best), ops.greater(overlaps, 0));
  const claims = ops.where(isBest, ops.add(overlaps, 1), overlaps);
  const strongest = ops.max(claims, { axis: -1 });
  const isPositive = ops.greaterEqual(strongest, 0.5);
  return {
    isPositive,
    isNegative: ops.less(strongest, 0.4),
    object: ops.oneHot(ops.argmax(claims, { axis: -1 }), yTrue.shape[1]!),
  };
}

/** Focal cross-entropy of the classes, Huber's loss of the deltas of anchors that must find an object. */
export function retinaNetLoss(anchors: keras.Tensor, classes: number) {
  return (yTrue: keras.Tensor, yPred: keras.Tensor): keras.Tensor => {
    const assigned = assign(yTrue, anchors);
    const { isPositive, target, labels } = assignedTargets(yTrue, assigned, classes);
    const logits = ops.getItem(yPred, ['...', { slice: [4, null] }]);
    const named = keras.losses.binaryFocalCrossentropy(labels, logits, { fromLogits: true, applyClassBalancing: true });
    const isAsked = ops.logicalOr(isPositive, assigned.isNegative);
    // Anchors without an object are their own target, because the deltas of an empty box are not finite.
    const boxes = ops.where(ops.expandDims(isPositive, -1), target, anchors);
    const wanted = boundingBoxes.encodeBoxToDeltas(anchors, boxes, { variance });
    const apart = keras.losses.huber(wanted, ops.getItem(yPred, ['...', { slice: [0, 4] }]), { delta: 1 });
    return sumOverPositives(
      isPositive,
      ops.add(ops.where(isPositive, apart, 0), ops.where(isAsked, ops.multiply(named, classes), 0)),
    );
  };
}
