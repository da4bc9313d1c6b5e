import type { Named } from '../base/errors.ts';
import type { Tensor, Variable } from '../tensor/index.ts';

/** Members that the training loop has of a model: symbols, so that a model's attributes may have any name. */
export const forward: unique symbol = Symbol('forward');
export const resumeEpoch: unique symbol = Symbol('resumeEpoch');
export const writeWeights: unique symbol = Symbol('writeWeights');
export const readWeights: unique symbol = Symbol('readWeights');

/** What the training loop needs of a model. */
export interface Trainable extends Named {
  /** The forward pass. */
  [forward](inputs: unknown, training: boolean): unknown;
  readonly trainableVariables: Variable[];
  readonly nonTrainableVariables: Variable[];
  /** Scalars that add to the loss: from layers and regularizers. */
  readonly losses: Tensor[];
  readonly dtypePolicy: { readonly name: string };
  /** Inputs and outputs, where they are known before the first call. */
  readonly inputs?: readonly unknown[] | undefined;
  readonly outputs?: readonly unknown[] | undefined;
  /** Names of the outputs, in order. */
  readonly outputNames: readonly string[] | undefined;
  readonly built: boolean;
  /** Set by a callback to end training after the batch or epoch. */
  stopTraining: boolean;
  /** Set by a callback when training begins: the epoch to go on from. */
  [resumeEpoch]?: number | undefined;
  getWeights(): Tensor[];
  setWeights(values: readonly Tensor[]): void;
}
