import { fail, type Named } from './errors.ts';
import type { Fields, Resolved } from './field/field.ts';

/** Options as attributes, but for those that the class has as members of its own. */
export type Exposed<S extends Fields, Own extends string> = {
  readonly [K in keyof S as Exclude<K, Own>]: Resolved<S>[K];
};

/**
 * Lets the options of an object be read by their names: `optimizer.beta1`. What the object has under such a name itself stays.
 * Setting one is refused: compiled programs hold what it was.
 */
export function exposeOptions(object: object, options: Readonly<Record<string, unknown>>): void {
  const { className = object.constructor.name } = object as Partial<Named>;
  for (const key of Object.keys(options)) {
    if (key in object) continue;
    Object.defineProperty(object, key, {
      get: () => options[key],
      set: () =>
        fail(
          className,
          `the option "${key}" cannot be changed any more`,
          `make a new one: new ${className}({ ${key}: … })`,
        ),
      configurable: true,
    });
  }
}
