import { blame, fail } from '../errors.ts';
import { refuseOption, show } from '../options.ts';
import { cameFromConfig } from '../registry/config-keys.ts';
import { isPlainObject } from '../tree.ts';
import { knownAmong } from './disk.ts';
import type { Fields, Options, Resolved } from './field.ts';

/** Refuses anything but a single options object, such as the positional values of Python. */
export function requireOptions(owner: string, fields: Fields, given: unknown): void {
  if (isPlainObject(given)) return;
  const first = Object.entries(fields)[0];
  const fits = first?.[1].check(given) === true;
  fail(
    owner,
    `it takes one object with options, but was given ${show(given)}`,
    fits ? `new ${owner}({ ${first[0]}: ${show(given)} })` : `name what you give: new ${owner}({ option: value })`,
  );
}

/** Checks the options given by a user and fills in defaults. */
export function resolveOptions<S extends Fields>(
  owner: string,
  fields: S,
  given: Options<S>,
  others: readonly string[] = [],
): Resolved<S> {
  const known = [...new Set([...Object.keys(fields), ...others])];
  if (cameFromConfig(given))
    return resolveOptions(owner, fields, knownAmong(fields, given, others) as Options<S>, others);
  for (const key of Object.keys(given)) if (!Object.hasOwn(fields, key)) refuseOption(owner, key, known);
  const out: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(fields)) {
    let value = (given as Record<string, unknown>)[key];
    if (value === undefined) {
      if (field.required) fail(owner, `option "${key}" is missing`, `new ${owner}({ ${key}: … }), ${field.expects}`);
      value = field.initial;
    }
    if (!field.check(value))
      fail(owner, `option "${key}" must be ${field.expects}, got ${show(value)}`, `give ${key} as ${field.expects}`);
    out[key] = blame(`${owner}: option "${key}"`, () => field.parse(value));
  }
  return out as Resolved<S>;
}
