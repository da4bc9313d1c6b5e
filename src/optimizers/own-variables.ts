import type { RealDType } from '../base/dtype.ts';
import { fail, type Named } from '../base/errors.ts';
import { type OptionNames } from '../base/options.ts';
import { sameShape, showShape } from '../base/shape.ts';
import type { InitializerLike } from '../initializers/index.ts';
import { asTensor, type Like, type Tensor, type Variable } from '../tensor/index.ts';

/** Options of a variable of an optimizer. */
export interface OptimizerVariableOptions {
  /** Name of the variable. */
  readonly name?: string;
  /** Its initial value; zeros by default. */
  readonly initializer?: InitializerLike;
  /** Data type; that of the weight it belongs to by default. */
  readonly dtype?: RealDType;
}
export const variableOptions: OptionNames<OptimizerVariableOptions> = { name: true, initializer: true, dtype: true };

interface Owner extends Named {
  readonly built: boolean;
  readonly variables: readonly Variable[];
}

/** Sets the variables of an optimizer, in order: all of them or, if something does not fit, none. */
export function setOwnValues(optimizer: Owner, values: readonly Like[]): void {
  const { variables } = optimizer;
  if (!optimizer.built)
    fail(optimizer, 'it has no variables yet', 'call optimizer.build(model.trainableVariables) first');
  if (values.length !== variables.length)
    fail(
      optimizer,
      `${values.length} values do not fit its ${variables.length} variables`,
      'give one for each of optimizer.variables',
    );
  const tensors = values.map((value, k) => asTensor(value, variables[k].dtype));
  tensors.forEach(({ shape }, k) => {
    const { path, shape: wanted } = variables[k];
    if (!sameShape(shape, wanted))
      fail(
        optimizer,
        `variable "${path}" has shape ${showShape(wanted)}, the value given for it ${showShape(shape)}`,
        'give the values in the order of optimizer.variables',
      );
  });
  tensors.forEach((t, k) => variables[k].assign(t));
}

/** Puts the values of variables into a store, under their numbers. */
export function storeValues(variables: readonly Variable[], store: Record<string, Tensor>): void {
  for (const [k, variable] of variables.entries()) store[k] = variable.value;
}

/** Makes a variable beside each of several, or one for each name: as files keep them, all of one before those of the next. */
export function besideEach<N extends string | readonly string[]>(
  variables: readonly Variable[],
  given: N,
  make: (variable: Variable, name: string) => Variable,
): N extends string ? Variable[] : Variable[][] {
  const names = typeof given === 'string' ? [given] : (given as readonly string[]);
  const made = variables.map((variable) => names.map((name) => make(variable, name)));
  const lists = names.map((_, k) => made.map((own) => own[k]));
  return (typeof given === 'string' ? lists[0] : lists) as N extends string ? Variable[] : Variable[][];
}
