import { activationField } from '../../activations/field.ts';
import { f } from '../../base/field/field.ts';
import { constraintField } from '../../constraints/field.ts';
import { initializerField } from '../../initializers/field.ts';
import { regularizerField } from '../../regularizers/field.ts';
import { rateField, seedField } from '../regularization/fields.ts';

/** Options of layers that go over a sequence. */
export const sequenceFields = {
  /** Whether the outputs of all steps are returned, not only the last one. */
  returnSequences: f.bool(false),
  /** Whether the last states are returned as well. */
  returnState: f.bool(false),
  /** Whether the sequence is read from its end; the outputs are then in that order. */
  goBackwards: f.bool(false),
  /** Whether each batch starts from the states at the end of the previous one. */
  stateful: f.bool(false),
  /** Whether the loop over the steps is unrolled. */
  unroll: f.bool(false),
  /** Whether the output of masked steps is 0 instead of the previous output. */
  zeroOutputForMask: f.bool(false),
};

/** Options of the weights of a recurrent cell. */
export const cellWeightFields = {
  /** Whether learned vectors are added. */
  useBias: f.bool(true),
  /** Initializer of the kernel; `'glorot_uniform'` by default. */
  kernelInitializer: initializerField('glorot_uniform'),
  /** Makes the weights that are applied to the states. */
  recurrentInitializer: initializerField('orthogonal'),
  /** Initializer of the bias; zeros by default. */
  biasInitializer: initializerField('zeros'),
  /** Penalty on the kernel, added to the loss. */
  kernelRegularizer: regularizerField(),
  /** Penalty on the recurrent kernel, added to the loss. */
  recurrentRegularizer: regularizerField(),
  /** Penalty on the bias, added to the loss. */
  biasRegularizer: regularizerField(),
  /** Applied to the kernel after each update. */
  kernelConstraint: constraintField(),
  /** Applied to the recurrent kernel after each update. */
  recurrentConstraint: constraintField(),
  /** Applied to the bias after each update. */
  biasConstraint: constraintField(),
};
const optionalRate = { ...rateField(), required: false as const, initial: 0 };
export const cellDropoutFields = {
  /** Fraction of the inputs that is set to 0 while training: the same at every step. */
  dropout: optionalRate,
  /** Fraction of the states that is set to 0 while training: the same at every step. */
  recurrentDropout: optionalRate,
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
};

/** Options of recurrent cells with `units` states. */
export const cellFields = {
  /** Size of the output and of each state. */
  units: f.int({ min: 1 }),
  /** Function applied to the new state. */
  activation: activationField('tanh'),
  ...cellWeightFields,
  ...cellDropoutFields,
};
/** Function applied to the gates. */
export const recurrentActivationField = activationField('sigmoid');
