import { exactMethods } from '../base/exact.ts';
import { registerModule, type SerializableClass } from '../base/registry/serialize.ts';

/** Makes a class of the library known by its name, where that is not done for all; its methods refuse arguments after their last (see `exactMethods`). */
export function ownLayer(
  layer: (abstract new (...args: any) => object) & SerializableClass,
  counts: object = {},
): void {
  exactMethods(layer, counts);
  registerModule('keras.layers', [layer]);
}
