import { registerModule, type SerializableClass } from '../base/serialize.ts';
import * as layers from './index.ts';
import { Layer } from './layer.ts';

const isLayerClass = (x: unknown): boolean => typeof x === 'function' && x.prototype instanceof Layer;

/**
 * Makes all layers known by the names that files use. Whoever can meet a layer's name in a file calls it; that it is not done
 * where the layers are listed lets bundlers leave out layers that nothing uses.
 */
export const registerLayers = (): void =>
  registerModule('keras.layers', Object.values(layers).filter(isLayerClass) as unknown as readonly SerializableClass[]);
