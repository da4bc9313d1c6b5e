import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { show } from '../../base/options.ts';
import { hasSymbolic, recomputed, type Tensor, tensorsIn } from '../../tensor/index.ts';
import { isRecomputed, type RunningScope } from '../../tensor/remat-scopes.ts';
import { inner } from './inner.ts';
import type { AnyLayer } from './layer.ts';
import { replacingLosses } from './losses.ts';
import { maskOf, setMask } from './masks.ts';

/**
 * A function that computes the same as `f`, but whose intermediate results are recomputed in the backward pass instead
 * of being kept. Gradients, compiled or eager, are those of `f` itself.
 * @example keras.grad(keras.remat((x: Tensor) => keras.ops.sum(keras.ops.square(x))))(keras.tensor([1, 2], { dtype: 'float32' })) // [2, 4]
 * @see https://keras.io/api/utils/config_utils/
 */
export const remat = exact('remat', 1, function remat<A extends readonly unknown[], R>(f: (...args: A) => R): (
  ...args: A
) => R {
  if (typeof f !== 'function')
    fail('remat', `it was given ${show(f)}, no function`, 'give a function of tensors or a layer');
  return (...args) => (hasSymbolic(args) ? f(...args) : again(() => f(...args)));
});

/** The result of `f`, with its masks and added losses, all to be recomputed when a gradient needs them. */
function again<R>(f: () => R, isWanted?: (given: R) => boolean): R {
  let given: Tensor[] = [];
  const result = replacingLosses((gather) =>
    recomputed(
      () => {
        const outputs = f();
        given = tensorsIn(outputs);
        return [outputs, gather()] as const;
      },
      isWanted && (([outputs]) => isWanted(outputs)),
    ),
  );
  tensorsIn(result).forEach((y, k) => {
    const mask = maskOf(given[k]);
    if (mask && y !== given[k]) setMask(y, mask);
  });
  return result;
}

/**
 * A call, recomputed according to the scope its operation was created in, as far as this can be decided without the
 * operation.
 */
export function rematerializedIn<A extends readonly unknown[], R>(
  scope: RunningScope | undefined,
  call: (...args: A) => R,
): (...args: A) => R {
  const isWanted = isRecomputed(scope);
  if (!isWanted) return call;
  const wants = (outputs: R): boolean => isWanted(tensorsIn(outputs));
  return (...args) => (hasSymbolic(args) ? call(...args) : again(() => call(...args), wants));
}

/** A layer's call, recomputed according to the scope it was created in. */
export function rematerialized<A extends readonly unknown[], R>(
  layer: AnyLayer,
  call: (...args: A) => R,
): (...args: A) => R {
  const scope = layer[inner].remat;
  if (scope?.mode === 'list_of_layers' && scope.layerNames.includes(layer.name)) return remat(call);
  if (scope?.mode === 'activations') return (...args) => withActivationAgain(layer, () => call(...args));
  return rematerializedIn(scope, call);
}

/** Runs `f` while the layer's activation, if any, is set to be recomputed. */
function withActivationAgain<R>(layer: AnyLayer, f: () => R): R {
  const holder = layer as { activation?: unknown };
  const { activation } = holder;
  if (typeof activation !== 'function') return f();
  const own = Object.getOwnPropertyDescriptor(holder, 'activation');
  const value = remat((...args: unknown[]): unknown => activation(...args));
  Object.defineProperty(holder, 'activation', { value, configurable: true, writable: true });
  try {
    return f();
  } finally {
    if (own) Object.defineProperty(holder, 'activation', own);
    else delete holder.activation;
  }
}
