import { fail, type Named } from './errors.ts';
import type { Fields, Resolved } from './field/field.ts';

/** Options as attributes, except those that the class defines as members of its own. */
export type Exposed<S extends Fields, Own extends string> = {
  readonly [K in keyof S as Exclude<K, Own>]: Resolved<S>[K];
};

/**
 * Makes the options of an object readable as attributes: `optimizer.beta1`. Members of the object itself take
 * precedence. Setting an option is refused, because compiled programs contain its value.
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
