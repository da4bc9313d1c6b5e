import type { Resolved } from '../../base/field/field.ts';
import { dropout, SeedGenerator } from '../../random/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { CallOptions } from '../layer/call-context.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { noiseShapeField, rateField, seedField } from './fields.ts';

const fields = {
  /** Fraction of the inputs that is set to 0. */
  rate: rateField(),
  /** Shape of the pattern, broadcast over the inputs; null for the size of the inputs along an axis. */
  noiseShape: noiseShapeField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
};

export interface Dropout extends Resolved<typeof fields> {}
/**
 * While training, sets inputs to 0 with probability `rate` and divides the others by `1 - rate`; otherwise returns them unchanged.
 * @see https://keras.io/api/layers/regularization_layers/dropout/
 */
export class Dropout extends Layer<typeof fields> {
  static override readonly className = 'Dropout';
  static override readonly notesTraining = true;
  static override readonly fields = fields;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;
  /** Where it takes its random numbers from; null if `rate` is 0. */
  readonly seedGenerator: SeedGenerator | null = this.rate > 0 ? new SeedGenerator({ seed: this.seed }) : null;

  call(inputs: Tensor, { training = false }: CallOptions = {}): Tensor {
    if (!training || !this.seedGenerator) return inputs;
    return dropout(inputs, this.rate, { noiseShape: this.noiseShape, seed: this.seedGenerator });
  }
}
