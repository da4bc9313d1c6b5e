import { toSnakeCase } from '../case.ts';
import { fail } from '../errors.ts';
import { show } from '../options.ts';
import { closest } from '../spelling.ts';
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
  /** What the objects are called in messages. */
  readonly kind: string;
  /** Module under which files mention the classes. */
  readonly module: string;
  readonly classes: readonly SerializableClass<T>[];
  /** Further names of classes; each is also known by its own name and that in snake_case. */
  readonly aliases?: Readonly<Record<string, SerializableClass<T>>>;
  /** Names by which old files mention classes, and nobody else: Keras does not know them any more. */
  readonly formerNames?: Readonly<Record<string, SerializableClass<T>>>;
}

export const isClass = (x: unknown): x is SerializableClass<any> =>
  typeof x === 'function' && typeof (x as Partial<SerializableClass>).fromConfig === 'function';

/** What a name or a config stands for: the user's own, or what the family knows under the name. All else is itself. */
export function meantBy(
  identifier: unknown,
  known: (name: string) => unknown,
  customObjects: CustomObjects = {},
): unknown {
  if (typeof identifier === 'string') return getRegisteredObject(identifier, customObjects) ?? known(identifier);
  return typeof identifier === 'object' && isSerializedObject(identifier)
    ? deserializeObject(identifier, customObjects)
    : identifier;
}

/** Registers the classes of a family, and gives the function that finds or makes its objects: by name, config, class or object. */
export function identifierOf<T>({ kind, module, classes, aliases = {}, formerNames = {} }: Family<T>) {
  registerModule(module, classes);
  const named = new Map<string, SerializableClass<T>>(Object.entries(aliases));
  for (const c of classes)
    for (const name of [c.className, toSnakeCase(c.className)]) if (!named.has(name)) named.set(name, c);
  const former = new Map(Object.entries(formerNames));
  registerAliases(module, [...named, ...former]);

  const byName = (
    name: string,
    config: Config,
    customObjects?: CustomObjects,
    known: ReadonlyMap<string, SerializableClass<T>> = named,
  ): unknown => {
    const custom = getRegisteredObject(name, customObjects) ?? getRegisteredObject(`Custom>${name}`, customObjects);
    const found = custom ?? known.get(name);
    if (found === undefined)
      return fail(
        `${module}.get`,
        `"${name}" is no ${kind}`,
        `did you mean "${closest(name, [...named.keys()])}"? A class of your own is known after saving.registerKerasSerializable`,
      );
    return isClass(found) ? found.fromConfig(config) : found;
  };
  return (identifier: unknown, customObjects?: CustomObjects): unknown => {
    if (identifier === null || identifier === undefined) return null;
    if (typeof identifier === 'string') return byName(identifier, {}, customObjects);
    if (isClass(identifier)) return identifier.fromConfig({});
    if (typeof identifier === 'function') return identifier;
    if (isSerializedObject(identifier)) {
      // Configs of old name no module: the family's own names come first.
      const { class_name: name, config, module: from, registered_name: registered } = identifier;
      if ((from === undefined || from === null) && !registered)
        return byName(name, (config ?? {}) as Config, customObjects, new Map([...former, ...named]));
      return deserializeObject(identifier, customObjects);
    }
    return typeof (identifier as { getConfig?: unknown }).getConfig === 'function'
      ? identifier
      : fail(
          `${module}.get`,
          `${show(identifier)} is no ${kind}`,
          `give a name, a config, or an object of a ${kind} class`,
        );
  };
}
