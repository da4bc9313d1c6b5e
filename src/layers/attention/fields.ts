import { f } from '../../base/field/field.ts';
import { constraintField } from '../../constraints/field.ts';
import { initializerField } from '../../initializers/field.ts';
import { regularizerField } from '../../regularizers/field.ts';
import { rateField, seedField } from '../regularization/fields.ts';

/** Options that attention layers with projections share. */
export const projectionFields = {
  /** Fraction of the attention weights that is set to 0 while training. */
  dropout: { ...rateField(), required: false as const, initial: 0 },
  /** Whether projections add a learned vector. */
  useBias: f.bool(true),
  /** Whether the result of a query is multiplied by the sigmoid of a projection of the query. */
  useGate: f.bool(false),
  /** Number of positions on each side that a query sees; null for all. */
  slidingWindow: f.nullable(f.int({ min: 1 })),
  /** Initializer of the kernels of the projections; `'glorot_uniform'` by default. */
  kernelInitializer: initializerField('glorot_uniform'),
  /** Initializer of their biases; zeros by default. */
  biasInitializer: initializerField('zeros'),
  /** Penalty on their kernels, added to the loss. */
  kernelRegularizer: regularizerField(),
  /** Penalty on their biases, added to the loss. */
  biasRegularizer: regularizerField(),
  /** Penalty on the output of each projection. */
  activityRegularizer: regularizerField(),
  /** Applied to their kernels after each update. */
  kernelConstraint: constraintField(),
  /** Applied to their biases after each update. */
  biasConstraint: constraintField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
};
