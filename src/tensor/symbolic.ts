import { fail } from '../base/errors.ts';
import { type SymbolicShape, sameShape } from '../base/shape.ts';
import type { Tree } from '../base/tree.ts';
import { Tensor } from '../ir/tensor.ts';
import { inFrame, Trace } from './frames.ts';
import { type GraphNode, KerasTensor, type Operation } from './keras-tensor.ts';
import { mapTensors, tensorsIn } from './leaves.ts';

// Both have many divisors, so that reshapes and splits of an unknown size go through.
const trialSizes = [2520, 5040] as const;

/** A shape met while inferring, with the sizes that stand for unknown ones shown as unknown. */
export const asSymbolicShape = (shape: SymbolicShape): SymbolicShape =>
  shape.some((n) => n === trialSizes[0]) && inferring > 0 ? shape.map((n) => (n === trialSizes[0] ? null : n)) : shape;
let inferring = 0;

const hasUnknown = (t: Tensor): boolean => t instanceof KerasTensor && t.symbolicShape.some((n) => n === null);

/** Shape and dtype of a symbolic result. */
export interface SymbolicAval {
  readonly shape: SymbolicShape;
  readonly dtype: Tensor['dtype'];
}

/**
 * What `f` gives for symbolic arguments: it is recorded with every unknown size set to one number, then to another, and
 * sizes that come out different are unknown. Variables that it reads and changes stay as they are.
 */
export function inferSymbolic<R>(
  f: (...args: readonly unknown[]) => R,
  args: readonly unknown[],
): { form: R; avals: SymbolicAval[] } {
  const attempt = (size: number): R =>
    inFrame(new Trace(), () =>
      f(
        ...(mapTensors(args, (t) =>
          t instanceof KerasTensor ? new Tensor({ shape: t.symbolicShape.map((n) => n ?? size), dtype: t.dtype }) : t,
        ) as unknown[]),
      ),
    );
  inferring++;
  try {
    return compare(args, attempt);
  } finally {
    inferring--;
  }
}

function compare<R>(args: readonly unknown[], attempt: (size: number) => R): { form: R; avals: SymbolicAval[] } {
  const form = attempt(trialSizes[0]);
  const first = tensorsIn(form);
  if (!tensorsIn(args).some(hasUnknown)) return { form, avals: first.map(({ shape, dtype }) => ({ shape, dtype })) };
  const second = tensorsIn(attempt(trialSizes[1]));
  const avals = first.map(({ shape, dtype }, k) => ({
    shape: sameShape(shape, second[k]!.shape) ? shape : shape.map((n, d) => (n === second[k]!.shape[d] ? n : null)),
    dtype,
  }));
  return { form, avals };
}

/** Records a call of an operation on symbolic tensors: adds a node to the functional graph and gives its outputs. */
export function addNode(
  operation: Operation,
  args: readonly unknown[],
  form: unknown,
  avals: readonly SymbolicAval[],
): Tree<KerasTensor> {
  const outputs = avals.map(({ shape, dtype }) => new KerasTensor(shape, { dtype }));
  if (outputs.length === 0)
    fail(operation, 'a symbolic call gave no tensor', 'return the tensors that the call computes');
  let at = 0;
  const node: GraphNode = {
    operation,
    args,
    inputs: tensorsIn(args).filter((t) => t instanceof KerasTensor),
    form: mapTensors(form, () => outputs[at++]!) as Tree<KerasTensor>,
    outputs,
  };
  outputs.forEach((y, index) => (y.history = { node, index }));
  operation.inboundNodes.push(node);
  return node.form;
}

export const hasSymbolic = (args: unknown): boolean => tensorsIn(args).some((t) => t instanceof KerasTensor);
