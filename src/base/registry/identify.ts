import { toSnakeCase } from '../case.ts';
import { fail } from '../errors.ts';
import { show } from '../options.ts';
import { closest } from '../spelling.ts';
import { checkDescribed } from './check-config.ts';
import {
  type Config,
  type CustomObjects,
  deserializeObject,
  getRegisteredObject,
  isSerializedObject,
  registerAliases,
  registerModule,
  type SerializableClass,
} from './serialize.ts';

interface Family<T> {
  /** What messages call such an object. */
  readonly kind: string;
  /** The module that files name for the classes. */
  readonly module: string;
  readonly classes: readonly SerializableClass<T>[];
  /**
   * Further names of classes. Each is also known by its own name and, if the family has no functions, by that name in
   * snake_case.
   */
  readonly aliases?: Readonly<Record<string, SerializableClass<T>>>;
  /** Names used only by old files; Keras does not know them any more. */
  readonly formerNames?: Readonly<Record<string, SerializableClass<T>>>;
  /** Classes that only configs mention. */
  readonly byConfig?: readonly SerializableClass[];
  /** Functions by name; they are used as they are. */
  readonly functions?: Readonly<Record<string, unknown>>;
  /** What else is accepted, for error messages. */
  readonly advice?: string;
}

export const isClass = (x: unknown): x is SerializableClass<any> =>
  typeof x === 'function' && typeof (x as Partial<SerializableClass>).fromConfig === 'function';

/**
 * Registers the classes of a family and returns the function that finds or creates its objects from a name, config,
 * class or object. Functions are used as they are.
 */
export function identifierOf<T>(family: Family<T>): (identifier: unknown, customObjects?: CustomObjects) => unknown {
  const { kind, module, classes, aliases = {}, formerNames = {}, byConfig = [], functions } = family;
  const getter = `${module.replace('keras.', '')}.get`;
  const { advice = 'A class of your own is known after saving.registerKerasSerializable' } = family;
  registerModule(module, [...classes, ...byConfig]);
  const named = new Map<string, SerializableClass<T>>(Object.entries(aliases));
  for (const c of classes)
    for (const name of functions ? [c.className] : [c.className, toSnakeCase(c.className)])
      if (!named.has(name)) named.set(name, c);
  const former = new Map(Object.entries(formerNames));
  registerAliases(module, [...named, ...former]);
  const byName = new Map<string, unknown>([...named, ...Object.entries(functions ?? {})]);
  // Old configs name no module, so the family's own names come first.
  const inOldConfigs = new Map<string, SerializableClass>([
    ...former,
    ...named,
    ...byConfig.map((c) => [c.className, c] as const),
  ]);

  const find = (name: string, known: ReadonlyMap<string, unknown>, customObjects?: CustomObjects): unknown =>
    getRegisteredObject(name, customObjects) ?? getRegisteredObject(`Custom>${name}`, customObjects) ?? known.get(name);
  const made = (found: unknown, config: Config): unknown => (isClass(found) ? found.fromConfig(config) : found);

  return (identifier, customObjects) => {
    if (identifier === null || identifier === undefined) return null;
    if (typeof identifier === 'string') {
      const found = find(identifier, byName, customObjects);
      if (found !== undefined) return made(found, {});
      const closestName = closest(identifier, [...byName.keys()]);
      fail(getter, `"${identifier}" is no ${kind}`, `did you mean "${closestName}"? ${advice}`);
    }
    if (typeof identifier === 'function') return made(identifier, {});
    if (isSerializedObject(identifier)) {
      checkDescribed(identifier, getter);
      const { class_name: name, config, module: from, registered_name: registered } = identifier;
      const isOld = (from === undefined || from === null) && !registered;
      const found = isOld ? find(name, inOldConfigs, customObjects) : undefined;
      return found === undefined ? deserializeObject(identifier, customObjects) : made(found, (config ?? {}) as Config);
    }
    return typeof (identifier as { getConfig?: unknown }).getConfig === 'function'
      ? identifier
      : fail(
          getter,
          `${show(identifier)} is no ${kind}`,
          `give a name, a config, or an object of a class of ${kind}s. ${advice}`,
        );
  };
}
