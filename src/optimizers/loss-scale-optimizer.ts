import { fail } from '../base/errors.ts';
import { type Config, deserializeObject, serializeObject } from '../base/serialize.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import type { Variable } from '../tensor/variable.ts';
import { Optimizer } from './optimizer.ts';
import type { LearningRate } from './options.ts';
import { assignOnlyIf } from './slots.ts';

export interface LossScaleOptions {
  readonly name?: string | null | undefined;
  /** Factor on the loss at first. */
  readonly initialScale?: number | undefined;
  /** Number of good steps after which the factor doubles. */
  readonly dynamicGrowthSteps?: number | undefined;
}

/**
 * Multiplies the loss so that small gradients survive in float16, and leaves out steps whose gradients overflow: then the
 * factor is halved.
 */
export class LossScaleOptimizer extends Optimizer {
  static override readonly className = 'LossScaleOptimizer';
  static override readonly defaults = { learningRate: 0 };
  readonly innerOptimizer: Optimizer<any>;
  readonly initialScale: number;
  readonly dynamicGrowthSteps: number;
  private goodSteps!: Variable;
  private scale!: Variable;

  constructor(innerOptimizer: Optimizer<any>, options: LossScaleOptions = {}) {
    const { name, initialScale = 2 ** 15, dynamicGrowthSteps = 2000 } = options;
    super(name === undefined ? {} : { name });
    if (innerOptimizer instanceof LossScaleOptimizer)
      fail(this, 'the inner optimizer scales the loss too', 'wrap the optimizer once');
    this.innerOptimizer = innerOptimizer;
    this.initialScale = initialScale;
    this.dynamicGrowthSteps = dynamicGrowthSteps;
    innerOptimizer.ignoreLossScale();
  }
  protected override makeSlots(variables: readonly Variable[]): void {
    this.goodSteps = this.addVariable([], { name: 'step_counter', dtype: 'int32' });
    this.scale = this.addVariable([], { name: 'dynamic_scale', initializer: this.initialScale });
    this.innerOptimizer.build(variables);
  }
  override get variables(): readonly Variable[] {
    return [...this.own, ...(this.innerOptimizer?.variables ?? [])];
  }
  override get iterations(): Tensor {
    return this.innerOptimizer.iterations;
  }
  override get learningRate(): Tensor {
    return this.innerOptimizer.learningRate;
  }
  override set learningRate(rate: LearningRate | Tensor) {
    this.innerOptimizer.learningRate = rate;
  }

  protected override update(gradients: readonly (Tensor | null | undefined)[], weights: readonly Variable[]): void {
    const given = gradients as readonly Tensor[];
    const isFinite = given.map((g) => ops.all(ops.isfinite(g))).reduce((a, b) => ops.logicalAnd(a, b));
    const scaled = given.map((g) => ops.divide(g, this.scale.value));
    assignOnlyIf(isFinite, [...weights, ...this.innerOptimizer.variables], () =>
      this.innerOptimizer.apply(scaled, weights),
    );
    const [good, scale] = [this.goodSteps.value, this.scale.value];
    const isEnough = ops.equal(good, this.dynamicGrowthSteps - 1);
    this.goodSteps.assign(ops.where(isFinite, ops.where(isEnough, 0, ops.add(good, 1)), 0));
    const grown = ops.where(isEnough, ops.multiply(scale, 2), scale);
    this.scale.assign(ops.where(isFinite, grown, ops.multiply(scale, 0.5)));
  }
  updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    this.innerOptimizer.updateStep(gradient, variable, learningRate);
  }

  override scaleLoss(loss: Tensor): Tensor {
    return ops.multiply(loss, this.built ? this.scale.value : this.initialScale);
  }
  override finalizeVariableValues(variables?: readonly Variable[]): void {
    this.innerOptimizer.finalizeVariableValues(variables);
  }
  override getConfig(): Config {
    return {
      name: this.name,
      inner_optimizer: serializeObject(this.innerOptimizer),
      initial_scale: this.initialScale,
      dynamic_growth_steps: this.dynamicGrowthSteps,
    };
  }
  static override fromConfig<T>(config: Config): T {
    const inner = deserializeObject(config['inner_optimizer']) as Optimizer;
    return new LossScaleOptimizer(inner, {
      name: config['name'] as string | undefined,
      initialScale: config['initial_scale'] as number | undefined,
      dynamicGrowthSteps: config['dynamic_growth_steps'] as number | undefined,
    }) as T;
  }
}
