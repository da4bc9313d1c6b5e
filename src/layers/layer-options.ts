import type { PolicyLike } from '../base/dtype-policy.ts';
import type { Fields } from '../base/field.ts';
import type { RegularizerLike } from '../regularizers/index.ts';
import { inner, type LayerState } from './inner.ts';

/** Options of every layer. */
export interface LayerOptions {
  /** Unique within a model; made from the class name when absent. */
  readonly name?: string | null | undefined;
  /** Whether optimizers change its weights. */
  readonly trainable?: boolean | undefined;
  /** Dtype, or dtype policy such as "mixed_float16", of weights and computation. */
  readonly dtype?: PolicyLike;
  /** Penalty on the layer's output, added to the loss. */
  readonly activityRegularizer?: RegularizerLike | undefined;
}
export const baseOptions = ['name', 'trainable', 'dtype', 'activityRegularizer', 'autocast'];

/** The options that a layer's class declares. */
export const fieldsOf = (layer: object): Fields => (layer.constructor as { fields?: Fields }).fields ?? {};

/** Lets the declared options be read from the layer by their names. */
export function exposeOptions(layer: { readonly [inner]: LayerState<any> }, fields: Fields): void {
  for (const key of Object.keys(fields))
    if (!(key in layer))
      Object.defineProperty(layer, key, {
        get: () => layer[inner].options[key],
        enumerable: true,
        configurable: true,
      });
}
