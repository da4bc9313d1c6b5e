import { fail } from '../errors.ts';
import { exact } from '../exact.ts';
import { optionsOf } from '../options.ts';
import { near } from '../spelling.ts';
import { refuseDepth } from '../tree.ts';
import { configForUsers, keysToDisk } from './config-keys.ts';

/** What an object is made of again: plain data that JSON can hold. */
export type Config = Record<string, unknown>;

/** A class whose objects can be written to a config and recreated from it. */
export interface SerializableClass<T = unknown> {
  readonly className: string;
  fromConfig(config: Config): T;
}
/** The class of a serializable object. */
export const classOf = <T>(object: T & object): Function & SerializableClass<T> =>
  object.constructor as Function & SerializableClass<T>;
/** A copy of an object made from its config, with `changes` applied. */
export const remake = <T extends Serializable>(object: T, changes: Config = {}): T =>
  classOf(object).fromConfig({ ...object.getConfig(), ...changes });

/** An object that can be written to a config. */
export interface Serializable {
  getConfig(): Config;
  /** The class name in files, if it depends on the object. */
  readonly className?: string;
}
/** An object as stored in `.keras` files. */
export interface SerializedObject {
  readonly module: string | null;
  readonly class_name: string;
  readonly config: unknown;
  readonly registered_name: string | null;
  readonly build_config?: unknown;
  readonly compile_config?: unknown;
  /** Two descriptions with the same number describe the same object. */
  readonly shared_object_id?: unknown;
}
/** Users' classes and functions, by their names in configs. */
export type CustomObjects = Readonly<Record<string, unknown>>;

/** Keras's classes by module: `keras.layers` -> `Dense` -> the class. */
const modules = new Map<string, Map<string, SerializableClass>>();
const moduleOf = new Map<unknown, string>();
/** Users' classes and functions by registered name: `package>Name`. */
const registered = new Map<string, unknown>();
const registeredNames = new Map<unknown, string>();
const scopes: CustomObjects[] = [];

/** Registers the library's own classes under the module that Keras files name. */
export function registerModule(module: string, classes: readonly SerializableClass[]): void {
  const known = modules.get(module) ?? new Map<string, SerializableClass>();
  modules.set(module, known);
  for (const c of classes) {
    known.set(c.className, c);
    moduleOf.set(c, module);
  }
}
/** Registers further names of classes: those of older versions, and those that modules export them under. */
export function registerAliases(module: string, aliases: Iterable<readonly [name: string, SerializableClass]>): void {
  const known = modules.get(module) ?? new Map<string, SerializableClass>();
  modules.set(module, known);
  for (const [name, c] of aliases) if (!known.has(name)) known.set(name, c);
}

const isKnown = (name: string): boolean => [...modules.values()].some((classes) => classes.has(name));
/** Loaders of classes that are not needed at first; the classes register themselves when loaded. */
const later = new Set<() => Promise<unknown>>();
export const registerLater = (load: () => Promise<unknown>): void => void later.add(load);
/** Loads deferred classes if a config names one that is not known yet. */
export async function loadNamed(config: unknown): Promise<void> {
  const isUnknown = (x: unknown): boolean => {
    if (typeof x !== 'object' || x === null) return false;
    if (Array.isArray(x)) return x.some(isUnknown);
    const { class_name: name } = x as { class_name?: unknown };
    return (typeof name === 'string' && !isKnown(name)) || Object.values(x).some(isUnknown);
  };
  if (later.size === 0 || !isUnknown(config)) return;
  await Promise.all([...later].map((load) => load()));
  later.clear();
}

/** Reads at once what registers all other classes, where that is possible: in Node. */
let restAtOnce: (() => void) | undefined;
export const provideAtOnce = (load: () => void): void => void (restAtOnce = load);

/** Whether a class belongs to the library. */
export const isOwnClass = (c: unknown): boolean => moduleOf.has(c);

/** The library's own functions by the names that Keras files use. */
const functions = new Map<string, unknown>();
const functionNames = new Map<unknown, string>();
/** Registers the library's own functions under Keras's names. */
export function registerFunctions(named: Readonly<Record<string, unknown>>): void {
  for (const [name, f] of Object.entries(named)) {
    functions.set(name, f);
    functionNames.set(f, name);
  }
}

/** Whether a function of the library has this name in Keras's files. */
export const isOwnFunction = (name: string): boolean => functions.has(name);

const nameOf = (object: unknown): string =>
  functionNames.get(object) ??
  (Object.hasOwn(object as object, 'className') ? (object as SerializableClass).className : undefined) ??
  (object as { name: string }).name;

/**
 * Registers a user's class or function, so that files can refer to it.
 * @example registerKerasSerializable(DemoLayer, { package: 'demo' }) // "demo>DemoLayer"
 */
