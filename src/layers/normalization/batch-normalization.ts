import { fail } from '../../base/errors.ts';
import { f, type Options, type Resolved } from '../../base/field/field.ts';
import type { Config } from '../../base/registry/serialize.ts';
import { range, type SymbolicShape, showShape } from '../../base/shape.ts';
import { initializerField } from '../../initializers/field.ts';
import { batchNormalization, cast } from '../../ops/index.ts';
import { currentReplicas, type Tensor, type Variable } from '../../tensor/index.ts';
import type { CallOptions } from '../layer/call-context.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer, type LayerOptions } from '../layer/layer.ts';
import { buildAffine } from './affine.ts';
import { affineFields } from './fields.ts';
import { batchMoments, countOf, follow, momentsOfAll } from './moments.ts';
import { Renormalization, renormFields } from './renormalization.ts';

const fields = {
  /** Axis of the channels, each of which is normalised by itself. */
  axis: f.int({ initial: -1 }),
  /** Fraction of the moving averages that each training step keeps. */
  momentum: f.number({ initial: 0.99 }),
  ...affineFields,
  /** Initializer of the moving mean; zeros by default. */
  movingMeanInitializer: initializerField('zeros'),
  /** Initializer of the moving variance; ones by default. */
  movingVarianceInitializer: initializerField('ones'),
  /** Whether the statistics are those of the batches of all processes that train together, rather than of each its own. */
  synchronized: f.bool(false),
  ...renormFields,
};

export interface BatchNormalization extends Resolved<typeof fields> {}
/**
 * `gamma · (x - mean) / sqrt(variance + epsilon) + beta` for each channel: with the batch's statistics while training, which
 * moving averages follow; otherwise, and when the layer is frozen, with the moving averages.
 * @example new BatchNormalization({ momentum: 0.9 })(x, { training: true })
 * @see https://keras.io/api/layers/normalization_layers/batch_normalization/
 */
export class BatchNormalization extends Layer<typeof fields> {
  static override readonly className = 'BatchNormalization';
  static override readonly fields = fields;
  static override readonly takesMask = true;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;
  /** Learned factor of each channel, `[channels]`; null with `scale: false`. */
  gamma: Variable | null = null;
  /** Learned offset of each channel, `[channels]`; null with `center: false`. */
  beta: Variable | null = null;
  /** Running mean of each channel over training batches, `[channels]`; used in inference. */
  movingMean!: Variable;
  /** Running variance of each channel over training batches, `[channels]`; used in inference. */
  movingVariance!: Variable;
  readonly #correction: Renormalization | null;

  constructor(options: Options<typeof fields> & LayerOptions = {}, ...surplus: undefined[]) {
    super(options, ...surplus);
    this.#correction = this.renorm ? new Renormalization(this) : null;
  }

  override build(inputShape: SymbolicShape): void {
    const { axis } = this;
    const channels = inputShape.at(axis);
    if (channels === undefined || channels === null)
      fail(
        this,
        `inputs of shape ${showShape(inputShape)} have no known size along axis ${axis}`,
        'give `axis` an axis of known size',
      );
    const shape = [channels];
    buildAffine(this, shape);
    this.movingMean = this.addWeight({
      name: 'moving_mean',
      shape,
      initializer: this.movingMeanInitializer,
      trainable: false,
    });
    this.movingVariance = this.addWeight({
      name: 'moving_variance',
      shape,
      initializer: this.movingVarianceInitializer,
      trainable: false,
    });
    this.#correction?.build(this, shape);
    this.inputSpec = { ndim: inputShape.length, axes: { [axis]: channels } };
  }

  call(inputs: Tensor, { training = false, mask }: CallOptions = {}): Tensor {
    if (mask && mask.shape.length !== inputs.shape.length - 1)
      fail(
        this,
        `the mask has shape ${showShape(mask.shape)}, inputs have shape ${showShape(inputs.shape)}`,
        'give a mask with one axis less than the inputs',
      );
    // Statistics of 16-bit floats are taken in float32.
    const x = is16Bit(inputs) ? cast(inputs, 'float32') : inputs;
    const weight = (v: Variable | null): Tensor | null => v && cast(v, x.dtype);
    let [scale, offset] = [weight(this.gamma), weight(this.beta)];
    let [mean, variance] = [weight(this.movingMean)!, weight(this.movingVariance)!];
    if (training && this.trainable) {
      const origin = mean;
      const axes = this.#otherAxes(x);
      [mean, variance] = batchMoments(x, axes, mask);
      const replicas = this.synchronized ? currentReplicas() : undefined;
      if (replicas) [mean, variance] = momentsOfAll(replicas, [mean, variance], countOf(x, axes, mask), origin);
      if (this.#correction) [scale, offset] = this.#correction.correct(this, mean, variance, scale, offset);
      else follow(this.movingVariance, variance, this.momentum);
      follow(this.movingMean, mean, this.momentum);
    }
    const y = batchNormalization(x, mean, variance, this.axis, { scale, offset, epsilon: this.epsilon });
    return y.dtype === this.computeDtype ? y : cast(y, this.computeDtype);
  }
  #otherAxes(x: Tensor): number[] {
    const rank = x.shape.length;
    const axis = this.axis < 0 ? this.axis + rank : this.axis;
    return range(rank).filter((d) => d !== axis);
  }
  override getConfig(): Config {
    return { ...super.getConfig(), renorm_clipping: this.renorm ? (this.renormClipping ?? {}) : null };
  }
}
const is16Bit = (x: Tensor): boolean => x.dtype === 'float16' || x.dtype === 'bfloat16';
