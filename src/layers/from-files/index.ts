import { registerModule, type SerializableClass } from '../../base/registry/serialize.ts';
import { CustomScaleLayer } from './custom-scale-layer.ts';
import { LayerScale } from './layer-scale.ts';
import { LocallyConnected1D, LocallyConnected2D } from './locally-connected.ts';
import { If, Loop, Scan } from './subgraphs.ts';
import { ThresholdedReLU } from './thresholded-relu.ts';

export { CustomScaleLayer, If, LayerScale, Loop, Scan };

/** Layers that are not public but occur in files, by the module that Keras names for them. */
const inFilesOnly = [
  ['keras._legacy.layers', ThresholdedReLU],
  ['keras.src.applications.convnext', LayerScale],
  ['keras.src.applications.inception_resnet_v2', CustomScaleLayer],
  ['hornbeam.layers', LocallyConnected1D, LocallyConnected2D, If, Loop, Scan],
] as const;
for (const [module, ...classes] of inFilesOnly) registerModule(module, classes as readonly SerializableClass[]);
