import type { Tensor, Variable } from '../tensor/index.ts';
import type { SlotsByName } from './slots.ts';

/** What the update of one variable may use. */
export interface Update {
  /** The gradient of the loss, clipped and averaged as the options say; shape of the variable. */
  readonly gradient: Tensor;
  /** The variable to be updated. */
  readonly variable: Variable;
  /** The learning rate of this step, a scalar of the variable's dtype. */
  readonly learningRate: Tensor;
  /** Slots of the variable by name. */
  readonly slots: SlotsByName;
  /** Number of this step, from 1, as a float of the variable's dtype. */
  readonly step: Tensor;
}
/** A variable with its gradient. */
export interface Pair {
  readonly variable: Variable;
  readonly gradient: Tensor;
}

/** What optimizers around others see of the state; symbols, so that attributes of one's own classes may have any name. */
export const callCount: unique symbol = Symbol('callCount');
export const trained: unique symbol = Symbol('trained');
export const updateCount: unique symbol = Symbol('updateCount');
