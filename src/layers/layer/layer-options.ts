import type { PolicyLike } from '../../base/dtype-policy.ts';
import type { RegularizerLike } from '../../regularizers/index.ts';

/** Options of every layer. */
export interface LayerOptions {
  /** Unique within a model; made from the class name when absent. */
  readonly name?: string | null | undefined;
  /** Whether optimizers change its weights. */
  readonly trainable?: boolean | undefined;
  /** Dtype, or dtype policy such as "mixed_float16", of weights and computation. */
  readonly dtype?: PolicyLike;
  /** Whether inputs and weights are converted to the policy's dtype of computation. */
  readonly autocast?: boolean | undefined;
  /** Penalty on the layer's output, added to the loss. */
  readonly activityRegularizer?: RegularizerLike | undefined;
}
export const baseOptions = ['name', 'trainable', 'dtype', 'activityRegularizer', 'autocast'] as const;
