import { registerAliases, registerLater, registerModule, type SerializableClass } from '../base/registry/serialize.ts';
import * as layers from './index.ts';
import { Layer } from './layer/layer.ts';

const isLayerClass = (x: unknown): x is SerializableClass & { readonly sourceName?: string } =>
  typeof x === 'function' && x.prototype instanceof Layer;

/**
 * Makes all layers known by the names that files use. Whoever can meet a layer's name in a file calls it; that it is not done
 * where the layers are listed allows bundlers to leave out unused layers. Layers over raw data and those that only files
 * hold are loaded when a file names one.
 */
export function registerLayers(): void {
  for (const [name, c] of Object.entries<unknown>(layers)) {
    if (!isLayerClass(c)) continue;
    registerModule('keras.layers', [c]);
    registerAliases('keras.layers', [
      [name, c],
      [c.sourceName ?? name, c],
    ]);
  }
  registerLater(() => import('./preprocessing/index.ts'));
  registerLater(() => import('./from-files/index.ts'));
  registerLater(() => import('./quantized/index.ts'));
}
