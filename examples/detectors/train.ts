import * as keras from 'hornbeam';
import type { LabelledScenes } from './labelled-scenes.ts';
import type { Detector } from './models.ts';

/** Trains a detector with a cosine learning rate. */
export async function train(
  { model, loss }: Detector,
  [images, labels]: LabelledScenes,
  { epochs = 15, batchSize = 16, learningRate = 4e-3, verbose = 2 as 0 | 2 } = {},
): Promise<void> {
  const decaySteps = Math.ceil(images.shape[0]! / batchSize) * epochs;
  const falling = new keras.optimizers.schedules.CosineDecay({
    initialLearningRate: learningRate / 10,
    warmupTarget: learningRate,
    warmupSteps: Math.round(decaySteps / 20),
    decaySteps,
    alpha: 0.02,
  });
  model.compile({ optimizer: new keras.optimizers.AdamW({ learningRate: falling, clipnorm: 10 }), loss });
  await model.fit(images, labels, { epochs, batchSize, verbose });
}

/** COCO's average precision of what a detector finds, class by class. */
export async function averagePrecision({ model, detect }: Detector, [images, labels]: LabelledScenes) {
  const metric = new keras.metrics.MeanAveragePrecision({ boundingBoxFormat: 'xyxy' });
  await metric.updateState(labels, detect(await model.predict(images, { batchSize: 64, verbose: 0 })));
  return metric.results();
}
