import { exactMethods } from '../base/exact.ts';
import { f, type Options } from '../base/field/field.ts';
import { deserializeObject, isSerializedObject, serializeObject } from '../base/registry/serialize.ts';
import {
  add,
  all,
  cast,
  convertToTensor,
  divide,
  equal,
  isfinite,
  logicalAnd,
  multiply,
  notEqual,
  where,
} from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';
import { changeOnlyIf } from './change-only-if.ts';
import type { OptimizerAttributes } from './fields.ts';
import { Optimizer, type OptimizerOptions, trained, updateCount } from './optimizer.ts';
import type { LearningRateSchedule } from './schedules/schedule.ts';

/** Any optimizer, whatever its options. */
export type AnyOptimizer = Optimizer<any>;
/** An option that takes an optimizer or its config. */
export const optimizerField = f.custom<AnyOptimizer | object, AnyOptimizer>({
  expects: 'an optimizer',
  check: (v): v is AnyOptimizer | object => v instanceof Optimizer || isSerializedObject(v),
  parse: (v) => (v instanceof Optimizer ? v : (deserializeObject(v) as AnyOptimizer)),
  toDisk: serializeObject,
});
const fields = {
  /** The optimizer that makes the steps. */
  innerOptimizer: optimizerField,
  /** The initial scale. */
  initialScale: f.number({ initial: 2 ** 15 }),
  /** Finite steps after which the scale doubles. */
  dynamicGrowthSteps: f.int({ initial: 2000, min: 1 }),
};

/** Scales the loss as far as float16 allows: doubles the scale now and then, halves it and skips the step when a gradient is not finite. @see https://keras.io/api/optimizers/loss_scale_optimizer/ */
export class LossScaleOptimizer extends Optimizer<typeof fields> {
  static override readonly className = 'LossScaleOptimizer';
  static override readonly fields = fields;
  #counter: Variable | undefined;
  #scale: Variable | undefined;

  constructor(options: Options<typeof fields> & OptimizerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    this.innerOptimizer.lossScaleFactor = null;
  }
  get innerOptimizer(): AnyOptimizer {
    return this.config.innerOptimizer;
  }
  protected override get initialRate(): number {
    return 0;
  }
  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    this.#counter = this.track('step_counter', { shape: [], dtype: 'int32' });
    this.#scale = this.track('dynamic_scale', { shape: [], dtype: 'float32' }, this.config.initialScale);
    this.innerOptimizer.build(variables);
    super.build(variables);
  }
  override get variables(): Variable[] {
    return [...super.variables, ...this.innerOptimizer.variables];
  }
  override get iterations(): Variable {
    return this.innerOptimizer.iterations;
  }
  override get [updateCount](): Tensor {
    return this.innerOptimizer[updateCount];
  }
  override get learningRate(): Tensor {
    return this.innerOptimizer.learningRate;
  }
  override set learningRate(value: number | Tensor | LearningRateSchedule<any>) {
    this.innerOptimizer.learningRate = value;
  }
  override scaleLoss(loss: Tensor): Tensor {
    return multiply(loss, this.#scale?.read() ?? this.config.initialScale);
  }
  /** Whether all gradients are finite: a bool scalar. */
  checkFinite(gradients: readonly (Tensor | null)[]): Tensor {
    const given = gradients.filter((g) => g !== null);
    return given.map((g) => all(isfinite(g))).reduce((a, b) => logicalAnd(a, b), convertToTensor(true));
  }
  override apply(gradients: readonly (Tensor | null)[], variables: readonly Variable[] = this[trained]): void {
    const pairs = this.pair(gradients, variables);
    const [counter, scale] = [this.#counter!.read(), this.#scale!.read()];
    const isFinite = this.checkFinite(pairs.map(({ gradient }) => gradient));
    const before = this[updateCount];
    const touched = [...this[trained], ...this.innerOptimizer.variables];
    changeOnlyIf(isFinite, touched, () =>
      this.innerOptimizer.apply(
        // What takes the place of a variable's value was not scaled.
        gradients.map((g, k) => g && (variables[k].overwriteWithGradient ? g : divide(g, scale))),
        variables,
      ),
    );
    // A step that only accumulates gradients is no update: it does not count.
    const isUpdate = notEqual(this[updateCount], before);
    const grows = logicalAnd(isUpdate, equal(counter, this.config.dynamicGrowthSteps - 1));
    const next = where(grows, 0, add(counter, cast(isUpdate, 'int32')));
    this.#counter!.assign(where(isFinite, next, 0));
    this.#scale!.assign(multiply(scale, where(isFinite, where(grows, 2, 1), 0.5)));
  }
  protected override update(): void {}
  override finalizeVariableValues(variables: readonly Variable[] = this[trained]): void {
    this.innerOptimizer.finalizeVariableValues(variables);
  }

  static {
    exactMethods<LossScaleOptimizer>(this, { apply: 2, finalizeVariableValues: 1 });
  }
}
export interface LossScaleOptimizer extends OptimizerAttributes<typeof fields> {}
