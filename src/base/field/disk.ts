import { optionToDisk } from '../case.ts';
import { optionsForUsers } from '../registry/config-keys.ts';
import type { Field, Fields, Resolved } from './field.ts';

const diskKey = (key: string, field: Field<any, any>): string => field.key ?? optionToDisk(key);

/** Options as they appear in a config: snake_case keys, values in their form on disk. */
export const optionsToConfig = <S extends Fields>(fields: S, options: Resolved<S>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([key, field]) => [diskKey(key, field), field.toDisk(options[key])]));

/** The config keys of the options. */
export const diskKeys = (fields: Fields): string[] => Object.entries(fields).map(([key, field]) => diskKey(key, field));
/** Keys of a config that hold Python floats. */
export const floatKeys = (fields: Fields): ReadonlySet<string> =>
  new Set(Object.entries(fields).flatMap(([key, field]) => (field.isFloat ? [diskKey(key, field)] : [])));

/** A config's entries as options: declared keys are translated, the others belong to a user's class. */
export function configToOptions(fields: Fields, config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const translated = new Map(Object.entries(fields).map(([key, field]) => [diskKey(key, field), key]));
  const options = optionsForUsers(
    Object.fromEntries(Object.entries(config).filter(([key]) => !(translated.has(key) || Object.hasOwn(fields, key)))),
  );
  for (const [key, value] of Object.entries(config))
    if (translated.has(key) || Object.hasOwn(fields, key)) options[translated.get(key) ?? key] = value;
  return options;
}
/** The known options in a whole config that a class passed on; it has consumed the others itself. */
export function knownAmong(
  fields: Fields,
  config: Readonly<Record<string, unknown>>,
  others: readonly string[],
): Record<string, unknown> {
  const isKnown = (key: string): boolean => Object.hasOwn(fields, key) || others.includes(key);
  return Object.fromEntries(Object.entries(configToOptions(fields, config)).filter(([key]) => isKnown(key)));
}
