import type { Config } from '../../base/registry/serialize.ts';
import { isPlainObject } from '../../base/tree.ts';

/** An object as described in configs: old ones have no module, and lists where Keras 3 has `{ layers }`. */
export interface Described {
  readonly class_name: string;
  readonly config: unknown;
  readonly name?: string;
  readonly module?: string | null;
  readonly registered_name?: string | null;
  readonly inbound_nodes?: unknown;
  readonly build_config?: unknown;
}
/** The context of a description. */
export interface Place {
  /** The config key it belongs to: `layers`, `kernel_initializer`, `cell`, …; empty for the model itself. */
  readonly key: string;
  /** Whether Keras 1 or 2 wrote it. */
  readonly isOld: boolean;
}
/** Whether a version of Keras is older than 3. */
export const isOldVersion = (version: string | undefined): boolean => /^[012]\./.test(version ?? '');

/** One upgrade rule: returns the description as Keras 3 would have written it, or unchanged. */
export type Step = (object: Described, place: Place) => Described;

export const isDescribed = (x: unknown): x is Described =>
  isPlainObject(x) && typeof x['class_name'] === 'string' && 'config' in x;

/** The description with its options changed, if it has any. */
export const withOptions = (object: Described, change: (options: Config) => Config): Described =>
  isPlainObject(object.config) ? { ...object, config: change(object.config) } : object;
/** Options under their new names. */
export const renamed = (options: Config, names: Readonly<Record<string, string>>): Config =>
  Object.fromEntries(
    Object.entries(options).map(([key, value]) => [Object.hasOwn(names, key) ? names[key] : key, value]),
  );
export const without = (options: Config, keys: readonly string[]): Config =>
  Object.fromEntries(Object.entries(options).filter(([key]) => !keys.includes(key)));
