import type { Draw } from '../draw.ts';

/** A tensor that a layer may be called on. */
export interface Known {
  readonly id: number;
  /** Without the batch axis. */
  readonly shape: readonly number[];
  /** Set for integers: they are less than this. */
  readonly below?: number;
  /** Whether weights that are trained have a part in it. */
  readonly learns: boolean;
  /** Whether it carries a mask over its steps. */
  readonly masked?: boolean;
}
/** The layer's options in Keras's spelling, and what it is called on: the tensor alone where `on` is absent. */
export interface Made {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly on?: readonly (number | readonly number[])[];
}
/** What else there is to choose from. */
export interface Around {
  readonly known: readonly Known[];
  readonly batch: number;
  /** Elements that an output may have, the batch axis included. */
  readonly room: number;
}
/** How a layer is made to follow a tensor. */
export interface Entry {
  fits(t: Known, around: Around): boolean;
  make(draw: Draw, t: Known, around: Around): Made;
}

export const isFloat = (t: Known): boolean => t.below === undefined;
/** Fits floats of so many axes, the batch axis left out. */
export const ofRank =
  (...ranks: number[]) =>
  (t: Known): boolean =>
    isFloat(t) && ranks.includes(t.shape.length);
export const ofAnyRank = (t: Known): boolean => isFloat(t) && t.shape.length > 0;
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const activations = [
  ...['linear', 'relu', 'tanh', 'sigmoid', 'gelu', 'mish', 'softmax', 'elu', 'selu', 'silu', 'softplus', 'softsign'],
  ...['leaky_relu', 'relu6', 'celu', 'exponential', 'hard_sigmoid', 'hard_silu', 'hard_tanh', 'hard_shrink'],
  ...['soft_shrink', 'tanh_shrink', 'squareplus', 'sparse_plus', 'sparse_sigmoid', 'log_sigmoid'],
  ...['log_softmax', 'sparsemax'],
];
/** Left out where layers have an activation as an option: it halves the channels. */
export const halving = ['glu'];
const regularizers = ['l1', 'l2', 'l1l2'];
const constraints = ['max_norm', 'non_neg', 'unit_norm', 'min_max_norm'];

/** Options that most layers with weights share. */
export function weightOptions(draw: Draw, weight = 'kernel'): Record<string, unknown> {
  return {
    ...(draw.oneIn(8) && { [`${weight}_regularizer`]: draw.of(regularizers) }),
    ...(draw.oneIn(10) && { [`${weight}_constraint`]: draw.of(constraints) }),
  };
}
/** An activation, mostly a plain one. */
export const activation = (draw: Draw): Record<string, unknown> =>
  draw.oneIn(2) ? { activation: draw.of(activations) } : {};
