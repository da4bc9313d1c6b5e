import { fail } from '../base/errors.ts';
import { type SymbolicShape, sameShape } from '../base/shape.ts';
import type { Tree } from '../base/tree.ts';
import { input } from '../ir/complex.ts';
import type { Tensor } from '../ir/tensor.ts';
import { callsOf, type GraphNode, KerasTensor, type Operation } from './keras-tensor.ts';
import { mapTensors, tensorsIn } from './leaves.ts';
import { refuseBakedWeights } from './made-by.ts';
import { recordKnown, type Sizes } from './trial.ts';
import { firstThatWorks } from './trial-sizes.ts';

const hasUnknown = (t: Tensor): boolean => t instanceof KerasTensor && t.symbolicShape.some((n) => n === null);

/** Shape and dtype of a symbolic result. */
export interface SymbolicAval {
  readonly shape: SymbolicShape;
  readonly dtype: Tensor['dtype'];
}

/**
 * The result of `f` for symbolic arguments. It is recorded with all unknown sizes set to certain numbers, then to
 * others; sizes that come out differently are unknown. Where unknown sizes must equal known ones (`(null, 4) · (null,
 * 5)`), they are found by trial. Variables that it reads or changes keep their values.
 */
export function inferSymbolic<R>(
  f: (...args: readonly unknown[]) => R,
  args: readonly unknown[],
): { form: R; avals: SymbolicAval[] } {
  const body = (sizes: Sizes): R => {
    let at = 0;
    const stand = (t: Tensor): Tensor =>
      t instanceof KerasTensor ? input({ shape: t.symbolicShape.map((n) => n ?? sizes(at++)), dtype: t.dtype }) : t;
    return f(...(mapTensors(args, stand) as unknown[]));
  };
  if (tensorsIn(args).some(hasUnknown)) return compare(args, body);
  const form = recordKnown(() => body(() => 0));
  return { form, avals: tensorsIn(form).map(({ shape, dtype }) => ({ shape, dtype })) };
}

function compare<R>(args: readonly unknown[], body: (sizes: Sizes) => R): { form: R; avals: SymbolicAval[] } {
  const { recordings, forced } = firstThatWorks(args, body);
  const { first: form, again } = recordings;
  const [first, second] = [tensorsIn(form), tensorsIn(recordings.second)];
  if (second.length !== first.length)
    fail('symbolic call', 'the number of results depends on a size that is unknown', 'give the tensors that size');
  const others = [second, ...smaller(first, (size) => tensorsIn(again((k) => forced.get(k) ?? size)))];
  const avals = first.map(({ shape, dtype }, k) => ({
    shape: others.every((o) => sameShape(shape, o[k].shape))
      ? shape
      : shape.map((n, d) => (others.every((o) => n === o[k].shape[d]) ? n : null)),
    dtype,
  }));
  return { form, avals };
}

/** Results at a small size, which a slice may shorten; nothing if they are of another kind, or missing. */
function smaller(first: readonly Tensor[], withSize: (size: number) => Tensor[]): Tensor[][] {
  try {
    const found = withSize(2);
    const isAlike = found.length === first.length && found.every((t, k) => t.shape.length === first[k].shape.length);
    return isAlike ? [found] : [];
  } catch {
    return [];
  }
}

/** Records a call of an operation on symbolic tensors: adds a node to the functional graph and returns its outputs. */
export function addNode(
  operation: Operation,
  args: readonly unknown[],
  form: unknown,
  avals: readonly SymbolicAval[],
): Tree<KerasTensor> {
  refuseBakedWeights(operation, args);
  const outputs = avals.map(({ shape, dtype }) => new KerasTensor(shape, { dtype }));
  if (outputs.length === 0)
    fail(operation, 'a symbolic call gave no tensor', 'return the tensors that the call computes');
  let at = 0;
  const node: GraphNode = {
    operation,
    args,
    inputs: tensorsIn(args).filter((t) => t instanceof KerasTensor),
    form: mapTensors(form, () => outputs[at++]) as Tree<KerasTensor>,
    outputs,
  };
  outputs.forEach((y, index) => (y.history = { node, index }));
  callsOf(operation).push(node);
  return node.form;
}

export const hasSymbolic = (args: unknown): boolean => tensorsIn(args).some((t) => t instanceof KerasTensor);
