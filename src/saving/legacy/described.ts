import type { Config } from '../../base/registry/serialize.ts';
import { isPlainObject } from '../../base/tree.ts';

/** An object as configs describe it: old ones name no module, and lists stand where Keras 3 has `{ layers }`. */
export interface Described {
  readonly class_name: string;
  readonly config: unknown;
  readonly name?: string;
  readonly module?: string | null;
  readonly registered_name?: string | null;
  readonly inbound_nodes?: unknown;
  readonly build_config?: unknown;
}
/** Where a description stands. */
export interface Place {
  /** Key of the config that holds it: `layers`, `kernel_initializer`, `cell`, …; empty for the model itself. */
  readonly key: string;
  /** Whether Keras 1 or 2 wrote it. */
  readonly isOld: boolean;
}
/** Whether a version of Keras is older than 3. */
export const isOldVersion = (version: string | undefined): boolean => /^[012]\./.test(version ?? '');

/** One idea about old configs: gives the description as Keras 3 would have written it, or as it was. */
export type Step = (object: Described, place: Place) => Described;

export const isDescribed = (x: unknown): x is Described =>
  isPlainObject(x) && typeof x['class_name'] === 'string' && 'config' in x;

/** The description with options changed, where it has options. */
export const withOptions = (object: Described, change: (options: Config) => Config): Described =>
  isPlainObject(object.config) ? { ...object, config: change(object.config) } : object;
/** Options under their new names. */
export const renamed = (options: Config, names: Readonly<Record<string, string>>): Config =>
  Object.fromEntries(
    Object.entries(options).map(([key, value]) => [Object.hasOwn(names, key) ? names[key] : key, value]),
  );
export const without = (options: Config, keys: readonly string[]): Config =>
  Object.fromEntries(Object.entries(options).filter(([key]) => !keys.includes(key)));
