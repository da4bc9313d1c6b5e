import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { InputLayer } from '../layers/core/input-layer.ts';
import { Model } from '../models/index.ts';
import { callsOf, type KerasTensor, type Like, type Tensor } from '../tensor/index.ts';

export interface ActivationMapsOptions {
  /** Names of layers; all that give maps by default. */
  readonly layers?: readonly string[] | undefined;
}
export const activationMapsNames: OptionNames<ActivationMapsOptions> = { layers: true };

/**
 * What the layers of a functional model make of images, by their names: `[n, height, width, channels]` each. Look into a nested model by
 * giving it itself: `model.getLayer('base')`.
 * @example
 * const { block1_conv1: edges } = await keras.visualization.activationMaps(model, photographs);
 */
export const activationMaps = exact(
  'visualization.activationMaps',
  3,
  async (model: Model<any>, images: Like, options: ActivationMapsOptions = {}): Promise<Record<string, Tensor>> => {
    const { layers } = optionsOf('activationMaps', activationMapsNames, options);
    if (!model.inputs)
      fail(
        'activationMaps',
        `model "${model.name}" has no graph`,
        'give a functional model, or a built Sequential one',
      );
    const asked = layers?.map((name) => model.getLayer(name)) ?? model.layers.filter((l) => !(l instanceof InputLayer));
    const outputs = asked.flatMap((layer): [string, KerasTensor][] => {
      const output = callsOf(layer)[0]?.outputs[0];
      if (output?.shape.length === 4) return [[layer.name, output]];
      if (layers)
        fail('activationMaps', `layer "${layer.name}" gives no map`, 'name layers whose output has four axes');
      return [];
    });
    if (outputs.length === 0)
      fail('activationMaps', `no layer of model "${model.name}" gives a map`, 'give a model over images');
    const whole = new Model<Tensor[]>({ inputs: model.inputs, outputs: outputs.map(([, y]) => y) });
    const maps = await whole.predict(images, { verbose: 0 });
    return Object.fromEntries(outputs.map(([name], k) => [name, maps[k]]));
  },
);
