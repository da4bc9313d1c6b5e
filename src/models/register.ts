import { registerModule, type SerializableClass } from '../base/registry/serialize.ts';

/** Registers the model classes under the names used in files. Files name the module registered last. */
export function registerModels(...classes: readonly SerializableClass[]): void {
  registerModule('keras.models', classes);
  registerModule('keras', classes);
}
