import { type Field, f } from '../../base/field/field.ts';
import { constraintField } from '../../constraints/field.ts';
import { initializerField } from '../../initializers/field.ts';
import { regularizerField } from '../../regularizers/field.ts';

/** Options of the learned `gamma · x + beta` that ends a normalisation. */
export const affineFields = {
  /** Added to the variance, so that its root is never 0. */
  epsilon: f.number({ initial: 1e-3 }),
  /** Whether a learned `beta` is added. */
  center: f.bool(true),
  /** Whether the result is multiplied by a learned `gamma`. */
  scale: f.bool(true),
  /** Initializer of the offset beta; zeros by default. */
  betaInitializer: initializerField('zeros'),
  /** Initializer of the factor gamma; ones by default. */
  gammaInitializer: initializerField('ones'),
  /** Penalty on the offset beta, added to the loss. */
  betaRegularizer: regularizerField(),
  /** Penalty on the factor gamma, added to the loss. */
  gammaRegularizer: regularizerField(),
  /** Applied to the offset beta after each update. */
  betaConstraint: constraintField(),
  /** Applied to the factor gamma after each update. */
  gammaConstraint: constraintField(),
};

type Axes = number | readonly number[];
const isAxes = (v: unknown): v is Axes =>
  Array.isArray(v) ? v.length > 0 && v.every(Number.isInteger) : Number.isInteger(v);
const expects = 'an integer or an array of integers';
/** One axis or several; kept as a list. */
export const axisListField = (initial: Axes): Field<Axes, readonly number[], false> =>
  f.custom<Axes, readonly number[]>({
    expects,
    check: isAxes,
    parse: (v) => (typeof v === 'number' ? [v] : v),
    initial,
  });
/** One axis or several; kept as given. */
export const axesField = (initial: Axes): Field<Axes, Axes, false> =>
  f.custom<Axes, Axes>({ expects, check: isAxes, parse: (v) => v, initial });
