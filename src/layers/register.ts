import { registerAliases, registerLater, registerModule, type SerializableClass } from '../base/registry/serialize.ts';
import { CustomScaleLayer } from './from-files/custom-scale-layer.ts';
import { LayerScale } from './from-files/layer-scale.ts';
import { LocallyConnected1D, LocallyConnected2D } from './from-files/locally-connected.ts';
import { ThresholdedReLU } from './from-files/thresholded-relu.ts';
import * as layers from './index.ts';
import { Layer } from './layer/layer.ts';

const isLayerClass = (x: unknown): boolean => typeof x === 'function' && x.prototype instanceof Layer;

/** Layers that nobody makes but files hold, by the module that Keras names for them. */
const inFilesOnly = [
  ['keras._legacy.layers', ThresholdedReLU],
  ['keras.src.applications.convnext', LayerScale],
  ['keras.src.applications.inception_resnet_v2', CustomScaleLayer],
  ['hornbeam.layers', LocallyConnected1D, LocallyConnected2D],
] as const;

/**
 * Makes all layers known by the names that files use. Whoever can meet a layer's name in a file calls it; that it is not done
 * where the layers are listed lets bundlers leave out layers that nothing uses. Layers over raw data, which few models hold,
 * are loaded when a file names one.
 */
export function registerLayers(): void {
  const named = Object.entries(layers).filter(([, x]) => isLayerClass(x)) as [string, SerializableClass][];
  registerModule(
    'keras.layers',
    named.map(([, c]) => c),
  );
  registerAliases('keras.layers', named);
  const bySource = named.map(([name, c]) => [(c as { sourceName?: string }).sourceName ?? name, c] as const);
  registerAliases('keras.layers', bySource);
  for (const [module, ...classes] of inFilesOnly) registerModule(module, classes as readonly SerializableClass[]);
  registerLater(() => import('./preprocessing/index.ts'));
}
