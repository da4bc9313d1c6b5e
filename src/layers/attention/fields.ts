import { f } from '../../base/field.ts';
import { constraintField } from '../../constraints/field.ts';
import { initializerField } from '../../initializers/field.ts';
import { regularizerField } from '../../regularizers/field.ts';
import { rateField, seedField } from '../regularization/fields.ts';

/** Options that attention layers with projections share. */
export const projectionFields = {
  /** Share of the attention weights that is set to 0 while training. */
  dropout: { ...rateField(), required: false as const, initial: 0 },
  /** Whether projections add a learned vector. */
  useBias: f.bool(true),
  /** Whether what a query gathers is multiplied by the sigmoid of a projection of the query. */
  useGate: f.bool(false),
  /** Number of positions on each side that a query sees; all when null. */
  slidingWindow: f.nullable(f.int({ min: 1 })),
  kernelInitializer: initializerField('glorot_uniform'),
  biasInitializer: initializerField('zeros'),
  kernelRegularizer: regularizerField(),
  biasRegularizer: regularizerField(),
  /** Penalty on what each projection gives. */
  activityRegularizer: regularizerField(),
  kernelConstraint: constraintField(),
  biasConstraint: constraintField(),
  /** Makes the draws repeat from run to run. */
  seed: seedField(),
};
