/** Remembers the code that makes an object with `new`; the text of it is only made when it is asked for. */
export function noteOrigin(made: object, constructor: Function): void {
  const at: Stack = {};
  (Error as ErrorWithCapture).captureStackTrace?.(at, constructor);
  stacks.set(made, at);
}
/** The stack at the `new` that made the object, without what lies above; undefined where the engine does not tell it. */
export const originOf = (made: object): string | undefined => stacks.get(made)?.stack;

interface Stack {
  stack?: string;
}
interface ErrorWithCapture {
  captureStackTrace?(at: Stack, above: Function): void;
}
const stacks = new WeakMap<object, Stack>();
