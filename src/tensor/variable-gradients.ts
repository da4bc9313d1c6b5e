import { isInexact } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { nextSerial, Tensor } from '../ir/tensor.ts';
import { withHistory } from './frames.ts';
import { gradientsOf } from './grad.ts';
import { currentReplicas, type Replicas } from './replicas.ts';
import { Variable } from './variable.ts';

/** The result of `gradients`. */
export interface Gradients<Aux> {
  /** The differentiated scalar that the function returned. */
  readonly value: Tensor;
  /** Whatever else the function returned. */
  readonly aux: Aux;
  /** One per variable, in order and of its shape; zeros where the value does not depend on it. */
  readonly gradients: Tensor[];
}

type AuxOf<R> = R extends readonly [Tensor, infer Aux] ? Aux : undefined;

/**
 * The gradients of a scalar with respect to variables, or to tensors that the function uses. The function returns the
 * scalar, or `[scalar, aux]` with anything else needed from the computation; values computed outside it are constants.
 * It works the same compiled (in `jit`, in `trainStep`) and eagerly, and can be nested for second derivatives, such as
 * a gradient penalty.
 * @example gradients(() => ops.sum(ops.square(x)), [x]).value // 48
 */
export const gradients = exact('gradients', 2, function gradients<
  R extends Tensor | readonly [value: Tensor, aux: unknown],
>(f: () => R, variables: readonly (Variable | Tensor)[]): Gradients<AuxOf<R>> {
  if (typeof f !== 'function')
    fail('gradients', `it was given ${describe(f)} as its function`, 'gradients(() => loss, model.trainableVariables)');
  if (!Array.isArray(variables))
    fail('gradients', `it was given ${describe(variables)} for a list of variables`, 'e.g. model.trainableVariables');
  // The function reads their current values, whatever it assigns later.
  const wrt = variables.map(leafOf);
  // Anything computed before is a constant, in a recorded program as well: variables may have been updated with it.
  const since = nextSerial();
  const given: unknown = withHistory(f);
  if (given instanceof Promise)
    fail('gradients', 'its function gave a promise', 'compute the loss without await: numbers are read afterwards');
  const [value, aux] = (Array.isArray(given) ? given : [given, undefined]) as [unknown, AuxOf<R>];
  if (!(value instanceof Tensor))
    fail(
      'gradients',
      `its function gave ${describe(value)} instead of a loss`,
      'let it return a scalar tensor, or [loss, aux]',
    );
  const loss = value as Tensor;
  if (loss.serial < since && !wrt.includes(loss))
    fail(
      'gradients',
      'its function gave a tensor that was computed outside of it',
      'compute the loss within the function: gradients(() => lossOf(model(x)), variables)',
    );
  const found = (weight?: Tensor): Tensor[] => gradientsOf(loss, wrt, { who: 'gradients', since, weight });
  const replicas = variables.some(isVariable) ? currentReplicas() : undefined;
  return { value: loss, aux, gradients: replicas ? ofAll(replicas, variables, found(replicas.share)) : found() };
});

const isVariable = (x: Variable | Tensor): boolean => x instanceof Variable;

/**
 * Gradients of the mean over all replicas' batches: those of variables are summed, tensors are each replica's own. Of new values
 * that stand in the place of gradients the largest counts: scales are alike, and follow the largest magnitude of all rows.
 */
function ofAll(
  { sum, largest }: Replicas,
  variables: readonly (Variable | Tensor)[],
  found: readonly Tensor[],
): Tensor[] {
  const all = [...found];
  const settle = (wanted: (x: Variable) => boolean, f: (own: readonly Tensor[]) => Tensor[]): void => {
    const places = variables.flatMap((x, k) => (x instanceof Variable && wanted(x) ? [k] : []));
    f(places.map((k) => found[k])).forEach((t, n) => void (all[places[n]] = t));
  };
  settle((v) => !v.overwriteWithGradient, sum);
  settle((v) => v.overwriteWithGradient, largest);
  return all;
}

function leafOf(x: unknown, k: number): Tensor {
  if (!(x instanceof Variable || x instanceof Tensor))
    fail('gradients', `entry ${k} of its variables is ${describe(x)}`, 'give variables, or tensors that are used');
  // A model's variables may include counters, which no loss depends on.
  if (x instanceof Variable) return x.read();
  const leaf = x as Tensor;
  return isInexact(leaf.dtype)
    ? leaf
    : fail(
        'gradients',
        `entry ${k} of its variables has dtype ${leaf.dtype}, which has no gradient`,
        'leave it out: only floats have gradients',
      );
}

const describe = (x: unknown): string =>
  typeof x === 'object' && x !== null ? `an object (${x.constructor?.name ?? 'Object'})` : `${typeof x} ${String(x)}`;
