import { fail, type Named } from '../base/errors.ts';
import { asTensor, type Like, type Tensor, type Variable, withVariableValues } from '../tensor/index.ts';

interface Applying extends Named {
  readonly built: boolean;
  readonly variables: readonly Variable[];
  apply(gradients: readonly (Tensor | null)[], variables: readonly Variable[]): void;
}

/** One step of an optimizer on given values of its own variables and of those it trains; returns the new values of both. */
export function applyStatelessly(
  optimizer: Applying,
  trained: readonly Variable[],
  [ownValues, trainedValues]: readonly [own: readonly Like[], trained: readonly Like[]],
  gradients: readonly (Tensor | null)[],
): [trained: Tensor[], own: Tensor[]] {
  if (!optimizer.built)
    fail(optimizer, 'statelessApply needs its variables', 'call optimizer.build(model.trainableVariables) first');
  const own = optimizer.variables;
  const values = new Map<Variable, Tensor>();
  const take = (variables: readonly Variable[], given: readonly Like[], what: string): void => {
    if (given.length !== variables.length)
      fail(
        optimizer,
        `${given.length} values do not fit its ${variables.length} ${what} variables`,
        'give one value for each, in order',
      );
    variables.forEach((v, k) => values.set(v, asTensor(given[k], v.dtype)));
  };
  take(own, ownValues, 'own');
  take(trained, trainedValues, 'trained');
  const { finalValue } = withVariableValues(values, () => optimizer.apply(gradients, trained));
  return [trained.map(finalValue), own.map(finalValue)];
}
