import * as keras from 'hornbeam';
import { makeBackbone } from '../data/backbone.ts';
import { makeRetinaNet, readRetinaNet, retinaNetLoss } from './retina-net.ts';
import { detections } from './targets.ts';
import { type BoxTools, cellsOf, makeYolo, readYolo, yoloLoss } from './yolo.ts';

const classes = 10;
/** A detector of digits: its loss, and the decoding of its predictions. */
export interface Detector {
  readonly model: keras.Model;
  readonly loss: (yTrue: keras.Tensor, yPred: keras.Tensor) => keras.Tensor;
  readonly detect: (predictions: keras.Tensor) => ReturnType<typeof detections>;
}

/** A small YOLO for digits of 10 to 32 pixels: cells of 4 and 8 pixels. */
export function digitYolo(size: number, tools: BoxTools = keras.utils.boundingBoxes): Detector {
  const levels = [2, 3];
  const cells = cellsOf(size, levels, tools);
  return {
    model: makeYolo({ size, channels: 1, classes, levels, filters: 16 }),
    loss: yoloLoss(cells, levels, classes),
    detect: keras.jit((predictions: keras.Tensor) => {
      const { boxes, logits } = readYolo(predictions, cells, tools);
      return detections(boxes, logits);
    }),
  };
}

/** A small RetinaNet for the same digits: MobileNetV2 of a third of the width, whose pyramid has cells of 4 and 8 pixels. */
export function digitRetinaNet(size: number): Detector {
  const levels = [2, 3];
  const anchors = { numScales: 2, aspectRatios: [0.6, 1], anchorSize: 3 };
  const places = keras.utils.boundingBoxes.generateAnchors([size, size], { ...anchors, minLevel: 2, maxLevel: 3 });
  return {
    model: makeRetinaNet(makeBackbone(size, 'block_6_expand_relu'), {
      classes,
      levels,
      filters: 48,
      depth: 2,
      anchors,
    }),
    loss: retinaNetLoss(places, classes),
    detect: keras.jit((predictions: keras.Tensor) => {
      const { boxes, logits } = readRetinaNet(predictions, places);
      return detections(boxes, logits);
    }),
  };
}
