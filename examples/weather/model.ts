import * as keras from 'hornbeam';
import { layers } from 'hornbeam';

/** Forecasts the change of a number from windows of days, with a single recurrent layer. */
export function makeForecaster(length: number, normalization: layers.Normalization): keras.Model {
  const inputs = keras.Input({ shape: [length, 6] });
  let x = normalization(inputs);
  x = new layers.GRU({ units: 24 })(x);
  x = new layers.Dropout({ rate: 0.3 })(x);
  const outputs = new layers.Dense({ units: 1 })(x);
  return new keras.Model({ inputs, outputs, name: 'forecaster' });
}
