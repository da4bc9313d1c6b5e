import { type DType, isFloat } from '../../base/dtype.ts';
import { fail, type Named } from '../../base/errors.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { type Shape, sameShape, showShape } from '../../base/shape.ts';
import * as initializers from '../../initializers/index.ts';
import { asTensor, type Like, type Tensor, Variable, type VariableOptions } from '../../tensor/index.ts';

/** Options of `addWeight`. */
export interface WeightOptions {
  /** Name of the weight within its layer; variable, variable_1, … by default. */
  readonly name?: string;
  /** Shape of the weight; `[]`, a scalar, by default. */
  readonly shape?: Shape;
  /** Default: glorot_uniform for floats, zeros otherwise. */
  readonly initializer?: initializers.InitializerLike;
  /** Data type; that of the layer's variables by default. */
  readonly dtype?: DType;
  /** Whether the optimizer updates it; true by default. */
  readonly trainable?: boolean;
  /** Whether it is cast to the compute dtype when read. */
  readonly autocast?: boolean;
  /** Whether the optimizer puts its gradient in the place of its value, as for scales of 8-bit floats; false by default. */
  readonly overwriteWithGradient?: boolean;
  /** How the values of several replicas are combined; `'none'` by default. */
  readonly aggregation?: NonNullable<VariableOptions['aggregation']>;
  /** Penalty on the weight, added to the loss. */
  readonly regularizer?: ((value: Tensor) => Tensor) | null;
  /** Applied to the weight after each update. */
  readonly constraint?: ((value: Tensor) => Tensor) | null;
}

const weightOptions: OptionNames<WeightOptions> = {
  name: true,
  shape: true,
  initializer: true,
  dtype: true,
  trainable: true,
  autocast: true,
  overwriteWithGradient: true,
  aggregation: true,
  regularizer: true,
  constraint: true,
};
/** A variable with its initial value. */
export function makeWeight(layer: Named, given: WeightOptions & { dtype: DType }): Variable {
  const { initializer, shape = [], overwriteWithGradient = false, ...options } = optionsOf(layer, weightOptions, given);
  const make = initializers.get(initializer ?? (isFloat(given.dtype) ? 'glorot_uniform' : 'zeros'))!;
  if (shape.some((n) => !Number.isInteger(n)))
    fail(
      layer,
      `${options.name ? `weight "${options.name}"` : 'a weight'} needs a shape of integers, got ${showShape(shape)}`,
      'give the input a known size along the axis that the weight depends on',
    );
  const variable = new Variable(make, { ...options, shape });
  variable.overwriteWithGradient = overwriteWithGradient;
  makers.set(variable, layer);
  return variable;
}

const makers = new WeakMap<Variable, Named>();
/** The layer whose `addWeight` made a variable. */
export const makerOf = (variable: Variable): Named | undefined => makers.get(variable);

/** Sets the values of variables, in order: all of them, or none if something does not fit. */
export function replaceValues(layer: Named, weights: readonly Variable[], values: readonly Like[]): void {
  if (values.length !== weights.length)
    fail(
      layer,
      `setWeights got ${values.length} arrays, but the layer has ${weights.length} weights`,
      'give one array for each of layer.weights (build the layer first if it has none)',
    );
  const tensors = values.map((x, k) => asTensor(x, weights[k].dtype));
  tensors.forEach((t, k) => {
    const { path, shape } = weights[k];
    if (!sameShape(t.shape, shape))
      fail(
        layer,
        `weight "${path}" has shape ${showShape(shape)}, the array given for it ${showShape(t.shape)}`,
        'give the arrays in the order of layer.weights',
      );
  });
  tensors.forEach((t, k) => weights[k].assign(t));
}
