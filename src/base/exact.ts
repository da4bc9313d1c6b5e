import type { Named } from './errors.ts';
import { refuseSurplus } from './options.ts';

type AnyFunction = (...args: any) => any;
/** How many arguments a function takes. */
type Most<F> = F extends AnyFunction ? Required<Parameters<F>>['length'] : never;

/** The function, made to refuse surplus arguments. */
/* @__NO_SIDE_EFFECTS__ */
export function exact<F extends AnyFunction>(who: string, most: Required<Parameters<F>>['length'], f: F): F {
  return counting(f, most, () => who, '');
}

/**
 * Methods that the library or JavaScript calls and classes implement: they may be called with more arguments than a
 * class cares for.
 */
const isHook = (key: string): boolean =>
  /^(constructor|build|call|computeMask|computeOutputShape|computeOutputSpec|getRandomTransformation|toJSON|transform[A-Z].*|update|on[A-Z].*)$/.test(
    key,
  );

/**
 * Makes the methods of a class refuse surplus arguments. `counts` gives the number of parameters for methods with
 * default values, and null for methods with rest parameters. Overrides written by users are not affected.
 */
export function exactMethods<T extends object>(
  type: abstract new (...args: any) => object,
  counts: { readonly [K in Exclude<keyof T, keyof Object>]?: Most<T[K]> | null } = {},
): void {
  for (const owner of [type.prototype as object, type])
    for (const key of Reflect.ownKeys(owner)) {
      const { value, writable } = Object.getOwnPropertyDescriptor(owner, key)!;
      if (typeof value !== 'function' || !writable || typeof key === 'symbol') continue;
      const said = Object.hasOwn(counts, key)
        ? (counts as Record<string, number | null>)[key]
        : isHook(key)
          ? null
          : undefined;
      if (said === null) continue;
      Object.defineProperty(owner, key, {
        value: counting(
          value as AnyFunction,
          said ?? value.length,
          (self) => (owner === type ? (self as Function).name : nameOf(self, type.name)),
          `${key} `,
        ),
      });
    }
}

function counting<F extends AnyFunction>(f: F, most: number, who: (self: unknown) => Named | string, what: string): F {
  const counted = function (this: unknown, ...given: unknown[]): unknown {
    if (given.length > most) refuseSurplus(who(this), given, most, what);
    return f.apply(this, given);
  };
  for (const key of ['name', 'length'] as const) Object.defineProperty(counted, key, { value: f[key] });
  return counted as F;
}

/** The object that a method belongs to, as named in messages. */
function nameOf(self: unknown, otherwise: string): Named | string {
  const { className, name } = self as Partial<Named>;
  if (typeof className !== 'string') return otherwise;
  return typeof name === 'string' && name !== '' ? (self as Named) : className;
}
