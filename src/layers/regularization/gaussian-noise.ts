import { f, type Resolved } from '../../base/field/field.ts';
import { add } from '../../ops/index.ts';
import { normal, SeedGenerator } from '../../random/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { CallOptions } from '../layer/call-context.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { seedField } from './fields.ts';

const fields = {
  /** Standard deviation of the noise. */
  stddev: f.number({ min: 0, max: 1 }),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
};

export interface GaussianNoise extends Resolved<typeof fields> {}
/** While training, adds normal noise. @see https://keras.io/api/layers/regularization_layers/gaussian_noise/ */
export class GaussianNoise extends Layer<typeof fields> {
  static override readonly className = 'GaussianNoise';
  static override readonly notesTraining = true;
  static override readonly fields = fields;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;
  /** Where it takes its random numbers from; null if `stddev` is 0. */
  readonly seedGenerator: SeedGenerator | null = this.stddev > 0 ? new SeedGenerator({ seed: this.seed }) : null;

  call(inputs: Tensor, { training = false }: CallOptions = {}): Tensor {
    const { stddev, seedGenerator: seed } = this;
    if (!training || !seed) return inputs;
    return add(inputs, normal(inputs.shape, { stddev, dtype: this.computeDtype, seed }));
  }
}
