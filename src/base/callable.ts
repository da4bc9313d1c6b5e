import { showAsText } from './display.ts';
import { refuseBeside } from './options.ts';

/** What an object does when it is called. A symbol, so that attributes of subclasses may have any name. */
export const invoke: unique symbol = Symbol('invoke');

/** An object you can call: the instance is a function whose prototype is the class. */
export abstract class Callable<Args extends unknown[], Out> {
  constructor(...surplus: undefined[]) {
    refuseBeside(new.target.name, surplus);
    const self = ((...args: Args) => (self as this)[invoke](...args)) as this;
    Object.setPrototypeOf(self, new.target.prototype);
    for (const own of ['name', 'length']) Reflect.deleteProperty(self, own); // read-only on a function
    // biome-ignore lint/correctness/noConstructorReturn: the returned function is the instance
    return self;
  }
  protected abstract [invoke](...args: Args): Out;

  /** Its class, and its name where it has one: `<Dense name=dense>`. */
  toString(): string {
    return showNamed(this);
  }
}
/** An object's class and its name, if it has one. */
export function showNamed(object: object): string {
  const { className, name } = object as { className?: unknown; name?: unknown };
  const shown = typeof className === 'string' ? className : object.constructor.name;
  return typeof name === 'string' ? `<${shown} name=${name}>` : `<${shown}>`;
}
export interface Callable<Args extends unknown[], Out> {
  (...args: Args): Out;
  /** Function's methods are not on our prototype. */
  readonly apply: never;
  readonly bind: never;
}
// Logged as a function, it would show all its properties, including the bytes of its weights.
showAsText(Callable.prototype);