export const registerKerasSerializable = exact(
  'saving.registerKerasSerializable',
  2,
  function registerKerasSerializable<T>(
    object: T,
    options: {
      /** What stands before the name in files, `package>name`; `'Custom'` by default. */
      package?: string;
      /** The name in files; that of the class or function by default. */
      name?: string;
    } = {},
  ): T {
    const { package: pack = 'Custom', name } = optionsOf(
      'registerKerasSerializable',
      { package: true, name: true },
      options,
    );
    const full = `${pack}>${name ?? nameOf(object)}`;
    registered.set(full, object);
    registeredNames.set(object, full);
    return object;
  },
);
/**
 * The class name in Keras's source, for the few classes that Keras exports under another name: it is used in legacy
 * files, summaries and weight paths.
 */
export const sourceNameOf = (object: { readonly className: string }): string =>
  (object.constructor as { readonly sourceName?: string }).sourceName ?? object.className;
/** The name under which a class or function was registered, `package>Name`; its own name if it was not. */
export const getRegisteredName = exact(
  'saving.getRegisteredName',
  1,
  (object: unknown): string => registeredNames.get(object) ?? nameOf(object),
);
/** The class or function that a registered name stands for; undefined if it is none. */
export const getRegisteredObject = exact(
  'saving.getRegisteredObject',
  2,
  (name: string, customObjects: CustomObjects = {}): unknown =>
    [customObjects, ...scopes.toReversed()].find((scope) => Object.hasOwn(scope, name))?.[name] ?? registered.get(name),
);
/** All registered objects, by registered name. */
export const getCustomObjects = exact(
  'saving.getCustomObjects',
  0,
  (): CustomObjects => Object.assign({}, Object.fromEntries(registered), ...scopes),
);

/** Runs `f` (or awaits it) with users' classes and functions registered under the given names. */
export const customObjectScope = exact('saving.customObjectScope', 2, function customObjectScope<
  R,
>(objects: CustomObjects, f: () => R): R {
  scopes.push(objects);
  const leave = (): void => {
    const at = scopes.lastIndexOf(objects);
    if (at >= 0) scopes.splice(at, 1);
  };
  let result: R;
  try {
    result = f();
  } catch (error) {
    leave();
    throw error;
  }
  if (result instanceof Promise) return result.finally(leave) as R;
  leave();
  return result;
});

const isSerializable = (x: unknown): x is Serializable =>
  (typeof x === 'object' || typeof x === 'function') &&
  x !== null &&
  typeof (x as Partial<Serializable>).getConfig === 'function';

/** The numbers of the objects described so far while a model is being written. */
let numbers: Map<unknown, number> | undefined;

/** Runs `describe`; objects that occur more than once in its result are given the same `shared_object_id`. */
export function markingShared(describe: () => unknown): unknown {
  if (numbers) return describe();
  numbers = new Map();
  try {
    const result = describe();
    const counts = new Map<unknown, number>();
    const visit = (x: unknown, f: (object: Config) => void): void => {
      if (typeof x !== 'object' || x === null) return;
      if ('shared_object_id' in x) f(x as Config);
      for (const y of Object.values(x)) visit(y, f);
    };
    visit(result, ({ shared_object_id: id }) => counts.set(id, (counts.get(id) ?? 0) + 1));
    visit(result, (object) => {
      if (counts.get(object['shared_object_id']) === 1) delete object['shared_object_id'];
    });
    return result;
  } finally {
    numbers = undefined;
  }
}
function numberOf(object: unknown): { shared_object_id?: number } {
  if (!numbers) return {};
  if (!numbers.has(object)) numbers.set(object, numbers.size + 1);
  return { shared_object_id: numbers.get(object)! };
}

/** The objects created so far, by `shared_object_id`, while a model is being read. */
let shared: Map<unknown, unknown> | undefined;
/** Runs `make`; descriptions with the same `shared_object_id` yield the same object. */
export function sharingObjects<R>(make: () => R): R {
  if (shared) return make();
  shared = new Map();
  try {
    return make();
  } finally {
    shared = undefined;
  }
}

/** The module that files name for an object, if it is not its class's own. */
export const origin = Symbol('origin');
interface Described {
  readonly [origin]?: { readonly module: string; readonly registered_name: string } | undefined;
}

/** Serializes an object, or a nest of values and objects, to the form used in configs. */
export function serializeObject(x: unknown, depth = 0): unknown {
  refuseDepth(depth);
  if (x === null || x === undefined) return null;
  if (typeof x === 'number' || typeof x === 'string' || typeof x === 'boolean') return x;
  if (Array.isArray(x)) return x.map((y) => serializeObject(y, depth + 1));
  if (isSerializable(x)) {
    const own = classOf(x);
    const module = moduleOf.get(own);
    return {
      module: module ?? null,
      class_name: x.className ?? nameOf(own),
      config: module ? x.getConfig() : keysToDisk(x.getConfig()),
      registered_name: module ? null : getRegisteredName(own),
      ...(x as Described)[origin],
      ...numberOf(x),
    };
  }
  if (typeof x === 'function')
    return { module: 'builtins', class_name: 'function', config: nameOf(x), registered_name: getRegisteredName(x) };
  return Object.fromEntries(Object.entries(x as Config).map(([k, v]) => [k, serializeObject(v, depth + 1)]));
}

