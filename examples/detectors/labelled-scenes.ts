import * as keras from 'hornbeam';
import { maxDigits, type Scenes } from '../digit-detector/scenes.ts';

/** Digits that detectors are trained on, the first of all; the rest, mostly by other writers, they never see. */
export const seenDigits = 1400;

/** Images `[count, size, size, 1]`, and labels `[count, digits, 5]`: x1, y1, x2, y2 in pixels and the digit, -1 in places without one. */
export type LabelledScenes = readonly [images: keras.Tensor, labels: keras.Tensor];

export function asTensors(scenes: Scenes): LabelledScenes {
  const { count, size, images } = scenes;
  const boxes = keras.tensor(scenes.boxes, { shape: [count, maxDigits, 4] });
  const labels = keras.tensor(scenes.labels, { shape: [count, maxDigits, 1] });
  return [
    keras.tensor(images, { shape: [count, size, size, 1] }),
    keras.ops.concatenate([boxes, labels], { axis: -1 }),
  ];
}
