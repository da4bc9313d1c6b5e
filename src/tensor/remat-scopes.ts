import { sizeOf } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';

/** What is read of a `RematScope` where something is made in it. */
export interface RunningScope {
  readonly mode: string | null;
  readonly outputSizeThreshold: number;
  readonly layerNames: readonly string[];
}

/** The scopes that are running, from the outermost to the innermost. */
export const rematScopes: RunningScope[] = [];
/** The innermost active scope. */
export const currentRematScope = (): RunningScope | undefined => rematScopes[rematScopes.length - 1];

/** Whether a scope wants the given results recomputed, as far as this can be decided without the operation. */
export const isRecomputed = (scope: RunningScope | undefined): ((outputs: readonly Tensor[]) => boolean) | undefined =>
  scope?.mode === 'full'
    ? () => true
    : scope?.mode === 'larger_than'
      ? (outputs) => outputs.reduce((n, t) => n + sizeOf(t.shape), 0) > scope.outputSizeThreshold
      : undefined;
