import { gradients } from '../../autodiff/gradients.ts';
import { fail } from '../../base/errors.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { differentiable } from '../../tensor/grad.ts';
import { takeApart } from '../core/nests.ts';
import { op } from '../op.ts';
import { cast, like } from '../operands.ts';

type Nest = any;
/**
 * The value of a function and its derivative in a direction: `[f(x), J·t]`. The product with the Jacobian is the gradient,
 * with respect to u, of `t · (Jᵀ·u)`.
 * @example jvp((x) => x.square(), [1.5], [1])[1] // 3
 */
export const jvp = op(
  ['jvp', 'JVP'],
  (
    fun: (...args: Nest[]) => Nest,
    primals: readonly Nest[],
    tangents: readonly Nest[],
    {
      hasAux = false,
    }: {
      /**
       * Whether the function returns an additional value, which is passed on without a derivative; false by default.
       */
      readonly hasAux?: boolean | undefined;
    } = {},
  ): Nest => {
    const x = takeApart(primals.map((primal, k) => differentiable(primal, k, 'jvp')));
    const t = takeApart(tangents);
    if (x.tensors.length !== t.tensors.length)
      fail('jvp', `${x.tensors.length} primals, ${t.tensors.length} tangents`, 'give one tangent for each');
    const result: unknown = fun(...(x.build(x.tensors) as unknown[]));
    const [value, aux] = hasAux ? (result as [unknown, unknown]) : [result, undefined];
    const y = takeApart(value);
    const u = y.tensors.map((out) => like(out, 0));
    const pulled = gradients(y.tensors, u, x.tensors);
    const reached = pulled.flatMap((g, k) => (g ? [{ g, seed: cast(t.tensors[k], g.dtype) }] : []));
    const pushed = gradients(
      reached.map((r) => r.g),
      reached.map((r) => r.seed),
      u,
    );
    const derivative: Tensor[] = pushed.map((g, k) => g ?? u[k]);
    return hasAux ? [value, y.build(derivative), aux] : [value, y.build(derivative)];
  },
  ['function', 'list', 'list'],
  { hasAux: true },
);
