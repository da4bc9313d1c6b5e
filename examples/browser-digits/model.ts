import * as keras from 'hornbeam';
import { layers } from 'hornbeam';

/** Tells digits of 8x8 pixels apart: two convolutions, one hidden layer, ten probabilities. */
export function makeModel(): keras.Model {
  const inputs = keras.Input({ shape: [8, 8, 1], name: 'digit' });
  let x = new layers.Conv2D({ filters: 24, kernelSize: 3, padding: 'same', activation: 'relu' })(inputs);
  x = new layers.Conv2D({ filters: 48, kernelSize: 3, padding: 'same', activation: 'relu' })(x);
  x = new layers.MaxPooling2D({ poolSize: 2 })(x);
  x = new layers.Dropout({ rate: 0.3 })(new layers.Flatten()(x));
  x = new layers.Dense({ units: 64, activation: 'relu' })(x);
  const outputs = new layers.Dense({ units: 10, activation: 'softmax', name: 'probabilities' })(x);
  const model = new keras.Model({ inputs, outputs, name: 'digits' });
  compile(model);
  return model;
}

export const compile = (model: keras.Model): void =>
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });

/** Refuses a model of a file that does not read digits. */
export function checkFits(model: keras.Model, file: string): void {
  const [given, wanted] = [model.inputShape, model.outputShape].map((shape) => JSON.stringify(shape)) as [
    string,
    string,
  ];
  if (given !== '[null,8,8,1]' || wanted !== '[null,10]')
    throw new Error(`${file} takes ${given} and gives ${wanted}, not digits [null,8,8,1] and probabilities [null,10]`);
}
