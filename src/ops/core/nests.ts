import { isPlainObject, refuseDepth } from '../../base/tree.ts';
import { complex, partsOf } from '../../ir/complex.ts';
import { Tensor } from '../../ir/tensor.ts';
import { asTensor, isNumbers, type Like } from '../../tensor/like.ts';

/**
 * Flattens a nest: returns its tensors in order (numbers become tensors, complex tensors their parts), and a function
 * that rebuilds the nest from others. With `joinsNumbers`, arrays of numbers are tensors; otherwise they are lists of
 * scalars.
 */
export function takeApart(
  nest: unknown,
  { joinsNumbers = false } = {},
): { tensors: Tensor[]; build: (tensors: readonly Tensor[]) => unknown } {
  const tensors: Tensor[] = [];
  const walk = (x: unknown, depth = 0): ((list: readonly Tensor[]) => unknown) => {
    refuseDepth(depth);
    if (x === null || x === undefined) return () => x;
    if (Array.isArray(x) && !(joinsNumbers && isNumbers(x))) {
      const parts = x.map((y) => walk(y, depth + 1));
      return (list) => parts.map((p) => p(list));
    }
    if (isPlainObject(x)) {
      const parts = Object.entries(x).map(([k, y]) => [k, walk(y, depth + 1)] as const);
      return (list) => Object.fromEntries(parts.map(([k, p]) => [k, p(list)]));
    }
    const at = tensors.length;
    const t = x instanceof Tensor ? x : asTensor(x as Like);
    tensors.push(...partsOf(t));
    return (list) => (t.parts ? complex(list[at], list[at + 1]) : list[at]);
  };
  const build = walk(nest);
  return { tensors, build };
}
