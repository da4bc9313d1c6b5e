import { fail } from '../base/errors.ts';
import { type Config, deserializeObject, serializeObject } from '../base/serialize.ts';
import type { Tensor } from '../ir/tensor.ts';
import { add } from '../ops/index.ts';
import type { Variable } from '../tensor/variable.ts';
import { LossScaleOptimizer } from './loss-scale-optimizer.ts';
import { Optimizer } from './optimizer.ts';

type AnyOptimizer = Optimizer<any>;

/** Optimizers by patterns that whole paths of variables match, and one for all others. */
export class OptimizerMap {
  static readonly className = 'OptimizerMap';
  readonly defaultOptimizer: AnyOptimizer;
  readonly optimizers: ReadonlyMap<string, AnyOptimizer>;

  constructor(defaultOptimizer: AnyOptimizer, optimizerMap: Readonly<Record<string, AnyOptimizer>> | null = null) {
    this.defaultOptimizer = defaultOptimizer;
    this.optimizers = new Map(Object.entries(optimizerMap ?? {}));
  }
  /** The optimizer of the variable with this path. */
  get(path: string): AnyOptimizer {
    const exact = this.optimizers.get(path);
    if (exact) return exact;
    const matches = [...this.optimizers].filter(([pattern]) => new RegExp(`^(?:${pattern})$`).test(path));
    if (matches.length > 1)
      fail(
        'OptimizerMap',
        `"${path}" matches ${matches.map(([pattern]) => `"${pattern}"`).join(' and ')}`,
        'write patterns of which one matches each path',
      );
    return matches[0]?.[1] ?? this.defaultOptimizer;
  }
  getConfig(): Config {
    return {
      default_optimizer: serializeObject(this.defaultOptimizer),
      optimizer_map: serializeObject(Object.fromEntries(this.optimizers)),
    };
  }
  static fromConfig(config: Config): OptimizerMap {
    return new OptimizerMap(
      deserializeObject(config['default_optimizer']) as AnyOptimizer,
      deserializeObject(config['optimizer_map']) as Record<string, AnyOptimizer>,
    );
  }
}

export interface MultiOptimizerOptions {
  readonly name?: string | null | undefined;
  readonly lossScaleFactor?: number | null | undefined;
}
/** Several optimizers, each for some of the variables. */
export class MultiOptimizer extends Optimizer {
  static override readonly className = 'MultiOptimizer';
  static override readonly defaults = { learningRate: 0 };
  readonly optimizerMap: OptimizerMap;
  /** All of them: those with a pattern first, the default one last. */
  readonly optimizers: readonly AnyOptimizer[];
  private readonly chosen = new Map<Variable, AnyOptimizer>();

  constructor(optimizerMap: OptimizerMap, { name, lossScaleFactor = null }: MultiOptimizerOptions = {}) {
    super({ ...(name !== undefined && { name }), lossScaleFactor });
    this.optimizerMap = optimizerMap;
    this.optimizers = [...new Set([...optimizerMap.optimizers.values(), optimizerMap.defaultOptimizer])];
    for (const inner of this.optimizers) {
      if (inner instanceof LossScaleOptimizer || inner instanceof MultiOptimizer)
        fail(
          this,
          `a ${inner.className} cannot be one of its optimizers`,
          'use optimizers that move weights themselves',
        );
      inner.ignoreLossScale();
    }
  }
  protected override makeSlots(variables: readonly Variable[]): void {
    for (const v of variables) this.chosen.set(v, this.optimizerMap.get(v.path));
    for (const inner of this.optimizers) {
      const own = variables.filter((v) => this.chosen.get(v) === inner);
      if (own.length > 0) inner.build(own);
    }
  }
  override get variables(): readonly Variable[] {
    return [...this.own, ...(this.optimizers ?? []).flatMap((inner) => inner.variables)];
  }
  override get learningRate(): Tensor {
    return fail(
      this,
      'it has no learning rate of its own',
      'read those of its optimizers: multiOptimizer.optimizers[0].learningRate',
    );
  }
  override set learningRate(_: unknown) {
    fail(
      this,
      'it has no learning rate of its own',
      'set those of its optimizers: multiOptimizer.optimizers[0].learningRate = …',
    );
  }
  protected override update(gradients: readonly (Tensor | null | undefined)[], weights: readonly Variable[]): void {
    const unscaled = this.unscale(gradients as readonly Tensor[]);
    for (const inner of this.optimizers) {
      const places = weights.flatMap((w, k) => (this.chosen.get(w) === inner ? [k] : []));
      inner.apply(
        places.map((k) => unscaled[k]!),
        places.map((k) => weights[k]!),
      );
    }
    this.steps.assign(add(this.steps.value, 1));
  }
  updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    this.chosen.get(variable)!.updateStep(gradient, variable, learningRate);
  }
  override finalizeVariableValues(variables: readonly Variable[] = this.trainable): void {
    for (const inner of this.optimizers)
      inner.finalizeVariableValues(variables.filter((v) => this.chosen.get(v) === inner));
  }
  override getConfig(): Config {
    return {
      optimizer_map: serializeObject(this.optimizerMap),
      loss_scale_factor: this.common.lossScaleFactor,
      name: this.name,
    };
  }
  static override fromConfig<T>(config: Config): T {
    return new MultiOptimizer(deserializeObject(config['optimizer_map']) as OptimizerMap, {
      name: config['name'] as string | undefined,
      lossScaleFactor: config['loss_scale_factor'] as number | null | undefined,
    }) as T;
  }
}
