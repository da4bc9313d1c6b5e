import { type DType, isFloat } from '../../base/dtype.ts';
import { isPlainObject } from '../../base/tree.ts';
import { cast } from '../../ops/index.ts';
import {
  asTensor,
  type KerasTensor,
  type Like,
  mapTensors,
  type SymbolicArgument,
  Tensor,
  tensorsIn,
  Variable,
} from '../../tensor/index.ts';
import type { CallOptions } from './call-context.ts';
import { maskOf, maskOn, setMask } from './masks.ts';

type Lenient<T> = T extends Tensor ? Like | KerasTensor : T;
/** Arguments as callers may pass them: arrays and numbers in place of tensors. */
export type LenientArgs<A extends unknown[]> = { [K in keyof A]: Lenient<A[K]> };

/** Arguments whose first is symbolic. */
export type SymbolicArgs<A extends unknown[]> = 0 extends 1 & A
  ? any
  : A extends [infer F, ...infer Rest]
    ? [inputs: SymbolicArgument<F>, ...rest: LenientArgs<Rest>]
    : [never];

/** What a layer with these arguments was called on: one symbolic tensor, or a list if it takes several. */
export type SymbolicInput<A extends unknown[]> = 0 extends 1 & A[0]
  ? any
  : A extends [infer F, (infer Second)?]
    ? F extends Tensor
      ? Extract<Second, Tensor> extends never
        ? KerasTensor
        : readonly KerasTensor[]
      : SymbolicArgument<F>
    : readonly KerasTensor[];

/** Numbers, arrays and variables as tensors; nests of tensors as they are. */
export function toTensors(x: unknown): unknown {
  if (x instanceof Tensor || x === undefined || x === null || typeof x === 'boolean') return x;
  if (x instanceof Variable || typeof x === 'number' || ArrayBuffer.isView(x)) return asTensor(x as Like);
  if (Array.isArray(x)) {
    if (tensorsIn(x).length > 0 || x.some((y) => ArrayBuffer.isView(y))) return x.map(toTensors);
    return x.length > 0 ? asTensor(x as Like) : x;
  }
  if (isPlainObject(x))
    return Object.fromEntries(Object.entries(x).map(([k, y]) => [k, ArrayBuffer.isView(y) ? asTensor(y as Like) : y]));
  return x;
}

/** The last argument is an options object if it is a plain object and not the only argument. */
export function splitOptions(given: readonly unknown[]): {
  args: readonly unknown[];
  options: CallOptions & Record<string, unknown>;
} {
  const last = given[given.length - 1];
  if (given.length > 1 && isPlainObject(last)) return { args: given.slice(0, -1), options: last };
  return { args: given.filter((x, k) => k === 0 || x !== undefined), options: {} };
}

/** The call's arguments, with the mask of the first input added to the options unless one is given. */
export function withMask(given: readonly unknown[]): readonly unknown[] {
  const { args, options } = splitOptions(given);
  const mask = maskOn(args[0]);
  return mask && !options.mask ? [...args, { ...options, mask }] : given;
}

/** The arguments with floating-point tensors converted to one dtype, keeping their masks. */
export const withDType = (args: readonly unknown[], dtype: DType): unknown[] =>
  mapTensors(args, (t) => {
    if (!isFloat(t.dtype) || t.dtype === dtype) return t;
    const converted = cast(t, dtype);
    setMask(converted, maskOf(t));
    return converted;
  }) as unknown[];
