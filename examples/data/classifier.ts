import * as keras from 'hornbeam';
import { layers } from 'hornbeam';
import type { Labelled } from './load-data.ts';

/** A small convolutional network that learns to read digits: a judge of images that other networks make. */
export async function trainClassifier([x, y]: Labelled, { epochs = 30 } = {}): Promise<keras.Model> {
  const model = new keras.Sequential([
    keras.Input({ shape: [8, 8, 1] }),
    new layers.Conv2D({ filters: 32, kernelSize: 3, activation: 'relu', padding: 'same' }),
    new layers.MaxPooling2D(),
    new layers.Conv2D({ filters: 64, kernelSize: 3, activation: 'relu', padding: 'same' }),
    new layers.Flatten(),
    new layers.Dropout({ rate: 0.5 }),
    new layers.Dense({ units: 10, activation: 'softmax' }),
  ]);
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
  await model.fit(x, y, { epochs, batchSize: 64, verbose: 0 });
  return model;
}

/** The fraction of images that a classifier reads as their labels. */
export async function accuracyOf(classifier: keras.Model, [x, y]: Labelled): Promise<number> {
  return (await classifier.evaluate(x, y, { batchSize: 512, verbose: 0, returnDict: true }))['accuracy']!;
}
