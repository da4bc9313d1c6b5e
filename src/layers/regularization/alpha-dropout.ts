import type { Resolved } from '../../base/field/field.ts';
import { add, cast, greaterEqual, multiply, subtract } from '../../ops/index.ts';
import { SeedGenerator, uniform } from '../../random/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { CallOptions } from '../layer/call-context.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { noiseShapeField, rateField, seedField } from './fields.ts';

const fields = {
  /** Fraction of the inputs that is dropped. */
  rate: rateField(),
  /** Shape of the pattern, broadcast over the inputs; null for the size of the inputs along an axis. */
  noiseShape: noiseShapeField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
};
/** The limit of SELU for large negative inputs: `-alpha · scale`. */
const floor = -1.6732632423543772 * 1.0507009873554805;

export interface AlphaDropout extends Resolved<typeof fields> {}
/**
 * Dropout for SELU: dropped inputs are set to its negative limit, and mean and variance are preserved.
 * @see https://keras.io/api/layers/regularization_layers/alpha_dropout/
 */
export class AlphaDropout extends Layer<typeof fields> {
  static override readonly className = 'AlphaDropout';
  static override readonly notesTraining = true;
  static override readonly fields = fields;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;
  /** Where it takes its random numbers from; null if `rate` is 0. */
  readonly seedGenerator: SeedGenerator | null = this.rate > 0 ? new SeedGenerator({ seed: this.seed }) : null;

  call(inputs: Tensor, { training = false }: CallOptions = {}): Tensor {
    const { rate, noiseShape, seedGenerator: seed } = this;
    if (!training || !seed) return inputs;
    const shape = (noiseShape ?? inputs.shape).map((n, d) => n ?? inputs.shape[d]);
    const isKept = cast(greaterEqual(uniform(shape, { seed }), rate), inputs.dtype);
    const dropped = add(multiply(inputs, isKept), multiply(subtract(1, isKept), floor));
    const scale = ((1 - rate) * (1 + rate * floor ** 2)) ** -0.5;
    return add(multiply(dropped, scale), -scale * floor * rate);
  }
}
