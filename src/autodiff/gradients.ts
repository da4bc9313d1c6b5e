import { isFloat } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import type { VjpContext } from '../ir/primitive.ts';
import { equationsBehind } from '../ir/program.ts';
import { inScope } from '../ir/scope.ts';
import type { Equation, Tensor } from '../ir/tensor.ts';
import { add } from '../primitives/elementwise.ts';

const context: VjpContext = { gradients };

/**
 * Reverse-mode gradients: of Σ seeds · outputs with respect to each of `wrt`, as new expressions in the same IR. Null
 * if the outputs do not depend on it, or only through something without a gradient. Tensors with serials below `since`
 * count as constants, even if they were computed from `wrt`.
 */
export function gradients(
  outputs: readonly Tensor[],
  seeds: readonly (Tensor | null)[],
  wrt: readonly Tensor[],
  since = 0,
): (Tensor | null)[] {
  const leaves = new Set(wrt);
  const equations = equationsBehind(outputs, (t) => leaves.has(t) || t.serial < since).filter(dependsOn(leaves));
  const found = new Map<Tensor, Tensor>();
  const flow = (to: Tensor, g: Tensor): void => {
    const sofar = found.get(to);
    found.set(to, sofar ? add(sofar, g) : g);
  };
  outputs.forEach((y, k) => {
    const seed = seeds[k];
    if (seed) flow(y, seed);
  });
  for (const equation of equations.reverse()) {
    const upstream = equation.outputs.map((y) => found.get(y) ?? null);
    if (upstream.every((g) => g === null)) continue;
    const { scope, inputs } = equation;
    inScope(scope && { ...scope, isBackward: true }, () =>
      pull(equation, upstream).forEach((g, n) => {
        if (g && isFloat(inputs[n].dtype)) flow(inputs[n], g);
      }),
    );
  }
  return wrt.map((x) => found.get(x) ?? null);
}

function pull({ rule, inputs, attrs, outputs }: Equation, g: readonly (Tensor | null)[]): readonly (Tensor | null)[] {
  if (rule.vjpMany) return rule.vjpMany(g, inputs, attrs, outputs, context);
  if (rule.vjp) return rule.vjp(g[0]!, inputs, attrs, outputs[0], context);
  return fail(
    `gradient of ${rule.name}`,
    'this primitive has no gradient rule',
    'wrap its input in ops.stopGradient(x), or give the primitive a `vjp`',
  );
}

/** Tells, for equations in order, whether they depend on one of the leaves: gradients matter only along those. */
function dependsOn(leaves: ReadonlySet<Tensor>): (equation: Equation) => boolean {
  const reached = new Set<Tensor>(leaves);
  return ({ inputs, outputs }) => {
    if (!inputs.some((x) => reached.has(x))) return false;
    for (const y of outputs) reached.add(y);
    return true;
  };
}
