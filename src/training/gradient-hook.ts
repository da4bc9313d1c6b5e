import type { GradientHook } from './step-types.ts';
import { trainerOf } from './trainer.ts';

export type { GradientHook, GradientsOf } from './step-types.ts';

/**
 * Sets the hook of a model; null removes it. With a hook, a training step consists of two programs, one up to the
 * gradients and one for the update; without, it is one.
 */
export function setGradientHook(model: object, hook: GradientHook | null): void {
  trainerOf(model)!.gradientHook = hook;
}
