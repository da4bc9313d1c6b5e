import * as keras from 'hornbeam';
import { layers } from 'hornbeam';

const { FeatureSpace } = keras.utils;

/** What a penguin's measures become: numbers brought to one scale, kinds as one of several, and the species on each island. */
export const makeFeatures = () =>
  new FeatureSpace({
    features: {
      species: FeatureSpace.stringCategorical({ numOovIndices: 0 }),
      island: FeatureSpace.stringCategorical({ numOovIndices: 0 }),
      beak_length_mm: 'float_normalized',
      beak_depth_mm: 'float_normalized',
      flipper_length_mm: 'float_normalized',
      body_mass_g: 'float_normalized',
    },
    crosses: [FeatureSpace.cross(['species', 'island'], 8)],
  });

/** Tells males from females by their prepared measures; `whole` takes the table as it is, and is what one saves. */
export function makeModels(features: InstanceType<typeof FeatureSpace>): { training: keras.Model; whole: keras.Model } {
  const encoded = features.getEncodedFeatures() as keras.KerasTensor;
  let x = new layers.Dense({ units: 16, activation: 'relu' })(encoded);
  x = new layers.Dropout({ rate: 0.3 })(x);
  const outputs = new layers.Dense({ units: 1, activation: 'sigmoid' })(x);
  const training = new keras.Model({ inputs: encoded, outputs });
  const whole = new keras.Model({ inputs: features.getInputs() as never, outputs });
  return { training, whole };
}
