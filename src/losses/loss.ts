import { invoke, showNamed } from '../base/callable.ts';
import { toSnakeCase } from '../base/case.ts';
import { asDType, type DType } from '../base/dtype.ts';
import { asPolicy, type PolicyLike } from '../base/dtype-policy.ts';
import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { optionsToConfig } from '../base/field/disk.ts';
import type { Fields, Options } from '../base/field/field.ts';
import { autoName } from '../base/naming.ts';
import { type OptionNames, optionsOf, refuseSurplus } from '../base/options.ts';
import { Configured, fieldsOf, others } from '../base/registry/configured.ts';
import type { Config } from '../base/registry/serialize.ts';
import { refuseUndescribed } from '../base/registry/undescribed.ts';
import type { Shape } from '../base/shape.ts';
import { closest } from '../base/spelling.ts';
import { isPlainObject } from '../base/tree.ts';
import { Tensor } from '../ir/tensor.ts';
import { logicalAnd } from '../ops/index.ts';
import { mapTensors, tensorsIn } from '../tensor/leaves.ts';
import { asTensor, type Like } from '../tensor/like.ts';
import { type Reduction, reduceWeighted, reductions } from './reduction.ts';

/** Options of every loss. */
export interface LossOptions {
  /** Name in logs; the snake_case of the class by default. */
  readonly name?: string | null | undefined;
  /**
   * How the losses of a batch are reduced: "sum_over_batch_size" (the mean), "sum", "mean_with_sample_weight", "none".
   */
  readonly reduction?: Reduction | undefined;
  /** Dtype in which the loss is computed. */
  readonly dtype?: PolicyLike;
}
/** What a loss takes besides labels and predictions. */
export interface LossCallOptions {
  /** A weight for each sample, or each element of the unreduced loss. */
  readonly sampleWeight?: Like | null | undefined;
  /** Where the loss counts. */
  readonly mask?: Like | null | undefined;
}
const lossCallOptions: OptionNames<LossCallOptions> = { sampleWeight: true, mask: true };

/** A nest of tensors: plain nested numbers form one tensor; a list or object of tensors stays a nest. */
export function convertNest(x: unknown, dtype: DType): unknown {
  if ((Array.isArray(x) || isPlainObject(x)) && tensorsIn(x).length > 0)
    return mapTensors(x, (t) => asTensor(t, dtype));
  return asTensor(x as Like, dtype);
}

/**
 * Compares predictions with labels: `loss(yTrue, yPred, { sampleWeight })`. Custom losses extend this class and compute
 * the loss of each sample in `call`.
 * @see https://keras.io/api/losses/
 */
export abstract class Loss<S extends Fields = {}> extends Configured<
  S,
  [yTrue: unknown, yPred: unknown, options?: LossCallOptions],
  Tensor,
  LossOptions
> {
  static override readonly className: string = 'Loss';
  /** The default name; by default derived from the class name. */
  static readonly defaultName: string | undefined = undefined;
  /** Options written to configs only if they differ from their default, because Keras leaves them out. */
  static readonly unwrittenDefaults: readonly string[] = [];

  override readonly name: string;
  readonly reduction: Reduction;
  readonly dtype: DType;

  constructor(options: Options<S> & LossOptions = {} as Options<S> & LossOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    const { className } = this;
    const { defaultName } = this.constructor as typeof Loss;
    const { name, reduction = 'sum_over_batch_size', dtype } = options as LossOptions;
    if (reduction !== null && !reductions.includes(reduction))
      fail(
        className,
        `the reduction is "${String(reduction)}"`,
        `use one of ${reductions.join(', ')}; did you mean "${closest(String(reduction), reductions)}"?`,
      );
    // The names of the library's losses are not numbered, those of users' losses are.
    this.name =
      name ??
      defaultName ??
      (Object.hasOwn(this.constructor, 'className') ? toSnakeCase(className) : autoName(toSnakeCase(className)));
    this.reduction = reduction;
    this.dtype = asDType(asPolicy(dtype).computeDtype);
  }
  protected override get [others](): readonly (keyof LossOptions)[] {
    return ['name', 'reduction', 'dtype'];
  }

  /** The loss of each sample. */
  abstract override call(yTrue: Tensor, yPred: Tensor): Tensor;
  /**
   * Refuses values that cannot be labels for predictions of the given shape; called on all labels given to training as
   * arrays.
   */
  checkLabels(_labels: ArrayLike<number>, _predictions: Shape): void {}
  /** A mask of the samples whose loss counts; null for all. */
  validity(_losses: Tensor, _yTrue: Tensor, _yPred: Tensor): Tensor | null {
    return null;
  }

  protected [invoke](yTrue: unknown, yPred: unknown, options: LossCallOptions = {}, ...surplus: unknown[]): Tensor {
    refuseSurplus(this, [yTrue, yPred, options, ...surplus], 3);
    const { sampleWeight, mask } = optionsOf(this, lossCallOptions, options);
    const [t, y] = [convertNest(yTrue, this.dtype) as Tensor, convertNest(yPred, this.dtype) as Tensor];
    const losses = asTensor(this.call(t, y), this.dtype);
    const given = mask === undefined || mask === null ? null : asTensor(mask, 'bool');
    const own = this.validity(losses, t, y);
    const weight = sampleWeight === undefined || sampleWeight === null ? null : asTensor(sampleWeight, this.dtype);
    return reduceWeighted(losses, weight, given && own ? logicalAnd(given, own) : (given ?? own), this.reduction);
  }

  override getConfig(): Config {
    const { unwrittenDefaults } = this.constructor as typeof Loss;
    const { config }: { readonly config: Readonly<Record<string, unknown>> } = this;
    const written = Object.entries(fieldsOf(this)).filter(
      ([key, field]) => !unwrittenDefaults.includes(key) || config[key] !== field.initial,
    );
    const full = {
      name: this.name,
      reduction: this.reduction,
      ...optionsToConfig(Object.fromEntries(written), config),
    };
    refuseUndescribed(this, full, ['dtype']);
    return full;
  }
  /** Its class and its name: `<MeanSquaredError name=mean_squared_error>`. */
  override toString(): string {
    return showNamed(this);
  }

  static {
    exactMethods(this);
  }
}
