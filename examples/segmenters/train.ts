import * as keras from 'hornbeam';
import { loadDigits } from '../data/digits.ts';
import { makeScenes } from '../digit-detector/scenes.ts';

/** Paper and ten digits. */
export const classes = 11;
/** Images `[count, size, size, 1]`, and the class of each pixel `[count, size, size]`: 0 is paper, 1 to 10 the digits. */
export type Segmented = readonly [images: keras.Tensor, masks: keras.Tensor];

function asTensors({ count, size, images, masks }: ReturnType<typeof makeScenes>): Segmented {
  return [
    keras.tensor(images, { shape: [count, size, size, 1] }),
    keras.tensor(Int32Array.from(masks), { shape: [count, size, size] }),
  ];
}
/** Scenes of 1 to 6 handwritten digits to train on, and others of digits that are in none of these. */
export function loadScenes(size: number, { training = 800, unseen = 200 } = {}): [Segmented, Segmented] {
  const digits = loadDigits();
  return [
    asTensors(makeScenes(digits.slice(0, 1400), { count: training, size, seed: 1 })),
    asTensors(makeScenes(digits.slice(1400), { count: unseen, size, seed: 2 })),
  ];
}

/** Trains a segmenter with a cosine learning rate, and reports the mean IoU of the classes. */
export async function train(
  model: keras.Model,
  [images, masks]: Segmented,
  { epochs = 10, batchSize = 16, learningRate = 4e-3, verbose = 2 as 0 | 2 } = {},
): Promise<void> {
  const decaySteps = Math.ceil(images.shape[0]! / batchSize) * epochs;
  model.compile({
    optimizer: new keras.optimizers.AdamW({
      learningRate: new keras.optimizers.schedules.CosineDecay({
        initialLearningRate: learningRate,
        decaySteps,
        alpha: 0.02,
      }),
    }),
    loss: new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true }),
    metrics: [new keras.metrics.MeanIoU({ numClasses: classes, sparseYPred: false, name: 'mean_iou' })],
  });
  await model.fit(images, masks, { epochs, batchSize, verbose });
}

/** The IoU of each class: pixels of the class that are predicted as it, over those that are of it or predicted as it. */
export async function ious(model: keras.Model, [images, masks]: Segmented): Promise<number[]> {
  const logits = await model.predict(images, { batchSize: 32, verbose: 0 });
  const found = keras.ops.argmax(logits, { axis: -1 });
  return Array.from({ length: classes }, (_, k) => {
    const metric = new keras.metrics.IoU({ numClasses: classes, targetClassIds: [k] });
    metric.updateState(masks, found);
    return Number(metric.result().dataSync()[0]);
  });
}
