import type { Resolved } from '../../base/field/field.ts';
import type { Config } from '../../base/registry/serialize.ts';
import { SeedGenerator } from '../../random/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { dataFormatField } from '../data-format.ts';
import type { CallOptions } from '../layer/call-context.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { dropChannels } from './channels.ts';
import { rateField, seedField } from './fields.ts';

const fields = {
  /** Fraction of the channels that is set to 0. */
  rate: rateField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  /** The axis of the channels: last or first. */
  dataFormat: dataFormatField(),
};

export interface SpatialDropout3D extends Resolved<typeof fields> {}
/** Drops whole channels, at all positions of a volume together. @see https://keras.io/api/layers/regularization_layers/spatial_dropout3d/ */
export class SpatialDropout3D extends Layer<typeof fields> {
  static override readonly className = 'SpatialDropout3D';
  static override readonly notesTraining = true;
  static override readonly fields = fields;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = { ndim: 5 };
  override supportsMasking = true;
  /** Where it takes its random numbers from; null if `rate` is 0. */
  readonly seedGenerator: SeedGenerator | null = this.rate > 0 ? new SeedGenerator({ seed: this.seed }) : null;

  call(inputs: Tensor, { training = false }: CallOptions = {}): Tensor {
    if (!training || !this.seedGenerator) return inputs;
    return dropChannels(inputs, this.rate, this.dataFormat, this.seedGenerator);
  }
  /** The config as Keras writes it: with a plain dtype and without `trainable`. */
  override getConfig(): Config {
    const { trainable: _, ...config } = super.getConfig();
    return { ...config, dtype: this.dtype };
  }
}
