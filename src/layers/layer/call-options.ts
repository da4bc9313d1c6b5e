import { fail, type Named } from '../../base/errors.ts';
import { refuseOption, show } from '../../base/options.ts';
import { isOwnClass } from '../../base/registry/serialize.ts';
import { Tensor } from '../../tensor/index.ts';

/** The options that every layer's call accepts. */
const always = ['training', 'mask'];

/**
 * Call options that record which of them are read. JavaScript does not reveal the names a function destructures, so the
 * names that `call` reads are the ones it knows.
 */
export class WatchedOptions<O extends object> {
  readonly options: O;
  readonly #extra: readonly string[];
  readonly #read = new Set<string>();

  constructor(options: O) {
    this.#extra = Object.keys(options).filter((key) => !always.includes(key));
    const note = (key: string | symbol): void => void this.#read.add(String(key));
    const watching = {
      get: (target: O, key: string | symbol): unknown => {
        note(key);
        return Reflect.get(target, key);
      },
      ownKeys: (target: O): (string | symbol)[] => {
        const keys = Reflect.ownKeys(target);
        keys.forEach(note);
        return keys;
      },
    };
    this.options = this.#extra.length > 0 ? new Proxy(options, watching) : options;
  }

  /**
   * Refuses options that the call neither read nor mentions in its source, where it might read them under another
   * condition.
   */
  refuseUnread(layer: Named, call: (...args: never[]) => unknown): void {
    if (this.#extra.length === 0) return;
    const text = String(call);
    const unread = this.#extra.find((key) => !this.#read.has(key) && !new RegExp(`\\b${key}\\b`).test(text));
    if (unread !== undefined)
      refuseOption(layer, unread, [
        ...new Set([...always, ...[...this.#read].filter((key) => !this.#extra.includes(key))]),
      ]);
  }
}

/** Refuses positional values in place of the options of the library's own layers, as in `layer(x, true)`. */
export function refuseByPosition(layer: Named, call: (...args: never[]) => unknown, args: readonly unknown[]): void {
  const surplus = args[call.length];
  if (args.length <= call.length || surplus instanceof Tensor || !isOwnClass(layer.constructor)) return;
  fail(
    layer,
    `expects an object of options, but was given ${show(surplus)} by position`,
    'name what you give, e.g. layer(x, { training: true })',
  );
}
