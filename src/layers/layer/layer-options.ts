import type { PolicyLike } from '../../base/dtype-policy.ts';
import type { RegularizerLike } from '../../regularizers/index.ts';

/** Options of every layer. */
export interface LayerOptions {
  /** Name, unique within a model; by default made from the class name. */
  readonly name?: string | null | undefined;
  /** Whether optimizers change its weights. */
  readonly trainable?: boolean | undefined;
  /** Dtype, or dtype policy such as "mixed_float16", of weights and computation. */
  readonly dtype?: PolicyLike;
  /** Whether inputs and weights are cast to the policy's compute dtype. */
  readonly autocast?: boolean | undefined;
  /** Penalty on the output of the layer, added to the loss. */
  readonly activityRegularizer?: RegularizerLike | undefined;
}
export const baseOptions = ['name', 'trainable', 'dtype', 'activityRegularizer', 'autocast'] as const;
