import type { Fields } from '../../base/field/field.ts';
import { inner } from './inner.ts';
import type { AnyLayer } from './layer.ts';

/** For each class prototype, the options its layers expose as attributes. */
const shown = new WeakMap<object, readonly string[]>();
const readers = new WeakSet<() => unknown>();

/** Makes the declared options readable as attributes of a class's layers, except where the name is taken. */
export function exposeOptions(layer: AnyLayer, fields: Fields): void {
  const prototype = Object.getPrototypeOf(layer) as object;
  if (shown.has(prototype)) return;
  const isShown = (key: string): boolean => {
    if (key in layer) return isReader(layer, key);
    const get = function (this: AnyLayer): unknown {
      return this[inner].options[key];
    };
    readers.add(get);
    Object.defineProperty(prototype, key, { get, configurable: true });
    return true;
  };
  shown.set(prototype, Object.keys(fields).filter(isShown));
}

/** Whether a member is an option exposed by a base class. */
function isReader(object: object, key: string): boolean {
  for (let x: object | null = object; x; x = Object.getPrototypeOf(x) as object | null) {
    const member = Object.getOwnPropertyDescriptor(x, key);
    if (member) return member.get !== undefined && readers.has(member.get);
  }
  return false;
}

/** Calls `f` with each attribute of a layer: exposed options, then assigned attributes. */
export function eachAttribute(layer: AnyLayer, f: (value: unknown, name: string) => void): void {
  const { options } = layer[inner];
  for (const name of shown.get(Object.getPrototypeOf(layer) as object) ?? [])
    if (!Object.hasOwn(layer, name)) f(options[name], name);
  for (const name of Object.keys(layer)) f(layer[name as keyof AnyLayer], name);
}
