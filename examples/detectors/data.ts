import * as keras from 'hornbeam';
import { loadDigits } from '../data/digits.ts';
import { makeScenes, maxDigits } from '../digit-detector/scenes.ts';

/** Images `[count, size, size, 1]`, and labels `[count, digits, 5]`: x1, y1, x2, y2 in pixels and the digit, -1 in places without one. */
export type LabelledScenes = readonly [images: keras.Tensor, labels: keras.Tensor];

function asTensors(scenes: ReturnType<typeof makeScenes>): LabelledScenes {
  const { count, size, images } = scenes;
  const boxes = keras.tensor(scenes.boxes, { shape: [count, maxDigits, 4] });
  const labels = keras.tensor(scenes.labels, { shape: [count, maxDigits, 1] });
  return [
    keras.tensor(images, { shape: [count, size, size, 1] }),
    keras.ops.concatenate([boxes, labels], { axis: -1 }),
  ];
}

/** Scenes of 1 to 6 handwritten digits to train on, and others of digits that are in none of these. */
export function loadScenes(size: number, { training = 1200, unseen = 200 } = {}): [LabelledScenes, LabelledScenes] {
  const digits = loadDigits();
  return [
    asTensors(makeScenes(digits.slice(0, 1400), { count: training, size, seed: 1 })),
    asTensors(makeScenes(digits.slice(1400), { count: unseen, size, seed: 2 })),
  ];
}
