import * as keras from 'hornbeam';
import { applications, layers, ops } from 'hornbeam';

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

/**
 * The base under a new head. With `isFrozen` it does not learn, and its batch normalisation keeps the statistics of what it learnt
 * from: also when it is unfrozen later.
 */
export function makeClassifier(base: keras.Model, classes: number, { isFrozen = false } = {}): keras.Model {
  base.trainable = !isFrozen;
  const inputs = keras.Input({ shape: [64, 64, 3] });
  const x = applications.mobilenet.preprocessInput(inputs);
  const maps = isFrozen ? base(x, { training: false }) : base(x);
  // Where a stroke is matters: four quarters, not one mean.
  const features = new layers.Flatten()(new layers.AveragePooling2D({ poolSize: 4 })(maps));
  const outputs = new layers.Dense({ units: classes, activation: 'softmax', name: 'head' })(
    new layers.Dropout({ rate: 0.2 })(features),
  );
  return new keras.Model({ inputs, outputs });
}

export function compile(model: keras.Model, learningRate: number): void {
  model.compile({
    optimizer: new keras.optimizers.Adam({ learningRate }),
    loss: 'sparse_categorical_crossentropy',
    metrics: ['accuracy'],
  });
}

/** Lets the last blocks of the base learn as well; to be compiled anew, with small steps. */
export function unfreezeFrom(base: keras.Model, layer: string): void {
  base.trainable = true;
  const first = base.layers.findIndex(({ name }) => name === layer);
  base.layers.forEach((l, k) => {
    l.trainable = k >= first;
  });
}
