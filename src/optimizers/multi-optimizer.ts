import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { f, type Options } from '../base/field/field.ts';
import { add } from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';
import type { OptimizerAttributes } from './fields.ts';
import { type AnyOptimizer, LossScaleOptimizer } from './loss-scale-optimizer.ts';
import { callCount, Optimizer, type OptimizerOptions, trained } from './optimizer.ts';
import { optimizerMapField } from './optimizer-map.ts';

const fields = {
  /** Which optimizer trains which variable. */
  optimizerMap: optimizerMapField,
  /** Factor of the loss before gradients are taken, which are divided by it; none by default. */
  lossScaleFactor: f.nullable(f.number()),
};

/** Trains variables with different optimizers. @see https://keras.io/api/optimizers/multi_optimizer/ */
export class MultiOptimizer extends Optimizer<typeof fields> {
  static override readonly className = 'MultiOptimizer';
  static override readonly fields = fields;

  constructor(options: Options<typeof fields> & OptimizerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    for (const optimizer of this.optimizers) {
      if (optimizer instanceof MultiOptimizer || optimizer instanceof LossScaleOptimizer)
        fail(this, `it cannot hold a ${optimizer.className}`, 'put a MultiOptimizer into a LossScaleOptimizer instead');
      optimizer.lossScaleFactor = this.lossScaleFactor;
    }
  }
  /** The optimizers of its map, the default one included. */
  get optimizers(): AnyOptimizer[] {
    return this.config.optimizerMap.optimizers;
  }
  /** Each optimizer with the variables that are its own. */
  #shares(variables: readonly Variable[]): (readonly [AnyOptimizer, readonly Variable[]])[] {
    const owners = new Map(variables.map((v) => [v, this.config.optimizerMap.of(v)]));
    const share = (optimizer: AnyOptimizer): Variable[] => variables.filter((v) => owners.get(v) === optimizer);
    return this.optimizers.map((o) => [o, share(o)] as const).filter(([, own]) => own.length > 0);
  }
  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    for (const [optimizer, own] of this.#shares(variables)) optimizer.build(own);
    super.build(variables);
  }
  override get variables(): Variable[] {
    return [...super.variables, ...this.optimizers.flatMap((optimizer) => optimizer.variables)];
  }
  protected override get initialRate(): number {
    return 0;
  }
  override get learningRate(): Tensor {
    return fail(this, 'it has no learning rate of its own', 'use those of its `optimizers`');
  }
  override set learningRate(_: unknown) {
    fail(this, 'it has no learning rate of its own', 'set those of its `optimizers`');
  }
  override apply(gradients: readonly (Tensor | null)[], variables: readonly Variable[] = this[trained]): void {
    const gradientOf = new Map(this.pair(gradients, variables).map(({ variable, gradient }) => [variable, gradient]));
    for (const [optimizer, own] of this.#shares([...gradientOf.keys()]))
      optimizer.apply(
        own.map((v) => gradientOf.get(v)!),
        own,
      );
    this[callCount].assign(add(this[callCount].read(), 1));
  }
  protected override update(): void {}
  override finalizeVariableValues(variables: readonly Variable[] = this[trained]): void {
    for (const optimizer of this.optimizers) optimizer.finalizeVariableValues(variables);
  }

  static {
    exactMethods<MultiOptimizer>(this, { apply: 2, finalizeVariableValues: 1 });
  }
}
export interface MultiOptimizer extends OptimizerAttributes<typeof fields> {}
