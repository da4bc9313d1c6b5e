import { Callable } from '../callable.ts';
import { exactMethods } from '../exact.ts';
import { exposeOptions } from '../exposed.ts';
import { configToOptions, optionsToConfig } from '../field/disk.ts';
import { type Fields, type Options, type Resolved } from '../field/field.ts';
import { requireOptions, resolveOptions } from '../field/resolve.ts';
import type { Config } from './serialize.ts';

/** Options that a class declares as data: a subclass with a constructor of its own may have none. */
interface Declared {
  readonly fields: Fields;
}

/** A callable object made of declared options: initializers, regularizers, constraints, schedules. */
export abstract class Configured<S extends Fields, Args extends unknown[], Out> extends Callable<Args, Out> {
  static readonly className: string;
  static readonly fields: Fields = {};
  /** The options as resolved. */
  readonly config: Resolved<S>;

  constructor(options: Options<S> = {} as Options<S>) {
    super();
    requireOptions(this.className, this.#fields, options);
    this.config = resolveOptions(this.className, this.#fields, options);
    exposeOptions(this, this.config);
  }

  get className(): string {
    const own = this.constructor as { className?: string; name: string };
    return Object.hasOwn(own, 'className') ? own.className! : own.name;
  }
  get #fields(): S {
    return (this.constructor as unknown as Declared).fields as S;
  }
  /** The options as configs hold them. */
  getConfig(): Config {
    return optionsToConfig(this.#fields, this.config);
  }
  override toString(): string {
    const simple = Object.entries(this.config).filter(([, x]) => typeof x !== 'object' || x === null);
    return `<${[this.className, ...simple.map(([key, x]) => `${key}=${String(x)}`)].join(' ')}>`;
  }
  /** An object from what `getConfig` gave. */
  static fromConfig<T>(this: (new (options: never) => T) & Declared, config: Config): T {
    return new this(configToOptions(this.fields, config) as never);
  }

  static {
    exactMethods(this);
  }
}
