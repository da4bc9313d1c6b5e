import type { AnyLayer } from '../../layers/layer.ts';
import type { Origin, StoredWeight } from './h5-weights.ts';

/** Weights of a layer in the form that they have today; only Keras 1 and other backends kept them otherwise. */
export function convertWeights(
  _layer: AnyLayer,
  stored: readonly StoredWeight[],
  _origin: Origin,
): readonly StoredWeight[] {
  return stored;
}
