import { fail } from '../../base/errors.ts';
import { f, type Resolved } from '../../base/field.ts';
import { range, type SymbolicShape, showShape } from '../../base/shape.ts';
import { constraintField } from '../../constraints/index.ts';
import { initializerField } from '../../initializers/index.ts';
import { add, batchNormalization, cast, multiply } from '../../ops/index.ts';
import { regularizerField } from '../../regularizers/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { CallOptions } from '../call-context.ts';
import type { InputSpec } from '../input-spec.ts';
import { Layer } from '../layer.ts';
import { batchMoments } from './moments.ts';

const fields = {
  /** Axis of the channels, each of which is normalised on its own. */
  axis: f.int({ initial: -1 }),
  /** How much of the moving averages stays at each training step. */
  momentum: f.number({ initial: 0.99 }),
  /** Added to the variance, so that its root is never 0. */
  epsilon: f.number({ initial: 1e-3 }),
  /** Whether a learned `beta` is added. */
  center: f.bool(true),
  /** Whether the result is multiplied by a learned `gamma`. */
  scale: f.bool(true),
  betaInitializer: initializerField('zeros'),
  gammaInitializer: initializerField('ones'),
  movingMeanInitializer: initializerField('zeros'),
  movingVarianceInitializer: initializerField('ones'),
  betaRegularizer: regularizerField(),
  gammaRegularizer: regularizerField(),
  betaConstraint: constraintField(),
  gammaConstraint: constraintField(),
  /** Whether replicas of a distributed run share their statistics. */
  synchronized: f.bool(false),
};

export interface BatchNormalization extends Resolved<typeof fields> {}
/**
 * `gamma · (x - mean) / sqrt(variance + epsilon) + beta` for each channel: with the batch's statistics while training, which
 * moving averages follow, and with the moving averages else (and when the layer is frozen).
 * @see https://keras.io/api/layers/normalization_layers/batch_normalization/
 */
export class BatchNormalization extends Layer<typeof fields> {
  static override readonly className = 'BatchNormalization';
  static override readonly fields = fields;
  static override readonly takesMask = true;
  override supportsMasking = true;
  gamma: Variable | null = null;
  beta: Variable | null = null;
  movingMean!: Variable;
  movingVariance!: Variable;

  override build(inputShape: SymbolicShape): void {
    const { axis } = this;
    const channels = inputShape.at(axis);
    if (channels === undefined || channels === null)
      fail(
        this,
        `inputs of shape ${showShape(inputShape)} have no known size along axis ${axis}`,
        'give `axis` an axis of known size',
      );
    const shape = [channels!];
    if (this.scale)
      this.gamma = this.addWeight({
        name: 'gamma',
        shape,
        initializer: this.gammaInitializer,
        regularizer: this.gammaRegularizer,
        constraint: this.gammaConstraint,
      });
    if (this.center)
      this.beta = this.addWeight({
        name: 'beta',
        shape,
        initializer: this.betaInitializer,
        regularizer: this.betaRegularizer,
        constraint: this.betaConstraint,
      });
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
    this.inputSpec = { ndim: inputShape.length, axes: { [axis]: channels! } } satisfies InputSpec;
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
    const isTraining = training && this.trainable;
    const [mean, variance] = isTraining ? this.batchStatistics(x, mask) : [this.movingMean, this.movingVariance];
    const y = batchNormalization(x, cast(mean, x.dtype), cast(variance, x.dtype), this.axis, {
      scale: this.gamma && cast(this.gamma, x.dtype),
      offset: this.beta && cast(this.beta, x.dtype),
      epsilon: this.epsilon,
    });
    return cast(y, this.computeDtype);
  }
  private batchStatistics(x: Tensor, mask: Tensor | null | undefined): [Tensor, Tensor] {
    const axis = this.axis < 0 ? this.axis + x.shape.length : this.axis;
    const [mean, variance] = batchMoments(
      x,
      range(x.shape.length).filter((d) => d !== axis),
      mask,
    );
    this.follow(this.movingMean, mean);
    this.follow(this.movingVariance, variance);
    return [mean, variance];
  }
  /** `moving = moving · momentum + value · (1 - momentum)`. */
  private follow(moving: Variable, value: Tensor): void {
    const { momentum } = this;
    const old = moving.value;
    moving.assign(add(multiply(old, momentum), multiply(cast(value, old.dtype), 1 - momentum)));
  }
}
const is16Bit = (x: Tensor): boolean => x.dtype === 'float16' || x.dtype === 'bfloat16';
