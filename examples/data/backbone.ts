import * as keras from 'hornbeam';

/**
 * MobileNetV2 of a third of the width for grey images, up to a layer. The averages of batch normalisation follow within some hundred steps:
 * as published they take thousands.
 */
export function makeBackbone(size: number, upTo: string): keras.Model {
  const whole = keras.applications.MobileNetV2({
    weights: null,
    alpha: 0.35,
    includeTop: false,
    inputTensor: keras.Input({ shape: [size, size, 1] }),
  });
  const base = new keras.Model({ inputs: whole.inputs, outputs: whole.getLayer(upTo).output, name: 'mobilenetv2' });
  const cloneFunction = (layer: keras.Layer): keras.Layer => {
    const config = layer.getConfig();
    const Class = layer.constructor as typeof keras.layers.Dense;
    return Class.fromConfig('momentum' in config ? { ...config, momentum: 0.9 } : config);
  };
  return keras.models.cloneModel(base, { cloneFunction }) as keras.Model;
}
