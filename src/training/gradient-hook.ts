import type { Tensor, Variable } from '../tensor/index.ts';
import { trainerOf } from './trainer.ts';

/** What a hook is told beside the gradients. */
export interface GradientsOf {
  /** The variables that they belong to, in order. */
  readonly variables: readonly Variable[];
  /** Number of samples in the batch: what a mean over several batches weighs them by. */
  readonly size: number;
}
/**
 * What gradients pass between the backward pass and the update, such as their mean over machines: it gets one tensor for each
 * trainable variable, which lives until the update, and gives as many.
 */
export type GradientHook = (
  gradients: readonly Tensor[],
  of: GradientsOf,
) => readonly Tensor[] | Promise<readonly Tensor[]>;

/**
 * Sets the hook of a model; null takes it away. With a hook the step of training is two programs, one up to the gradients and
 * one for the update; without, it is one.
 */
export function setGradientHook(model: object, hook: GradientHook | null): void {
  trainerOf(model)!.gradientHook = hook;
}
