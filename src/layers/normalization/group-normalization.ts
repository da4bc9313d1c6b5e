import { fail } from '../../base/errors.ts';
import { f, type Resolved } from '../../base/field/field.ts';
import type { Config } from '../../base/registry/serialize.ts';
import { range, type SymbolicShape, showShape } from '../../base/shape.ts';
import { add, cast, moments, multiply, reshape, rsqrt, subtract } from '../../ops/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { buildAffine } from './affine.ts';
import { affineFields } from './fields.ts';

const fields = {
  /** Number of groups of channels; -1 for one per channel. */
  groups: f.int({ initial: 32, min: -1 }),
  /** Axis of the channels. */
  axis: f.int({ initial: -1 }),
  ...affineFields,
};

export interface GroupNormalization extends Resolved<typeof fields> {}
/**
 * `gamma · (x - mean) / sqrt(variance + epsilon) + beta`, with the statistics of each example over each group of channels.
 * @see https://keras.io/api/layers/normalization_layers/group_normalization/
 */
export class GroupNormalization extends Layer<typeof fields> {
  static override readonly className = 'GroupNormalization';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;
  /** Learned factor of each channel, `[channels]`; null with `scale: false`. */
  gamma: Variable | null = null;
  /** Learned offset of each channel, `[channels]`; null with `center: false`. */
  beta: Variable | null = null;
  #groupCount = this.groups;

  override build(inputShape: SymbolicShape): void {
    const channels = inputShape.at(this.axis);
    if (channels === undefined || channels === null)
      fail(
        this,
        `inputs of shape ${showShape(inputShape)} have no known size along axis ${this.axis}`,
        'give `axis` an axis of known size',
      );
    if (this.groups === -1) this.#groupCount = channels;
    if (channels % this.#groupCount !== 0)
      fail(
        this,
        `${channels} channels cannot be divided into ${this.#groupCount} groups`,
        'give a number of groups that divides the number of channels',
      );
    this.inputSpec = { ndim: inputShape.length, axes: { [this.axis]: channels } };
    buildAffine(this, [channels]);
  }
  call(inputs: Tensor): Tensor {
    const wide = cast(inputs, 'float32');
    const { shape } = wide;
    const axis = this.axis < 0 ? this.axis + shape.length : this.axis;
    const [groups, within] = [this.#groupCount, shape[axis] / this.#groupCount];
    const x = reshape(wide, [...shape.slice(0, axis), groups, within, ...shape.slice(axis + 1)]);
    const [mean, variance] = moments(
      x,
      range(x.shape.length).filter((d) => d !== 0 && d !== axis),
      { keepdims: true },
    );
    const along = x.shape.map((n, d) => (d === axis || d === axis + 1 ? n : 1));
    const weight = (v: Variable): Tensor => reshape(cast(v, 'float32'), along);
    const inverse = rsqrt(add(variance, this.epsilon));
    const scale = this.gamma ? multiply(inverse, weight(this.gamma)) : inverse;
    const centred = multiply(subtract(x, mean), scale);
    const y = this.beta ? add(centred, weight(this.beta)) : centred;
    return cast(reshape(y, shape), this.computeDtype);
  }
  override getConfig(): Config {
    return { ...super.getConfig(), groups: this.#groupCount };
  }
}
