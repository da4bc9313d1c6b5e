import * as keras from 'hornbeam';
import { applications, layers } from 'hornbeam';
import { makeOwnBase, side } from './network.ts';

export { makeHead, side } from './network.ts';

/** Where a base ends, and from which layer on it is trained further. */
export const layersOf = {
  own: { last: 'relu4', retrained: 'conv2' },
  imagenet: { last: 'conv_pw_11_relu', retrained: 'conv_dw_8' },
} as const;

/** A small convolutional network without weights, or the first eleven blocks of a MobileNet that knows ImageNet. */
export async function makeBase(weights: 'own' | 'imagenet' = 'own'): Promise<keras.Model> {
  if (weights === 'imagenet') {
    const whole = await applications.MobileNet({ alpha: 0.25, inputShape: [side, side, 3], includeTop: false });
    const outputs = whole.getLayer(layersOf.imagenet.last).output;
    return new keras.Model({ inputs: whole.inputs, outputs, name: 'base' });
  }
  return makeOwnBase();
}

/** While training, images are mirrored, moved, and their colours changed: a little, or so far that often a piece of them is left. */
export function makeAugmenter({ zoom = 0.3, shift = 0.08 } = {}): keras.layers.Pipeline {
  return new layers.Pipeline({
    layers: [
      new layers.RandomFlip({ mode: 'horizontal', seed: 1 }),
      new layers.RandomZoom({ heightFactor: [-zoom, 0.1], seed: 2 }),
      new layers.RandomTranslation({ heightFactor: shift, widthFactor: shift, seed: 3 }),
      new layers.RandomColorJitter({
        brightnessFactor: 0.2,
        contrastFactor: 0.3,
        saturationFactor: [0.35, 0.65],
        hueFactor: 0.05,
        seed: 4,
      }),
    ],
  });
}

/**
 * From photographs with values from 0 to 255 to classes. With `isFrozen` the base does not learn, and its batch normalisation keeps
 * the statistics of what it learnt from: also when it is unfrozen later.
 */
export function makeClassifier(
  base: keras.Model,
  head: keras.Model,
  { isFrozen = false, augmenter = makeAugmenter() } = {},
): keras.Model {
  base.trainable = !isFrozen;
  const inputs = keras.Input({ shape: [side, side, 3] });
  const x = applications.mobilenet.preprocessInput(augmenter(inputs));
  return new keras.Model({ inputs, outputs: head(isFrozen ? base(x, { training: false }) : base(x)) });
}

/** Adam, whose steps become smaller until the last one. */
export function compile(model: keras.Model, learningRate: number, steps: number): void {
  const schedule = new keras.optimizers.schedules.CosineDecay({ initialLearningRate: learningRate, decaySteps: steps });
  model.compile({
    optimizer: new keras.optimizers.Adam({ learningRate: schedule }),
    loss: 'sparse_categorical_crossentropy',
    metrics: ['accuracy'],
  });
}
