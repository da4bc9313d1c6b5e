import type { Tree } from '../base/tree.ts';
import { Model } from '../models/index.ts';
import type { Like, Tensor } from '../tensor/index.ts';

/** What a model gives for inputs, and the outputs of some of its layers by their names. */
export interface Features {
  readonly output: Tree<Tensor>;
  readonly byLayer: Readonly<Record<string, Tree<Tensor>>>;
}

/** Computes a model together with the outputs of some of its layers, in one pass. */
export function featuresOf(
  model: Model<any>,
  layerNames: readonly string[],
): (inputs: unknown, training: boolean) => Features {
  if (layerNames.length === 0)
    return (inputs, training) => ({ output: model(inputs as Like, { training }), byLayer: {} });
  const byLayer = Object.fromEntries(layerNames.map((name) => [name, model.getLayer(name).output]));
  const outputs = { output: model.output, byLayer };
  const extractor = new Model<any>({ inputs: model.inputs!, outputs, name: `${model.name}_multi_feature_extractor` });
  return (inputs, training) => extractor(inputs, { training }) as Features;
}
