import { fail } from '../../base/errors.ts';
import { type Tensor, type Variable, withVariableValues } from '../../tensor/index.ts';
import { splitOptions } from './call-arguments.ts';
import type { AnyLayer } from './layer.ts';

/**
 * Runs `f` with the layer's variables set to given values; returns its result and the new values of the non-trainable
 * ones.
 */
export function statelessly<R>(
  layer: AnyLayer,
  trainable: readonly Tensor[],
  nonTrainable: readonly Tensor[],
  f: () => R,
): [result: R, nonTrainable: Tensor[]] {
  const [own, others] = [layer.trainableVariables, layer.nonTrainableVariables];
  if (own.length !== trainable.length || others.length !== nonTrainable.length)
    fail(
      layer,
      `statelessCall got ${trainable.length} trainable and ${nonTrainable.length} non-trainable values for ${own.length} and ${others.length} variables`,
      'give the values of layer.trainableVariables and layer.nonTrainableVariables, in order',
    );
  const values = new Map<Variable, Tensor>([
    ...own.map((v, k) => [v, trainable[k]] as const),
    ...others.map((v, k) => [v, nonTrainable[k]] as const),
  ]);
  const { result, finalValue } = withVariableValues(values, f);
  return [result, others.map(finalValue)];
}

/** The arguments of a pure call without the `returnLosses` option, and the value of that. */
export function withoutReturnLosses(given: readonly unknown[]): { args: readonly unknown[]; wantsLosses: boolean } {
  const { args, options } = splitOptions(given);
  if (!Object.hasOwn(options, 'returnLosses')) return { args: given, wantsLosses: false };
  const { returnLosses, ...rest } = options;
  return { args: Object.keys(rest).length > 0 ? [...args, rest] : args, wantsLosses: returnLosses === true };
}
