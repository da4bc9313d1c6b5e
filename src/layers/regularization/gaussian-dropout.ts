import type { Resolved } from '../../base/field/field.ts';
import { multiply } from '../../ops/index.ts';
import { normal, SeedGenerator } from '../../random/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { CallOptions } from '../layer/call-context.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { rateField, seedField } from './fields.ts';

const fields = {
  /** The noise has the standard deviation `sqrt(rate / (1 - rate))`. */
  rate: rateField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
};

export interface GaussianDropout extends Resolved<typeof fields> {}
/** While training, multiplies inputs by normal noise around 1. @see https://keras.io/api/layers/regularization_layers/gaussian_dropout/ */
export class GaussianDropout extends Layer<typeof fields> {
  static override readonly className = 'GaussianDropout';
  static override readonly notesTraining = true;
  static override readonly fields = fields;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;
  /** Where it takes its random numbers from; null if `rate` is 0. */
  readonly seedGenerator: SeedGenerator | null = this.rate > 0 ? new SeedGenerator({ seed: this.seed }) : null;

  call(inputs: Tensor, { training = false }: CallOptions = {}): Tensor {
    const { rate, seedGenerator: seed } = this;
    if (!training || !seed) return inputs;
    const stddev = Math.sqrt(rate / (1 - rate));
    return multiply(inputs, normal(inputs.shape, { mean: 1, stddev, dtype: this.computeDtype, seed }));
  }
}
