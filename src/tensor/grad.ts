import { gradients } from '../autodiff/gradients.ts';
import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { showShape } from '../base/shape.ts';
import { complex, partsOf } from '../ir/complex.ts';
import { Tensor } from '../ir/tensor.ts';
import { neg } from '../primitives/elementwise.ts';
import { full } from '../primitives/generators.ts';
import { evaluate } from '../runtime/execute.ts';
import { currentTrace, inFrame, Trace } from './frames.ts';
import { tensorsIn, withTensors } from './leaves.ts';

export interface GradOptions {
  /** Which argument, or arguments, to differentiate with respect to; the first when absent. */
  readonly argnums?: number | readonly number[];
}
const gradOptions: OptionNames<GradOptions> = { argnums: true };

/**
 * Gradients of a scalar with respect to tensors, zeros where it does not depend on one. With respect to z = a + bi it is
 * `∂/∂a - i ∂/∂b`, as in JAX.
 */
export function gradientsOf(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (loss.shape.length > 0)
    fail(
      'grad',
      `the function must give a scalar, it gave shape ${showShape(loss.shape)}`,
      'reduce the result, e.g. with ops.sum or ops.mean',
    );
  if (loss.parts) fail('grad', 'the function gave a complex64 number', 'make it real, e.g. with ops.real or ops.abs');
  const zeros = (t: Tensor): Tensor => full({ shape: t.shape, dtype: t.dtype, value: 0 });
  const record = (): Tensor[] => {
    const leaves = wrt.flatMap(partsOf);
    const found = gradients([loss], [full({ shape: [], dtype: loss.dtype, value: 1 })], leaves);
    const known = found.map((g, k) => g ?? zeros(leaves[k]!));
    let at = 0;
    const next = (): Tensor => known[at++]!;
    return wrt.map((t) => (t.parts ? complex(next(), neg(next())) : next()));
  };
  if (currentTrace()) return record();
  const found = inFrame(new Trace({ inline: true }), record);
  evaluate(found);
  // The history behind a gradient would keep the whole computation alive.
  const bare = (g: Tensor): Tensor => new Tensor(g, { storage: g.storage! });
  return found.map((g) => (g.parts ? complex(bare(g.parts[0]), bare(g.parts[1])) : bare(g)));
}

/**
 * Of a function that gives a scalar: a function that gives its value and its gradient, in the nest of the argument.
 * @example valueAndGrad((x: Tensor) => ops.sum(ops.square(x)))(tensor([1, 2, 3], { dtype: 'float32' })) // [14, [2, 4, 6]]
 */
export function valueAndGrad<A extends readonly unknown[]>(
  f: (...args: A) => Tensor,
  options: GradOptions = {},
): (...args: A) => [value: Tensor, gradient: unknown] {
  const { argnums = 0 } = optionsOf('valueAndGrad', gradOptions, options);
  return (...args) => {
    const positions = typeof argnums === 'number' ? [argnums] : argnums;
    const given = positions.map((k) => args[k]);
    const wrt = tensorsIn(given);
    const value = currentTrace() ? f(...args) : inFrame({ kind: 'tape' }, () => f(...args));
    const found = withTensors(given, gradientsOf(value, wrt));
    return [value, typeof argnums === 'number' ? found[0] : found];
  };
}

/** Of a function that gives a scalar: a function that gives its gradient with respect to the first argument (or `argnums`). */
export function grad<A extends readonly unknown[]>(
  f: (...args: A) => Tensor,
  options: GradOptions = {},
): (...args: A) => unknown {
  optionsOf('grad', gradOptions, options);
  const both = valueAndGrad(f, options);
  return (...args) => both(...args)[1];
}
