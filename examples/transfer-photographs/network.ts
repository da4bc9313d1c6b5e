import * as keras from 'hornbeam';
import { layers } from 'hornbeam';

/** Height and width of the photographs. */
export const side = 64;

/** A small convolutional network without weights: of values from -1 to 1 it makes maps of 8x8. */
export function makeOwnBase(): keras.Model {
  const inputs = keras.Input({ shape: [side, side, 3] });
  let x = inputs;
  for (const [k, filters] of [32, 48, 96, 96].entries()) {
    const options = {
      filters,
      kernelSize: k === 0 ? 5 : 3,
      strides: k < 3 ? 2 : 1,
      padding: 'same',
      useBias: false,
    } as const;
    x = new layers.Conv2D({ ...options, name: `conv${k + 1}` })(x);
    x = new layers.BatchNormalization({ momentum: 0.9, name: `bn${k + 1}` })(x);
    x = new layers.ReLU({ name: `relu${k + 1}` })(x);
  }
  return new keras.Model({ inputs, outputs: x, name: 'base' });
}

/** A class for the mean of the base's maps. */
export function makeHead(base: keras.Model, classes: number): keras.Model {
  const maps = keras.Input({ shape: (base.outputShape as number[]).slice(1) });
  const means = new layers.GlobalAveragePooling2D()(maps);
  const x = new layers.Dropout({ rate: 0.2 })(new layers.BatchNormalization({ momentum: 0.9, name: 'scaled' })(means));
  const outputs = new layers.Dense({ units: classes, activation: 'softmax', name: 'head' })(x);
  return new keras.Model({ inputs: maps, outputs, name: 'top' });
}
