import { Callable } from '../callable.ts';
import { exactMethods } from '../exact.ts';
import { exposeOptions } from '../exposed.ts';
import { configToOptions, knownAmong, optionsToConfig } from '../field/disk.ts';
import type { Fields, Options, Resolved } from '../field/field.ts';
import { requireOptions, resolveOptions } from '../field/resolve.ts';
import { cameFromConfig } from './config-keys.ts';
import type { Config } from './serialize.ts';
import { refuseUndescribed } from './undescribed.ts';

/** A class that declares its options as data. A subclass with a constructor of its own need not. */
interface Declared extends Function {
  readonly className?: string;
  readonly fields?: Fields;
}
const declared = (object: object): Declared => object.constructor as Declared;

/** The options declared by an object's class. */
export const fieldsOf = (object: object): Fields => declared(object).fields ?? {};
/** The name of an object's class: as declared by the class, or else its JavaScript name. */
export function classNameOf(object: object): string {
  const own = declared(object);
  return Object.hasOwn(own, 'className') ? own.className! : own.name;
}
/**
 * Separates the given options into those declared by the class, checked and completed, and those of its base class,
 * named by `others`.
 */
export function partOptions<S extends Fields, Others extends object>(
  object: object,
  options: Options<S> & Others,
  others: readonly (keyof Others & string)[],
): [own: Resolved<S>, others: Others] {
  const [className, fields] = [classNameOf(object), fieldsOf(object)];
  requireOptions(className, fields, options);
  const given: object = cameFromConfig(options) ? knownAmong(fields, options, others) : options;
  const isOther = ([key]: [string, unknown]): boolean =>
    !Object.hasOwn(fields, key) && (others as readonly string[]).includes(key);
  const entries = Object.entries(given);
  const own = Object.fromEntries(entries.filter((entry) => !isOther(entry))) as Options<S>;
  return [resolveOptions(className, fields as S, own, others), Object.fromEntries(entries.filter(isOther)) as Others];
}
/** An object of a class from what `getConfig` gave. */
export const makeFromConfig = <T>(type: Declared, config: Config): T =>
  Reflect.construct(type, [configToOptions(type.fields ?? {}, config)]) as T;

/** The options that all classes of a kind take besides those in `fields`. A symbol, so that attributes may have any name. */
export const others: unique symbol = Symbol('others');

/** A callable object with declared options: losses, metrics, initializers, regularizers, constraints, schedules. */
export abstract class Configured<
  S extends Fields,
  Args extends unknown[],
  Out,
  Others extends object = {},
> extends Callable<Args, Out> {
  static readonly className: string;
  static readonly fields: Fields = {};
  /** The options as resolved. */
  readonly config: Resolved<S>;

  constructor(options: Options<S> & Others = {} as Options<S> & Others, ...surplus: undefined[]) {
    super(...surplus);
    [this.config] = partOptions<S, Others>(this, options, this[others]);
    exposeOptions(this, this.config);
  }

  /** The name of its class, by which files refer to it. */
  get className(): string {
    return classNameOf(this);
  }
  protected get [others](): readonly (keyof Others & string)[] {
    return [];
  }
  /** The options as a config. */
  getConfig(): Config {
    const config = optionsToConfig(fieldsOf(this), this.config);
    refuseUndescribed(this, config, ['name', 'dtype']);
    return config;
  }
  /** Its class and those of its options that are plain values: `<L2 l2=0.01>`. */
  override toString(): string {
    const simple = Object.entries(this.config).filter(([, x]) => typeof x !== 'object' || x === null);
    return `<${[this.className, ...simple.map(([key, x]) => `${key}=${String(x)}`)].join(' ')}>`;
  }
  /** An object from what `getConfig` gave. */
  static fromConfig<T>(this: new (options: any) => T, config: Config): T {
    return makeFromConfig(this, config);
  }

  static {
    exactMethods(this);
  }
}
