import type { DType } from '../base/dtype.ts';
import { fail, type Named } from '../base/errors.ts';
import { inScope } from '../ir/scope.ts';
import { currentTrace } from './frames.ts';

/** Runs `f` with a value on top of a stack. */
function scoped<T>(stack: T[]): <R>(value: T, f: () => R) => R {
  return (value, f) => {
    stack.push(value);
    try {
      return f();
    } finally {
      stack.pop();
    }
  };
}

const names: string[] = [];
const named = scoped(names);
/** Prefixes the paths of the variables that `f` creates, and of the equations that it records. */
export const inNameScope = <R>(name: string, f: () => R): R =>
  named(name, () => inScope({ path: names.join('/'), isBackward: false }, f));
/** The equations that `f` records belong to a part of the step beside the model's layers. */
export const inPartOfStep = <R>(part: 'loss' | 'metrics' | 'optimizer', f: () => R): R =>
  inScope({ path: `:${part}`, isBackward: false }, f);
export const scopedPath = (name: string): string => [...names, name].join('/');
/** Runs `f` with paths starting over at the given prefix. */
export function atPath<R>(path: readonly string[], f: () => R): R {
  const before = names.splice(0, names.length, ...path);
  try {
    return f();
  } finally {
    names.splice(0, names.length, ...before);
  }
}
export const currentPath = (): readonly string[] => [...names];

const dtypes: (DType | undefined)[] = [];
/** Floating-point variables read by `f` are converted to this dtype. */
export const withAutocast = scoped(dtypes);
export const currentAutocast = (): DType | undefined => dtypes[dtypes.length - 1];

interface Call {
  readonly owner: Named | undefined;
  /** The number of seed generators created so far. */
  generators: number;
}
const calls: Call[] = [];
const inCallOf = scoped(calls);
/**
 * Refuses to create variables in `f`, which is the `call` of the named layer. `undefined` allows them again (in
 * `build`).
 */
export const asCallOf = <R>(owner: Named | undefined, f: () => R): R => inCallOf({ owner, generators: 0 }, f);
export const currentCall = (): Named | undefined => calls[calls.length - 1]?.owner;
/** The index of a seed generator among those created by the current call. */
export const countGenerator = (): number => calls[calls.length - 1].generators++;

const rooms: { readonly what: string; left: number }[] = [];
/** Runs `f` with a limit on the total bytes of new variables: no more than `what` can fill. */
export function withinRoom<R>(what: string, bytes: number, f: () => R): R {
  rooms.push({ what, left: bytes });
  try {
    return f();
  } finally {
    rooms.pop();
  }
}
/** Reserves room for a new variable before it has a value. */
export function takeRoom(name: string, bytes: number): void {
  const room = rooms[rooms.length - 1];
  if (!room) return;
  room.left -= bytes;
  if (!(room.left >= 0))
    fail(
      `Variable "${name}"`,
      `takes ${bytes} bytes: more weights than ${room.what} can hold`,
      'check that the file is undamaged; if the model is to be that large, make it in code or from its JSON',
    );
}

/** Raises the error for variables that would be created again at every call. */
export function refuseVariables(
  name: string,
  owner: Named | string | undefined = currentCall() ?? (calls.length === 0 && currentTrace() ? 'jit' : undefined),
): void {
  if (!owner) return;
  fail(
    owner,
    `variable "${name}" is created inside ${owner === 'jit' ? 'a compiled function' : 'call()'}: it would be new at every call, and never trained or saved`,
    owner === 'jit'
      ? 'create it outside of the function'
      : 'create it, or the layer that holds it, in the constructor or in build(inputShape), keep it as an attribute (this.x = …), and only use it in call()',
  );
}
