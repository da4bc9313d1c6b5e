import { registerModule, type SerializableClass } from '../base/registry/serialize.ts';

/** Makes classes of models known by the names that files use. A file names the module registered last. */
export function registerModels(...classes: readonly SerializableClass[]): void {
  registerModule('keras.models', classes);
  registerModule('keras', classes);
}
