import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type Field, f } from '../base/field/field.ts';
import { show } from '../base/options.ts';
import { checkDescribed } from '../base/registry/check-config.ts';
import {
  type Config,
  type CustomObjects,
  deserializeObject,
  isSerializedObject,
  type SerializedObject,
  serializeObject,
} from '../base/registry/serialize.ts';
import { type AnyLayer, isLayer } from './layer/layer.ts';

/** A layer as configs hold it: with the shapes it was built on. */
export function serializeLayer(layer: AnyLayer): SerializedObject {
  const build = layer.getBuildConfig();
  return {
    ...(serializeObject(layer) as Config),
    ...(build && { build_config: build }),
  } as SerializedObject;
}
/** The layer that a config describes. */
export const deserialize = exact(
  'layers.deserialize',
  2,
  (config: SerializedObject, customObjects?: CustomObjects): AnyLayer => {
    checkDescribed(config, 'layers.deserialize');
    const made = deserializeObject(config, customObjects);
    return isLayerObject(made)
      ? made
      : fail('layers.deserialize', `${show(config)} describes no layer`, 'give what layers.serialize returned');
  },
);
/** The layer as configs hold it. */
export const serialize = exact('layers.serialize', 1, (layer: AnyLayer): SerializedObject => serializeLayer(layer));

/** A layer, or its config. */
export type LayerLike = AnyLayer | SerializedObject;
const isLayerObject = (x: unknown): x is AnyLayer => typeof x === 'function' && isLayer(x);
const isLayerLike = (x: unknown): x is LayerLike => isLayerObject(x) || isSerializedObject(x);
const toLayer = (x: LayerLike): AnyLayer => (isSerializedObject(x) ? deserialize(x) : x);

/** An option that takes a layer. */
export const layerField = (): Field<LayerLike, AnyLayer, true> =>
  f.custom<LayerLike, AnyLayer>({ expects: 'a layer', check: isLayerLike, parse: toLayer, toDisk: serializeLayer });
/** An option that takes a list of layers. */
export const layersField = (): Field<readonly LayerLike[], readonly AnyLayer[], true> =>
  f.custom<readonly LayerLike[], readonly AnyLayer[]>({
    expects: 'a list of layers',
    check: (v): v is readonly LayerLike[] => Array.isArray(v) && v.every(isLayerLike),
    parse: (v) => v.map(toLayer),
    toDisk: (v) => v.map(serializeLayer),
  });
