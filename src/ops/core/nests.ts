import { Tensor } from '../../ir/tensor.ts';
import { asTensor, isTypedArray, type Like } from '../../tensor/like.ts';
import { Variable } from '../../tensor/variable.ts';

const isPlain = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' && x !== null && Object.getPrototypeOf(x) === Object.prototype;

/** A nest taken apart: its tensors in order (numbers become tensors), and how to build the same nest of others. */
export function takeApart(nest: unknown): { tensors: Tensor[]; build: (tensors: readonly Tensor[]) => unknown } {
  const tensors: Tensor[] = [];
  const walk = (x: unknown): ((list: readonly Tensor[]) => unknown) => {
    if (x === null || x === undefined) return () => x;
    if (Array.isArray(x)) {
      const parts = x.map(walk);
      return (list) => parts.map((p) => p(list));
    }
    if (isPlain(x)) {
      const parts = Object.entries(x).map(([k, y]) => [k, walk(y)] as const);
      return (list) => Object.fromEntries(parts.map(([k, p]) => [k, p(list)]));
    }
    const at = tensors.length;
    tensors.push(x instanceof Tensor ? x : asTensor(x as Like));
    return (list) => list[at]!;
  };
  const build = walk(nest);
  return { tensors, build };
}
/** A nest whose numbers, typed arrays and variables are tensors. */
export const tensorsOnly = (nest: unknown): unknown => {
  const { tensors, build } = takeApart(nest);
  return build(tensors);
};
export const isLeaf = (x: unknown): boolean =>
  x instanceof Tensor || x instanceof Variable || isTypedArray(x) || typeof x === 'number' || typeof x === 'boolean';