export const isSerializedObject = (x: unknown): x is SerializedObject =>
  typeof x === 'object' && x !== null && typeof (x as Config)['class_name'] === 'string' && 'config' in x;

type Description = Pick<SerializedObject, 'module' | 'class_name' | 'registered_name'>;

/** The class named by a config, if known: users' classes first, then the library's. */
export function lookUpClass(
  { module, class_name, registered_name }: Description,
  customObjects: CustomObjects = {},
): SerializableClass | undefined {
  const custom =
    (registered_name && getRegisteredObject(registered_name, customObjects)) ||
    getRegisteredObject(class_name, customObjects) ||
    getRegisteredObject(`Custom>${class_name}`, customObjects);
  if (custom) return custom as SerializableClass;
  if (restAtOnce && !isKnown(class_name)) {
    const load = restAtOnce;
    restAtOnce = undefined;
    load();
    later.clear();
  }
  // Files name the public module or the file in which Keras keeps the class.
  const known = modules.get(module ?? '')?.get(class_name);
  if (known) return known;
  const isKeras = module === null || module === undefined || /^keras(\.|$)/.test(module);
  const families = isKeras ? [...modules].filter(([, classes]) => classes.has(class_name)) : [];
  // `keras.src.layers.core.identity` is a layer, though an initializer has the same name.
  const parts = module?.split('.') ?? [];
  const family = families.find(([name]) => parts.includes(name.split('.').at(-1)!)) ?? families[0];
  return family?.[1].get(class_name);
}

/** The class named by a config; if there is none, an error that says what to do. */
export function findClass(description: Description, customObjects: CustomObjects = {}): SerializableClass {
  const found = lookUpClass(description, customObjects);
  if (found) return found;
  const { module, class_name, registered_name } = description;
  const guess = near(
    class_name,
    [...modules.values()].flatMap((classes) => [...classes.keys()]),
  );
  return fail(
    `deserialize "${class_name}"`,
    `no class of this name is known (module ${JSON.stringify(module)}, registered name ${JSON.stringify(registered_name)})`,
    `${later.size > 0 ? "of a layer over raw data, import 'hornbeam/browser/preprocessing' first (preprocessing.js, in pages); of your own, " : ''}register it with keras.saving.registerKerasSerializable, or pass { customObjects: { ${class_name.replace(/\W/g, '_')} } }${guess ? `; the closest known name is "${guess}"` : ''}`,
  );
}

/** Creates an object of a user's class. If this fails, its config usually lacks an argument of the constructor. */
function blamingConfig<T>(className: string, config: Config, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const { name } = config;
    return fail(
      typeof name === 'string' ? `${className} "${name}"` : className,
      `it cannot be made again of its config (${Object.keys(config).join(', ') || 'which is empty'}): ${error instanceof Error ? error.message : String(error)}`,
      `let getConfig() of ${className} give all that its constructor takes: { ...super.getConfig(), units: this.units }`,
    );
  }
}

/** Recreates what `serializeObject` wrote. */
export function deserializeObject(x: unknown, customObjects: CustomObjects = {}): unknown {
  if (Array.isArray(x)) return x.map((y) => deserializeObject(y, customObjects));
  if (typeof x !== 'object' || x === null) return x;
  if (!isSerializedObject(x))
    return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, deserializeObject(v, customObjects)]));
  if (x.class_name === 'function') {
    const found =
      getRegisteredObject(x.registered_name ?? '', customObjects) ??
      getRegisteredObject(x.config as string, customObjects) ??
      functions.get(x.config as string);
    return (
      found ??
      fail(
        `deserialize function "${String(x.config)}"`,
        'no function of this name is known',
        'pass it in customObjects, or register it with keras.saving.registerKerasSerializable',
      )
    );
  }
  const { shared_object_id: id } = x;
  if (id !== undefined && shared?.has(id)) return shared.get(id);
  const found = findClass(x, customObjects);
  const config = (x.config ?? {}) as Config;
  const make = (): unknown => {
    const made = found.fromConfig(moduleOf.has(found) ? config : configForUsers(config));
    const { buildFromConfig } = made as { buildFromConfig?(config: Config): void };
    if (x.build_config && typeof buildFromConfig === 'function') buildFromConfig.call(made, x.build_config as Config);
    return made;
  };
  const known = (): unknown => (moduleOf.has(found) ? make() : blamingConfig(x.class_name, config, make));
  const object = Object.keys(customObjects).length > 0 ? customObjectScope(customObjects, known) : known();
  if (id !== undefined) shared?.set(id, object);
  return object;
}
