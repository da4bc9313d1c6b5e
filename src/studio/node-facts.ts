import { optionToDisk } from '../base/case.ts';
import { fieldsOf } from '../base/registry/configured.ts';
import type { Config } from '../base/registry/serialize.ts';
import { InputLayer } from '../layers/core/input-layer.ts';
import type { AnyLayer } from '../layers/layer/layer.ts';
import { flattenLayers } from '../layers/layer/tracking.ts';
import { Model } from '../models/index.ts';
import type { StudioNode, StudioWeight } from './protocol.ts';

/** A layer's config without entries shown elsewhere. */
export function configOf(layer: AnyLayer): Pick<StudioNode, 'config' | 'chosen'> {
  if (layer instanceof InputLayer || layer instanceof Model) return {};
  let config: Config;
  try {
    config = layer.getConfig();
  } catch {
    return {}; // a class of the user's that cannot be written
  }
  const { name: _, dtype: __, ...rest } = config;
  const defaults = defaultsOf(layer);
  const chosen = Object.keys(rest).filter((key) => JSON.stringify(rest[key]) !== JSON.stringify(defaults[key]));
  return { config: rest, chosen };
}

/** The config of a layer of this class with default options. */
function defaultsOf(layer: AnyLayer): Record<string, unknown> {
  const known = defaults.get(layer.constructor);
  if (known) return known;
  const made = Object.fromEntries(
    Object.entries(fieldsOf(layer)).flatMap(([name, field]) =>
      field.required
        ? []
        : [
            [
              field.key ?? optionToDisk(name),
              field.initial === undefined ? undefined : field.toDisk(field.parse(field.initial)),
            ],
          ],
    ),
  );
  const whole = { trainable: true, ...made };
  defaults.set(layer.constructor, whole);
  return whole;
}
const defaults = new WeakMap<object, Record<string, unknown>>();

/** A layer's own weights, without those of inner layers that have their own nodes. */
export function weightsOf(layer: AnyLayer, hasInside: boolean): StudioWeight[] {
  const inner = new Set(
    hasInside
      ? flattenLayers(layer)
          .filter((each) => each !== layer)
          .flatMap((each) => each.weights)
      : [],
  );
  return layer.weights
    .filter((v) => !inner.has(v))
    .map(({ path, name, shape, dtype, trainable }) => ({ path, name, shape: [...shape], dtype, trainable }));
}
