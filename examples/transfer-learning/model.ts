import * as keras from 'hornbeam';
import { applications, layers, ops } from 'hornbeam';
import type { Labelled } from '../data/load-data.ts';

/** Digits `[n, 8, 8, 1]`, ink 1, as images for MobileNet: `[n, 64, 64, 3]` from 0 to 255. */
export function asImages(digits: keras.Tensor): keras.Tensor {
  const large = ops.image.resize(digits, [64, 64]);
  return ops.repeat(large.mul(255), 3, { axis: -1 });
}

/** The first five blocks of a MobileNet of half the width: maps of 8x8. */
export function makeBase(): keras.Model {
  const whole = applications.MobileNet({ weights: null, alpha: 0.5, inputShape: [64, 64, 3], includeTop: false });
  const outputs = whole.getLayer('conv_pw_5_relu').output;
  const base = new keras.Model({ inputs: whole.inputs, outputs, name: 'base' });
  return keras.models.cloneModel(base, { cloneFunction: followingFast }) as keras.Model;
}
/** Moving averages that arrive within a few hundred steps: as published they take some thousand. */
function followingFast(layer: keras.Layer): keras.Layer {
  const config = layer.getConfig();
  const Class = layer.constructor as typeof keras.layers.Dense;
  return Class.fromConfig('momentum' in config ? { ...config, momentum: 0.9 } : config);
}

/** A new head: four quarters of the base's maps, since it matters where a stroke is, and a class for each image. */
export function makeHead(base: keras.Model, classes: number): keras.Model {
  const maps = keras.Input({ shape: (base.outputShape as number[]).slice(1) });
  const features = new layers.Flatten()(new layers.AveragePooling2D({ poolSize: 4 })(maps));
  const outputs = new layers.Dense({ units: classes, activation: 'softmax', name: 'head' })(
    new layers.Dropout({ rate: 0.2 })(features),
  );
  return new keras.Model({ inputs: maps, outputs, name: 'top' });
}

/**
 * The base under a head. With `isFrozen` it does not learn, and its batch normalisation keeps the statistics of what it learnt from: also
 * when it is unfrozen later.
 */
export function makeClassifier(
  base: keras.Model,
  classes: number,
  { isFrozen = false, head = makeHead(base, classes) } = {},
): keras.Model {
  base.trainable = !isFrozen;
  const inputs = keras.Input({ shape: [64, 64, 3] });
  const x = applications.mobilenet.preprocessInput(inputs);
  const outputs = head(isFrozen ? base(x, { training: false }) : base(x));
  return new keras.Model({ inputs, outputs });
}

/**
 * What the base makes of images, one after the other with their labels: computed once, and kept in a file that later epochs and later runs
 * read. Remove the file when the base or the images have changed.
 */
export function featuresOf(base: keras.Model, [images, labels]: Labelled, file: string) {
  return keras.data.Dataset.fromTensorSlices([images, labels])
    .batch(64)
    .map(async (x, y) => {
      return [await base.predict(applications.mobilenet.preprocessInput(x), { verbose: 0 }), y] as const;
    })
    .unbatch()
    .cache(file);
}

export function compile(model: keras.Model, learningRate: number): void {
  model.compile({
    optimizer: new keras.optimizers.Adam({ learningRate }),
    loss: 'sparse_categorical_crossentropy',
    metrics: ['accuracy'],
  });
}

/** Unfreezes the last blocks of the base; compile again afterwards, with a small learning rate. */
export function unfreezeFrom(base: keras.Model, layer: string): void {
  base.trainable = true;
  const first = base.layers.findIndex(({ name }) => name === layer);
  base.layers.forEach((l, k) => {
    l.trainable = k >= first;
  });
}
