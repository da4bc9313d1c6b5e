import { fail } from '../../base/errors.ts';
import { inner } from './inner.ts';
import type { AnyLayer } from './layer.ts';

/** The classes whose members every layer or model has; attributes cannot have these names. */
const bases = new Set<object>();

/**
 * Prevents attributes of subclasses from replacing members of a class: assigning to a read-only member is refused by
 * name. Members listed as `free` may be replaced, because nothing in the library relies on them.
 */
export function guardMembers(base: abstract new (...args: any) => object, free: readonly string[] = []): void {
  const prototype = base.prototype as object;
  bases.add(prototype);
  for (const [key, member] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (!member.get || member.set) continue;
    const set = free.includes(key)
      ? function (this: object, value: unknown): void {
          Object.defineProperty(this, key, { value, writable: true, enumerable: true, configurable: true });
        }
      : function (this: AnyLayer): void {
          refuseName(this, key);
        };
    Object.defineProperty(prototype, key, { ...member, set });
  }
  freeNames.set(prototype, free);
}
const freeNames = new Map<object, readonly string[]>();

function refuseName(layer: AnyLayer, key: string, kind = 'a member of every layer'): never {
  // The members that identify the layer may themselves have been replaced.
  const { className, name } = Object.getPrototypeOf(layer).constructor as { className?: string; name: string };
  return fail(
    `${className ?? name}${typeof layer.name === 'string' ? ` "${layer.name}"` : ''}`,
    `the attribute "${key}" cannot be set: it is ${kind}`,
    `keep the value under another name, e.g. this.my${key.replace(/^./, (c) => c.toUpperCase())}`,
  );
}

/** A method may be defined as a function in an attribute. */
const isMethod = (x: unknown): boolean => typeof x === 'function' && !(inner in x);
const isFlag = (x: unknown): boolean => typeof x === 'boolean';
const holdsNoLayer = (x: unknown): boolean =>
  !(typeof x === 'function' && inner in x) && (!Array.isArray(x) || x.every(holdsNoLayer));
/** Attributes of every layer that a class may set, and their allowed values. */
const settable = new Map<string, readonly [what: string, is: (x: unknown) => boolean]>([
  ['name', ['the name of the layer, a string', (x) => typeof x === 'string']],
  ['constructor', ['the class of the layer', isMethod]],
  ['call', ['what the layer computes, a method', isMethod]],
  ['build', ['what makes the weights, a method', isMethod]],
  ['built', ['whether the layer is built, true or false', isFlag]],
  ['supportsMasking', ['whether the layer passes masks on, true or false', isFlag]],
  ['inputSpec', ['what the layer demands of its inputs', holdsNoLayer]],
  ['activityRegularizer', ['the penalty on the outputs', (x) => !Array.isArray(x) && holdsNoLayer(x)]],
]);

/** Refuses attributes that shadow a member of the library, which a class field does silently. */
export function checkNames(layer: AnyLayer): void {
  const state = layer[inner];
  const count = Object.keys(layer).length;
  if (state.checkedNames === count) return;
  state.checkedNames = count;
  for (const [key, own] of Object.entries(Object.getOwnPropertyDescriptors(layer))) {
    const rule = settable.get(key);
    if (rule) {
      if (own.value !== undefined && !rule[1](own.value)) refuseName(layer, key, rule[0]);
      continue;
    }
    if (!own.enumerable) continue;
    const base = prototypesOf(layer).find((prototype) => bases.has(prototype) && Object.hasOwn(prototype, key));
    if (!base || freeNames.get(base)?.includes(key)) continue;
    const member = Object.getOwnPropertyDescriptor(base, key)!;
    if (!member.get) {
      if (isMethod(own.value)) continue;
      refuseName(layer, key);
    }
    // An assignable member is assigned, even if a class field was about to replace it.
    Reflect.deleteProperty(layer, key);
    Reflect.set(layer, key, own.value);
  }
}

function prototypesOf(x: object): object[] {
  const prototype = Object.getPrototypeOf(x) as object | null;
  return prototype ? [prototype, ...prototypesOf(prototype)] : [];
}
