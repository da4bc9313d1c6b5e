import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { refuseBeside, show } from '../base/options.ts';
import { isPlainObject } from '../base/tree.ts';

/** The entries of a config by name. */
export interface Config {
  [name: string]: any;
}
/**
 * Named values, set and read as attributes: `config.seed = 3`. Once frozen, changes are errors.
 * @example new keras.utils.Config({ seed: 3 }).toJson() // '{"seed":3}'
 * @see https://keras.io/api/utils/experiment_management_utils/
 */
export class Config {
  readonly #values: Map<string, unknown>;
  #frozen = false;

  constructor(values: Readonly<Record<string, unknown>> = {}, ...surplus: undefined[]) {
    refuseBeside(new.target.name, surplus);
    this.#values = new Map(Object.entries(values));
    // biome-ignore lint/correctness/noConstructorReturn: what stands for the instance has its entries as attributes
    return new Proxy(this, {
      get: (config, key) => {
        if (typeof key === 'symbol' || key in config) {
          const member: unknown = Reflect.get(config, key, config);
          return typeof member === 'function' && key !== 'constructor' ? member.bind(config) : member;
        }
        return config.#values.get(key);
      },
      set: (config, key, value: unknown) => {
        if (typeof key === 'symbol' || key in config)
          return fail('Config', `"${String(key)}" is a member of every config`, 'choose another name');
        config.#change(key);
        config.#values.set(key, value);
        return true;
      },
      deleteProperty: (config, key) => {
        config.#change(String(key));
        return config.#values.delete(String(key));
      },
      has: (config, key) => key in config || config.#values.has(String(key)),
      ownKeys: (config) => [...config.#values.keys()],
      getOwnPropertyDescriptor: (config, key) =>
        config.#values.has(String(key))
          ? { value: config.#values.get(String(key)), enumerable: true, configurable: true, writable: true }
          : undefined,
    });
  }
  #change(key: string): void {
    if (this.#frozen) fail('Config', `"${key}" was to be changed, but the config is frozen`, 'call unfreeze() first');
  }
  /** Whether changes are refused. */
  get frozen(): boolean {
    return this.#frozen;
  }
  /** Refuses changes from now on. */
  freeze(): void {
    this.#frozen = true;
  }
  /** Allows changes again. */
  unfreeze(): void {
    this.#frozen = false;
  }
  /** A plain object of the entries. */
  asDict(): Record<string, unknown> {
    return Object.fromEntries(this.#values);
  }
  /** The entries as JSON. */
  toJson(): string {
    return JSON.stringify(this.asDict());
  }
  /** The names of the entries, in the order in which they were set. */
  keys(): string[] {
    return [...this.#values.keys()];
  }
  /** The values of the entries, in that order. */
  values(): unknown[] {
    return [...this.#values.values()];
  }
  /** Names and values, in that order. */
  items(): [name: string, value: unknown][] {
    return [...this.#values];
  }
  /** The value of an entry, or a default if there is none. */
  get(name: string, value: unknown = null): unknown {
    return this.#values.has(name) ? this.#values.get(name) : value;
  }
  /** Removes an entry and returns its value. */
  pop(name: string, ...value: [value?: unknown]): unknown {
    this.#change(name);
    if (!this.#values.has(name) && value.length === 0)
      fail('Config', `it has no "${name}"`, `it has ${this.keys().join(', ') || 'nothing'}`);
    const found = this.get(name, value[0]);
    this.#values.delete(name);
    return found;
  }
  /** Sets several entries. */
  update(values: Readonly<Record<string, unknown>>): void {
    if (!isPlainObject(values)) fail('Config', `update was given ${show(values)}`, 'give an object of values by name');
    for (const [name, value] of Object.entries(values)) {
      this.#change(name);
      this.#values.set(name, value);
    }
  }

  static {
    exactMethods<Config>(this, { get: 2, pop: 2, update: 1 });
  }
}
